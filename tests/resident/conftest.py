"""A resident who has agreed, linked to the workroom of the tests."""

import pytest

from tests.chat import Chat


@pytest.fixture
async def resident(chat: Chat) -> Chat:
    """A chat in which 居民 has agreed and lives with the tests' workroom, and its 联络员 is there."""
    await chat.actor("联络员")
    await chat.agree(await chat.actor("居民"))
    await chat("居民: (扫码 w_LJ01)")
    return chat
