"""The database or Redis goes away and comes back: told so, nothing taken, and recovered by itself."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.postgres import PostgresServer, running_postgres
from tests.redis import RedisServer, running_redis
from tests.running.programs import PATIENCE, Machine, Program, free_port, seen
from tests.stubs.bot_api import BotApi
from tests.telegram.live import SECRET
from tests.world import fill

pytestmark = pytest.mark.postgres


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """One that may be stopped: others share the session's."""
    with running_postgres(crashes=True) as server:
        yield server


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


class Watched:
    """A program and the browser that looks at its health."""

    def __init__(self, program: Program, session: aiohttp.ClientSession) -> None:
        self.program, self.session = program, session

    async def ready(self) -> dict[str, bool]:
        status, text = await seen(self.session, f"{self.program.url}/readyz")
        state: dict[str, bool] = json.loads(text)
        assert status == (200 if all(state.values()) else 503)
        return state

    async def opens(self) -> None:
        """Until the port is open: a waiting process says when it is about to open it."""
        await self.program.says("not open yet")
        async with asyncio.timeout(PATIENCE):
            while not await self._listens():
                continue

    async def _listens(self) -> bool:
        try:
            await seen(self.session, f"{self.program.url}/healthz")
        except aiohttp.ClientConnectorError:
            return False
        return True

    async def until(self, **parts: bool) -> None:
        """Look until it says this of these parts."""
        async with asyncio.timeout(PATIENCE):
            while not parts.items() <= (await self.ready()).items():
                continue

    async def figure(self, name: str) -> str:
        _, text = await seen(self.session, f"{self.program.url}/metrics")
        return next(line.rpartition(" ")[2] for line in text.splitlines() if line.startswith(f"{name} "))


async def test_the_database_and_redis_go_and_come_back(
    own_postgres: PostgresServer,
    own_redis: RedisServer,
    api: BotApi,
    session: aiohttp.ClientSession,
    tmp_path: Path,
) -> None:
    await own_postgres.template("town", fill)
    await asyncio.to_thread(own_postgres.stop)
    told = {"WORKROOM_DATABASE_URL": own_postgres.url("town"), "WORKROOM_REDIS_URL": own_redis.url}
    async with Machine(tmp_path, told | by_webhook(api, port := free_port())) as machine:
        program = await machine.start("serve", port=port)
        watched = Watched(program, session)
        await before_the_database_is_there(program, watched)
        await asyncio.to_thread(own_postgres.start)
        await program.says("ready")
        await watched.until(database=True, redis=True, telegram=True, web=True)
        await what_is_said_meanwhile_is_answered_later(own_postgres, api, watched)
        await asyncio.to_thread(own_redis.stop)
        await watched.until(database=True, redis=False)
        await asyncio.to_thread(own_redis.start)
        await watched.until(database=True, redis=True)
        assert await program.stops() == 0
    assert not any(line["event"] == "bug" for line in program.lines), program.lines


def by_webhook(api: BotApi, port: int) -> dict[str, str]:
    return {
        "WORKROOM_TELEGRAM_TOKEN": api.token,
        "WORKROOM_TELEGRAM_API_URL": api.url,
        "WORKROOM_TELEGRAM_MODE": "webhook",
        "WORKROOM_TELEGRAM_WEBHOOK_SECRET": SECRET,
        "WORKROOM_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }


async def before_the_database_is_there(program: Program, watched: Watched) -> None:
    """It lives, is not ready, and leaves what the platform brings with the platform."""
    await program.says("waiting", part="database")
    await watched.opens()
    assert (await seen(watched.session, f"{program.url}/healthz")) == (200, "ok")
    assert await watched.ready() == {"database": False, "redis": True, "web": False, "telegram": False}
    async with watched.session.post(f"{program.url}/telegram/webhook", json={"update_id": 1}) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")


async def what_is_said_meanwhile_is_answered_later(
    postgres: PostgresServer, api: BotApi, watched: Watched
) -> None:
    user = api.user(1001, name="王阿姨")
    await user.starts("w_LJ01")
    await user.waits_for(lambda message: "同意" in message.labels)
    await asyncio.to_thread(postgres.stop)
    await watched.until(database=False, redis=True, web=True)
    assert await watched.figure('workroom_up{part="database"}') == "0.0"
    await user.presses("同意")
    await asyncio.to_thread(postgres.start)
    await watched.until(database=True)
    await user.waits_for(lambda message: "同意经境外传输" in message.labels)
    await api.settles()
