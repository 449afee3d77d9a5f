"""Conversations in Redis as aiogram's own storage writes and reads them: a contract, kept both ways.

aiogram takes seconds to import: it is loaded by these tests, not by every worker that lists them.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from domain.messages import Press, Text
from tests.chat import Actor, Chat
from tests.postgres import PostgresServer
from tests.world import World, fill, world

if TYPE_CHECKING:
    from aiogram.fsm.storage.base import StorageKey
    from aiogram.fsm.storage.redis import RedisStorage

pytestmark = pytest.mark.postgres


@pytest.fixture
async def shared(postgres: PostgresServer, redis_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """The service on PostgreSQL and Redis."""
    template = await postgres.template("filled", fill)
    async with postgres.database(template) as url, world(url, tmp_path, redis=redis_url) as made:
        yield made


@pytest.fixture
async def aiogram(redis_url: str) -> "AsyncIterator[RedisStorage]":
    """aiogram's storage as its users make it: everything by default."""
    from aiogram.fsm.storage.redis import RedisStorage  # noqa: PLC0415  # see above

    storage = RedisStorage.from_url(redis_url)
    yield storage
    await storage.close()


@pytest.fixture
async def chat(shared: World) -> Chat:
    """Somebody in Telegram who has agreed to everything."""
    chat = Chat(shared, channel="telegram")
    await chat.agree(await chat.actor("居民"))
    return chat


def key_of(actor: Actor) -> "StorageKey":
    from aiogram.fsm.storage.base import StorageKey  # noqa: PLC0415  # see above

    return StorageKey(bot_id=42, chat_id=int(actor.id), user_id=int(actor.id))


async def test_aiogram_reads_ours_in_mid_conversation(chat: Chat, aiogram: "RedisStorage") -> None:
    key = key_of(chat.actors["居民"])
    assert await aiogram.get_state(key) is None
    assert await aiogram.get_data(key) == {}
    await chat("居民: 反映诉求")
    assert await aiogram.get_state(key) == "file_request:words"
    await chat("居民: 路灯不亮")
    assert await aiogram.get_state(key) == "file_request:card"
    data = await aiogram.get_data(key)
    assert data["words"] == "路灯不亮"
    assert not {"handled", "answer", "shown", "fence"} & set(data)
    await chat("""
        居民: 提交
        机器人: {号}
    """)
    assert await aiogram.get_state(key) is None
    assert await aiogram.get_data(key) == {}


async def test_the_keys_are_aiograms_strings(chat: Chat, shared: World) -> None:
    await chat("居民: 路灯不亮")
    redis, user = shared.parts.redis, chat.actors["居民"].id
    assert redis is not None
    assert await redis.get(f"fsm:{user}:{user}:state") == b"file_request:card"
    assert json.loads(await redis.get(f"fsm:{user}:{user}:data"))["words"] == "路灯不亮"
    assert await redis.exists(f"fsm:{user}:{user}:lock") == 0


async def test_other_channels_put_their_name_behind_the_prefix(shared: World) -> None:
    chat, redis = Chat(shared, channel="web"), shared.parts.redis
    await chat.agree(await chat.actor("居民"))
    await chat("居民: 路灯不亮")
    user = chat.actors["居民"].id
    assert redis is not None
    assert await redis.get(f"fsm:web:{user}:{user}:state") == b"file_request:card"


async def test_what_aiogram_sets_we_obey(chat: Chat, aiogram: "RedisStorage") -> None:
    key = key_of(chat.actors["居民"])
    await chat("居民: 路灯不亮")
    await aiogram.update_data(key, {"words": "路灯修好了又坏了"})
    await chat("""
        居民: 改地点
        居民: 三号楼前
        机器人: 路灯修好了又坏了…三号楼前 [提交]
    """)
    await aiogram.set_state(key, "link_home:street")
    await aiogram.set_data(key, {})
    await chat("""
        居民: 青石镇
        机器人: 哪个社区
    """)


async def test_what_aiogram_begins_we_go_on_with(chat: Chat, aiogram: "RedisStorage") -> None:
    await aiogram.set_state(key_of(chat.actors["居民"]), "file_request:words")
    await chat("""
        居民: 电梯又停了
        机器人: 电梯又停了 [提交]
        居民: 提交
        机器人: {号}
    """)


async def test_what_aiogram_clears_is_over(chat: Chat, aiogram: "RedisStorage") -> None:
    key, actor = key_of(chat.actors["居民"]), chat.actors["居民"]
    await chat("居民: 路灯不亮")
    send = next(b.data for row in actor.answer[-1].buttons for b in row if b.data.endswith(".send"))
    await aiogram.set_state(key, None)
    await aiogram.set_data(key, {})
    answer = await chat.send(actor, Press(send))
    assert answer.messages[0].key == "flow.stale"
    await chat("""
        居民: 接着写
        机器人: 路灯不亮 [提交]
    """)


@pytest.mark.parametrize("state", ["file_request:gone", "retired_flow:words", "nonsense", ":", "a:b:c"])
async def test_a_step_that_a_deploy_removed_is_met_with_a_hint(
    chat: Chat, aiogram: "RedisStorage", state: str
) -> None:
    key, actor = key_of(chat.actors["居民"]), chat.actors["居民"]
    await chat("居民: 路灯不亮")
    await aiogram.set_state(key, state)
    for what in (Press("~AAAAAAAAAA.1.send"), Text("还在吗"), Text("帮助")):
        answer = await chat.send(actor, what)
        assert answer.messages and not answer.messages[0].key.startswith("error"), what


@pytest.mark.parametrize("data", [{"key": 5}, {"q": "x", "trail": 7}, {"key": "K", "q": 1}, {"words": ""}])
async def test_data_of_another_shape_is_no_trap(
    chat: Chat, aiogram: "RedisStorage", data: dict[str, object]
) -> None:
    key, actor = key_of(chat.actors["居民"]), chat.actors["居民"]
    await aiogram.set_state(key, "file_request:words")
    await aiogram.set_data(key, data)
    answer = await chat.send(actor, Text("电梯又停了"))
    assert answer.messages[-1].key == "file_request.card"


@pytest.mark.parametrize("data", [b"no json", b"[]", b"5", b'"x"', b"\xff"])
async def test_data_that_nobody_can_read_is_no_trap(chat: Chat, shared: World, data: bytes) -> None:
    redis, actor = shared.parts.redis, chat.actors["居民"]
    await chat("居民: 反映诉求")
    assert redis is not None
    await redis.set(f"fsm:{actor.id}:{actor.id}:data", data)
    answer = await chat.send(actor, Text("电梯又停了"))
    assert answer.messages[-1].key == "file_request.card"


async def test_aiograms_lock_and_ours_are_one(chat: Chat, aiogram: "RedisStorage") -> None:
    from aiogram.fsm.storage.redis import RedisEventIsolation  # noqa: PLC0415  # see above

    actor = chat.actors["居民"]
    isolation = RedisEventIsolation(aiogram.redis)
    async with isolation.lock(key_of(actor)):
        held = await aiogram.redis.get(f"fsm:{actor.id}:{actor.id}:lock")
        assert held is not None
    await chat("""
        居民: 我的代表
        机器人: 还不知道
    """)
