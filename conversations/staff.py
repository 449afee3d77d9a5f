"""The conversations of liaisons, representatives, departments and the office."""

from conversations.answer_case import ANSWER_CASE
from conversations.department import ASK_EXTENSION, REPLY_CASE, RETURN_CASE
from conversations.flow import Flow
from conversations.give_opinion import GIVE_OPINION
from conversations.merge_case import MERGE_CASE
from conversations.place_case import ASSIGN_CASE, CATEGORISE_CASE, PASS_CASE
from conversations.refuse_case import REFUSE_CASE
from conversations.route_case import ROUTE_CASE
from conversations.speak_to_resident import ADD_PROGRESS, ASK_RESIDENT
from conversations.tell_colleagues import CALL_BACK, NOTE_CASE

STAFF: tuple[Flow, ...] = (
    REFUSE_CASE,
    CATEGORISE_CASE,
    ASSIGN_CASE,
    PASS_CASE,
    ROUTE_CASE,
    ANSWER_CASE,
    GIVE_OPINION,
    ADD_PROGRESS,
    ASK_RESIDENT,
    NOTE_CASE,
    CALL_BACK,
    MERGE_CASE,
    RETURN_CASE,
    ASK_EXTENSION,
    REPLY_CASE,
)
