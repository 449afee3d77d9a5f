"""Chatting in the terminal, through the real program."""
