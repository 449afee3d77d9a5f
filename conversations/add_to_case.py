"""A resident adds words, photos or a position to a case that is open."""

from conversations.additions import addition

ADD_TO_CASE = addition("add_to_case", "add")
