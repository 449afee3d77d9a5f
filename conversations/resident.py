"""The conversations of residents, besides filing."""

from conversations.add_to_case import ADD_TO_CASE
from conversations.belongs_to import BELONGS_TO
from conversations.comment_rating import COMMENT_RATING
from conversations.flow import Flow
from conversations.link_home import LINK_HOME
from conversations.quiet_hours import SET_QUIET_HOURS
from conversations.reopen_case import REOPEN_CASE
from conversations.reply_question import REPLY_QUESTION
from conversations.set_name import SET_NAME
from conversations.withdraw_case import WITHDRAW_CASE

RESIDENT: tuple[Flow, ...] = (
    LINK_HOME,
    SET_NAME,
    SET_QUIET_HOURS,
    ADD_TO_CASE,
    REPLY_QUESTION,
    WITHDRAW_CASE,
    REOPEN_CASE,
    COMMENT_RATING,
    BELONGS_TO,
)
