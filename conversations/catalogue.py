"""Every conversation by its name."""

from conversations.file_request import FILE_REQUEST
from conversations.flow import Flow
from conversations.resident import RESIDENT
from conversations.staff import STAFF

ALL: tuple[Flow, ...] = (FILE_REQUEST, *RESIDENT, *STAFF)
FLOWS: dict[str, Flow] = {flow.name: flow for flow in ALL}
