"""What the program can be told on the command line, one file an area."""
