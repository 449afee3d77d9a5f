"""A resident answers what the workroom has asked about a case; the question is shown."""

from conversations.additions import addition

REPLY_QUESTION = addition("reply_question", "tell")
