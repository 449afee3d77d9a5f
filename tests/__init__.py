"""The tests of the whole house, one folder an area."""
