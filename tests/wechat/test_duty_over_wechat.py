"""Duty's transcripts, unchanged, over WeChat: here `chat` is another player (conftest.py).

Those with a check-in by position are not among them: WeChat's positions don't say how exact they are.
"""

from tests.duty.test_transcripts import *  # noqa: F403
