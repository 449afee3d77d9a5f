"""Two at once, two processes, a step that runs twice: one holder, one effect, the same answer."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from domain.messages import Inbound, Press, Text, What
from storage.tables import duty_events, offers, sessions
from tests.chat import Actor, Chat
from tests.duty.ground import give, roster
from tests.duty.test_check_in import AT_THE_ROOM, on_duty
from tests.duty.test_transcripts import SWAP, hear, people, ready_to_swap
from tests.world import World, world


@pytest.fixture
async def second(
    service: World, database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    """Another process of the service, over the same database (and Redis)."""
    redis = request.getfixturevalue("redis_url") if service.parts.redis is not None else ""
    async with world(database_url, tmp_path, seed=2, redis=redis) as made:
        made.clock.at = service.clock.at
        yield made


def press(actor: Actor, name: str, what: What) -> Inbound:
    return Inbound(actor.channel, actor.id, actor.id, name, what)


async def test_two_take_the_last_hole_at_the_same_moment(chat: Chat, second: World) -> None:
    await people(chat, "党代表", "党代表2")
    await give(chat, 0, None)
    await give(chat, 1, None)
    slot = (await roster(chat.world))[0].slot
    both = [chat.actors["党代表"], chat.actors["党代表2"]]
    desks = (chat.world.desk, second.desk)
    answers = await asyncio.gather(
        *(desks[n % 2].handle(press(both[n % 2], f"t{n}", Press(f"duty:take:{slot.id}"))) for n in range(8))
    )
    said = Counter(answer.messages[0].key for answer in answers)
    assert said["duty.done.take"] == 1
    assert said["duty.somebody_has_it"] == 4 and said["duty.yours_already"] == 3
    assert [one.name != "" for one in (await roster(chat.world))[:2]] == [True, False]


async def test_an_offer_accepted_and_taken_back_at_the_same_moment(chat: Chat, second: World) -> None:
    await ready_to_swap(chat)
    await chat(SWAP)
    made, slot = 1, (await roster(chat.world))[0].slot
    yes = press(chat.actors["党代表2"], "yes", Press(f"duty:yes:{made}"))
    back = press(chat.actors["党代表"], "back", Press(f"duty:withdraw:{slot.id}"))
    await asyncio.gather(chat.world.desk.handle(yes), second.desk.handle(back))
    names = [one.name for one in (await roster(chat.world))[:4]]
    assert names in (["陆晓梅", "", "周文斌", ""], ["周文斌", "", "陆晓梅", ""])
    async with chat.world.unit() as uow:
        states = (await uow.connection.execute(sa.select(offers.c.state))).scalars().all()
    assert states == (["accepted"] if names[0] == "陆晓梅" else ["withdrawn"])


async def saved(made: World) -> tuple[list[dict[str, Any]], dict[bytes, bytes]]:
    """All that is kept of conversations, in the table or in Redis."""
    async with made.unit() as uow:
        rows = [dict(row) for row in (await uow.connection.execute(sa.select(sessions))).mappings()]
    redis = made.parts.redis
    return rows, {} if redis is None else {key: await redis.get(key) for key in await redis.keys("*")}


async def put_back(made: World, kept: tuple[list[dict[str, Any]], dict[bytes, bytes]]) -> None:
    """Conversations stand again where they stood then."""
    rows, keys = kept
    await made.forget_sessions()
    if rows:
        async with made.unit() as uow:
            await uow.connection.execute(sa.insert(sessions), rows)
    if keys and made.parts.redis is not None:
        await made.parts.redis.mset(keys)


async def again(chat: Chat, name: str, what: What) -> None:
    """The step runs twice: its commit stood, what was saved of the session did not."""
    actor = chat.actors[name]
    kept = await saved(chat.world)
    arriving = press(actor, f"again{len(chat.log)}{actor.sent}", what)
    first = await chat.world.desk.handle(arriving)
    await put_back(chat.world, kept)
    second_time = await chat.world.desk.handle(arriving)
    assert not second_time.again
    assert [m.text for m in second_time.messages] == [m.text for m in first.messages]
    actor.answer = list(second_time.messages)


async def deeds(chat: Chat) -> Counter[str]:
    async with chat.world.unit() as uow:
        return Counter((await uow.connection.execute(sa.select(duty_events.c.action))).scalars())


async def test_steps_that_run_twice_have_one_effect_and_the_same_answer(chat: Chat) -> None:
    await on_duty(chat, "党代表2")
    await give(chat, 1, None)
    mine, hole = (one.slot for one in (await roster(chat.world))[:2])
    await again(chat, "党代表2", Press(f"duty:take:{hole.id}"))
    await chat("党代表: 签到")
    await chat.says("党代表", AT_THE_ROOM)
    chat.world.clock.on(hours=2, minutes=50)
    await again(chat, "党代表", Press(f"duty:out:{mine.id}"))
    await chat("党代表2: 签到")
    ask = next(
        b.data
        for row in chat.actors["党代表2"].answer[-1].buttons
        for b in row
        if b.data.endswith("ask_liaison")
    )
    await again(chat, "党代表2", Press(ask))
    await again(chat, "联络员", Press(f"duty:confirm:{hole.id}"))
    counted = await deeds(chat)
    assert counted == {"take": 1, "check_in": 2, "check_out": 1, "ask": 1}
    await hear(chat)


async def test_absence_and_offers_that_run_twice(chat: Chat) -> None:
    await ready_to_swap(chat)
    await chat("党代表: (按 duty:swap:1)\n党代表: 1")
    send = next(
        b.data for row in chat.actors["党代表"].answer[-1].buttons for b in row if b.data.endswith(".send")
    )
    await again(chat, "党代表", Press(send))
    await again(chat, "党代表2", Press("duty:yes:1"))
    await chat("党代表2: (按 duty:absent:1)")
    await again(chat, "党代表2", Text("出差"))
    assert await deeds(chat) == {"offer": 1, "swap": 2, "absent": 1}
