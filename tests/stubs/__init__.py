"""Strict stand-ins for the servers of others, spoken to over real HTTP."""
