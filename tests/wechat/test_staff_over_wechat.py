"""Transcripts of the staff and of a handover, unchanged, over WeChat: here `chat` is another player."""

from tests.people.test_handover_transcript import *  # noqa: F403
from tests.staff.test_orders import *  # noqa: F403
from tests.staff.test_taking import *  # noqa: F403
from tests.staff.test_talks import *  # noqa: F403
