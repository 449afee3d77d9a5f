"""Transcripts of the loop, unchanged, through the whole channel: pushes count against the platform's windows.

Where somebody hears more than five things without writing, the platform lets only five through: those are
played on paper (the loop over WeChat), and what becomes of the rest is told by the tests of pushing.
"""

from collections.abc import AsyncIterator

import pytest

from tests.loop.test_first import test_a_request_reaches_the_liaison_and_is_taken  # noqa: F401
from tests.loop.test_loop import (  # noqa: F401
    test_escalated_to_the_office_and_answered_from_there,
    test_not_satisfied_goes_round_again,
    test_refused_with_who_is_responsible,
    test_the_representative_answers_directly,
)
from tests.wechat.talking import WholeChat, whole
from tests.world import World


@pytest.fixture
async def chat(service: World) -> AsyncIterator[WholeChat]:
    """Plays transcripts over WeChat, the platform's server included."""
    async with whole(service) as made:
        yield made
