"""A closed case is not settled after all: a resident says why, and a new round begins."""

from conversations.additions import addition

REOPEN_CASE = addition("reopen_case", "reopen")
