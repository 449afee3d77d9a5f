"""The database goes away while a process opens: it is waited for; anything else ends the process at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from bot.health import Health
from bot.service import Service
from bot.settings import settings
from storage.database import DatabaseAway

HERE: Any = SimpleNamespace(probes={}, jobs=(), parts=SimpleNamespace(house=SimpleNamespace(channels={})))


def service(url: str, home: Path, troubles: list[Exception]) -> Service:
    """A process whose opening meets these troubles, one at each try."""

    @asynccontextmanager
    async def opening() -> AsyncIterator[Any]:
        if troubles:
            raise troubles.pop(0)
        yield HERE

    given = settings(home=home, database_url=url, _env_file=None)
    return Service(given, Health(given), opening, lambda here: None)


@pytest.mark.postgres
@pytest.mark.parametrize("trouble", [DatabaseAway("gone"), asyncpg.CannotConnectNowError("starting up")])
async def test_it_is_waited_for(postgres_url: str, tmp_path: Path, trouble: Exception) -> None:
    wrapped = RuntimeError("a library's own")
    wrapped.__cause__ = trouble
    made = service(postgres_url, tmp_path, [wrapped])
    living = asyncio.create_task(made.live())
    await made.open.wait()
    made.leave()
    await living
    await made.health.close()


@pytest.mark.postgres
async def test_a_bug_is_not(postgres_url: str, tmp_path: Path) -> None:
    made = service(postgres_url, tmp_path, [ValueError("a bug"), ValueError("never reached")])
    with pytest.raises(ValueError, match="a bug"):
        await made.live()
    await made.health.close()
