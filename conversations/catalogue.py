"""Every conversation by its name."""

from conversations.calendar import CALENDAR
from conversations.file_request import FILE_REQUEST
from conversations.flow import Flow
from conversations.resident import RESIDENT
from conversations.staff import STAFF
from conversations.staff_words import STAFF_WORDS

ALL: tuple[Flow, ...] = (FILE_REQUEST, *RESIDENT, *STAFF, STAFF_WORDS, *CALENDAR)
FLOWS: dict[str, Flow] = {flow.name: flow for flow in ALL}
