"""Every conversation by its name."""

from conversations.file_request import FILE_REQUEST
from conversations.flow import Flow

ALL: tuple[Flow, ...] = (FILE_REQUEST,)
FLOWS: dict[str, Flow] = {flow.name: flow for flow in ALL}
