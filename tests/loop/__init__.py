"""The loop: a request goes all the way round and comes back rated."""
