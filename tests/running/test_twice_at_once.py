"""The same update comes to two processes while neither has dealt with it: it is answered once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest

from bot.channels.telegram.webhook import PATH, SECRET_HEADER
from storage.held import keys_of
from storage.redis import Redis, open_redis
from storage.sessions import Key
from tests.postgres import PostgresServer
from tests.running.programs import PATIENCE, Machine, Program, free_port
from tests.running.test_away import by_webhook
from tests.stubs.bot_api import BotApi
from tests.stubs.bot_api_people import User
from tests.telegram.live import SECRET
from tests.world import fill

pytestmark = [pytest.mark.long, pytest.mark.postgres]


class Two:
    """A program that Telegram brings updates to, and another that the test brings them to."""

    def __init__(self, api: BotApi, redis: Redis, other: Program, session: aiohttp.ClientSession) -> None:
        self.api, self.redis, self.other, self.session = api, redis, other, session

    @asynccontextmanager
    async def held(self, user: User) -> AsyncIterator[None]:
        """Somebody else's step is under way until both programs wait for its end."""
        lock, *_, ours = keys_of(Key("telegram", str(user.id), str(user.id)))
        assert await self.redis.set(lock, "another process", nx=True, px=60_000)
        yield
        async with asyncio.timeout(PATIENCE):
            while [await self._count(name) async for name in self.redis.scan_iter(f"{ours}:waits:*")] != [2]:
                continue
        await self.redis.delete(lock)

    async def _count(self, name: bytes) -> int:
        return await cast(Awaitable[int], self.redis.scard(name))

    async def brings(self, update: dict[str, Any]) -> bool:
        """Bring it to the other program; whether an answer rides on its response."""
        headers = {SECRET_HEADER: SECRET}
        async with self.session.post(self.other.url + PATH, json=update, headers=headers) as answer:
            assert answer.status == 200
            return bool(await answer.read())

    async def told(self, user: User, work: Any) -> int:
        """How often somebody is answered to what they do, which comes to both."""
        before = len(self.api.sent_to(user.id))
        async with self.held(user):
            await work
            rides = asyncio.create_task(self.brings(self.api.updates.pending[-1].json))
        rode = await rides
        await self.api.settles()
        return len(self.api.sent_to(user.id)) - before + rode


@pytest.fixture
async def two(
    postgres: PostgresServer, redis_url: str, api: BotApi, session: aiohttp.ClientSession, tmp_path: Path
) -> AsyncIterator[Two]:
    template, redis = await postgres.template("filled", fill), open_redis(redis_url)
    told = {"WORKROOM_REDIS_URL": redis_url, **by_webhook(api, port := free_port())}
    async with (
        postgres.database(template) as url,
        Machine(tmp_path, {**told, "WORKROOM_DATABASE_URL": url}) as machine,
    ):
        serving = (machine.serve("--no-alone", port=its) for its in (port, 0))
        first, other = await asyncio.gather(*serving)
        yield Two(api, redis, other, session)
        assert [*await asyncio.gather(first.stops(), other.stops())] == [0, 0]
    await redis.aclose()


async def test_what_rides_and_what_is_sent_is_said_once(two: Two) -> None:
    user = two.api.user(1001, name="王阿姨")
    await user.starts("w_LJ01")
    for label in ("同意", "同意经境外传输"):
        await user.waits_for(lambda message, label=label: label in message.labels)  # type: ignore[misc]
        await user.presses(label)
    await user.waits_for(lambda message: "反映诉求" in message.labels, earlier=True)
    await two.api.settles()
    assert await two.told(user, user.presses("反映诉求")) == 1, "a question, which rides"
    assert await two.told(user, user.says("路灯不亮")) == 1, "a card, which is sent"
    assert await two.told(user, user.says("还有一盏")) == 1
