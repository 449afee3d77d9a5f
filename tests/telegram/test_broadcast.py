"""Letters to many through a Telegram that limits: each delivered once, nothing before its time (TRUST 3)."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from bot.channels.telegram.calls import Calls
from bot.channels.telegram.channel import uploading
from bot.channels.telegram.media import shelf_media
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.saying import TelegramChannel
from bot.channels.telegram.shared_limits import SharedLimits
from bot.channels.telegram.wire import Wire
from bot.postman import Postman
from domain.messages import Message
from domain.people import Seat
from storage.outbox import NewLetter
from storage.redis import open_redis
from storage.tables import identities, outbox, persons
from tests.stubs.bot_api import BotApi
from tests.world import World, world

PEOPLE, PROCESSES = 45, 2
REFUSED = (1003, 1011)
"""Two people whose first letter meets a 429."""


@asynccontextmanager
async def process(url: str, redis: str, api: BotApi, folder: Path) -> AsyncIterator[World]:
    """One process that delivers: connections of its own, limits through Redis, the real clock."""
    async with world(url, folder) as made:
        wire, client = Wire(), open_redis(redis)
        await wire.open()
        calls, pace = Calls(wire, api.url, api.token), Pace(SharedLimits(client, "424242"))
        media = shelf_media(made.house.database, made.house.shelf)
        house = replace(made.house, clock=lambda: datetime.now(UTC))
        house.channels["telegram"] = TelegramChannel(  # type: ignore[index]  # a plain dict in tests
            calls, uploading(wire, api.url, api.token), media, pace
        )
        made.postman = Postman(house, asyncio.Event())
        yield made
        await wire.close()
        await client.aclose()


async def meet(town: World, api: BotApi) -> None:
    """People who have agreed to be written to on Telegram, and a letter to each."""
    now = datetime.now(UTC)
    numbers = range(1000, 1000 + PEOPLE)
    async with town.unit() as uow:
        who = [{"id": n, "language": "zh_CN", "created_at": now} for n in numbers]
        await uow.connection.execute(sa.insert(persons), who)
        places = [
            {"channel": "telegram", "user": str(n), "chat": str(n), "person_id": n, "seen_at": now}
            for n in numbers
        ]
        await uow.connection.execute(sa.insert(identities), places)
        for n in numbers:
            api.user(n, started=True)
            await uow.people.agree(n, "basic", now)
            await uow.people.agree(n, "abroad", now)
        new = [NewLetter(f"to {n}", Seat("person", n), Message("flow.cancelled")) for n in numbers]
        await uow.outbox.post_all(new, now)


async def test_a_broadcast_keeps_to_the_limits(
    database_url: str, redis_url: str, api: BotApi, tmp_path: Path
) -> None:
    limits = api.enforces(time.monotonic)
    for chat in REFUSED:
        api.limits(2, "sendMessage", chat=chat)
    async with AsyncExitStack() as stack:
        opened = [process(database_url, redis_url, api, tmp_path / str(n)) for n in range(PROCESSES)]
        towns = [await stack.enter_async_context(one) for one in opened]
        await meet(towns[0], api)
        stop = asyncio.Event()
        postmen = [asyncio.create_task(one.postman.run(stop)) for one in towns]
        await api.waits_until(lambda: len(delivered(api)) == PEOPLE, what="every letter")
        stop.set()
        await asyncio.gather(*postmen)
        assert await states(towns[0]) == Counter(sent=PEOPLE)
    assert set(delivered(api).values()) == {1}
    assert limits.ignored == 0, "nothing was sent before its time"
    for chat in REFUSED:
        refused, *_, sent = api.calls_of("sendMessage", chat)
        assert refused.error is not None and sent.carried_out
        assert sent.at - refused.at >= 2


def delivered(api: BotApi) -> Counter[int]:
    """How often each chat was written to."""
    return Counter(call.chat or 0 for call in api.calls if call.carried_out)


async def states(town: World) -> Counter[str]:
    """How many letters are in each state."""
    async with town.unit() as uow:
        return Counter((await uow.connection.execute(sa.select(outbox.c.state))).scalars())
