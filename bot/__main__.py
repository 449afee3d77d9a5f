"""`python -m bot` is the program `workroom`."""

from bot.cli import main

main()
