"""Processes that are killed, servers that restart, a Telegram that fails: nothing lost, nothing doubled."""
