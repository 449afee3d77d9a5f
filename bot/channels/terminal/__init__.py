"""Chatting in the terminal: the same door, the same words, choices by number."""
