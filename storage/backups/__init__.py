"""One file with all that an installation holds but its secret: taken while it runs, put back elsewhere."""
