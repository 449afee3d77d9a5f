"""The service on WeChat: the real route and desk, a counterpart by others."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.wechat.talking import WeChatChat, talking
from tests.world import World, copy_of, world


@pytest.fixture
async def service(filled: Path, tmp_path: Path) -> AsyncIterator[World]:
    """The whole service in a test, over SQLite: nothing of a channel touches the database."""
    async with world(copy_of(filled, tmp_path), tmp_path) as made:
        yield made


@pytest.fixture
async def chat(service: World) -> AsyncIterator[WeChatChat]:
    """Plays transcripts over WeChat; what is pushed lands on paper."""
    made = talking(service)
    yield made
    await made.caller.receiving.close()
