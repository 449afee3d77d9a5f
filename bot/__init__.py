"""The only place with network, HTTP and environment."""
