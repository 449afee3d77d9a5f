"""Every conversation by its name."""

from conversations.calendar import CALENDAR
from conversations.duty import DUTY
from conversations.file_request import FILE_REQUEST
from conversations.flow import Flow
from conversations.resident import RESIDENT
from conversations.staff import STAFF
from conversations.staff_words import STAFF_WORDS
from conversations.visits import VISITS
from conversations.walk_in import WALK_IN

ALL: tuple[Flow, ...] = (
    FILE_REQUEST,
    *RESIDENT,
    *STAFF,
    STAFF_WORDS,
    *DUTY,
    WALK_IN,
    *CALENDAR,
    *VISITS,
)
FLOWS: dict[str, Flow] = {flow.name: flow for flow in ALL}
