"""The rules of the workrooms, pure: no I/O, no clock of its own, no words for people."""
