"""The transcripts of the loop, unchanged, over WeChat: here `chat` is another player (conftest.py)."""

from tests.loop.test_first import *  # noqa: F403
from tests.loop.test_loop import *  # noqa: F403
