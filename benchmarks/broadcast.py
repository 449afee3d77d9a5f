"""Letters to many people through a Telegram that limits, while others chat; on PostgreSQL and Redis.

    python -m benchmarks.broadcast                     # 1,200 letters, about two minutes in all
    python -m benchmarks.broadcast --letters 20000     # the long form, a good eleven minutes

The service, two postmen, and Telegram with its people are processes of their own.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.figures import Figure, show
from benchmarks.start import free_port, is_ready, resident, worked
from benchmarks.telegram_town import FIRST, town
from bot import sampling
from bot.settings import settings
from domain.messages import Message
from domain.people import Seat
from storage.database import Database, open_database
from storage.migrations import migrate
from storage.outbox import NewLetter
from storage.tables import consents, identities, persons
from storage.unit import UnitOfWork
from tests.postgres import running_postgres
from tests.redis import running_redis
from tests.stubs.bot_api import TOKEN

RATE = 30
"""Letters a second that Telegram takes."""

PEOPLE, CHATTING = 10, 25.0
"""People who chat, and for how many seconds they are watched before and during."""

FLOOD = 50
"""Messages a second of somebody who floods."""

LIMIT = 1.05
"""Times the theoretical minimum that it may take."""

CHUNK = 2000
AGREED = ("basic", "abroad")
SECRET = "secret-of_the-benchmark"  # noqa: S105  # opens nothing


async def measure(letters: int, postmen: int) -> list[Figure]:
    """How long it took, what was refused, and how long those who chat waited before and during."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = stack.enter_context(running_postgres())
        redis = stack.enter_context(running_redis())
        url = await stack.enter_async_context(postgres.database())
        line = await stack.enter_async_context(town())
        port = free_port()
        environment = _environment(folder, url, redis.url, line.url, port)
        await _fill(folder, url, letters)
        await line.tell(meet=letters)
        served = await stack.enter_async_context(_running(environment, "serve", "--no-alone"))
        await asyncio.to_thread(_wait_until_ready, port)
        carriers = [await stack.enter_async_context(_running(environment, "postman")) for _ in range(postmen)]
        await line.tell(arrive=PEOPLE, payload=f"w_{sampling.WORKROOM}")
        await line.tell(chat=PEOPLE, seconds=5.0)
        before = await line.tell(chat=PEOPLE, seconds=CHATTING)
        posted, rested = await _post(url, letters), sum(worked(one.pid) for one in carriers)
        during = await line.tell(chat=PEOPLE, seconds=CHATTING)
        found = await line.tell(letters=letters)
        found["work"] = sum(worked(one.pid) for one in carriers) - rested
        after = await line.tell(chat=PEOPLE, seconds=CHATTING)
        beside = await line.tell(chat=PEOPLE, seconds=CHATTING, flood=FLOOD)
        chats = [before, during, after, beside]
        return _figures(letters, posted, found, chats, resident(served.pid, "VmHWM"))


def _figures(
    letters: int, posted: float, found: dict[str, Any], chats: Sequence[dict[str, Any]], memory: float
) -> list[Figure]:
    least = letters / RATE
    whole, commit = found["last"] - found["first"], found["last"] - posted
    names = ("before", "during", "after", f"beside one who sends {FLOOD} a second")
    waits = [
        Figure(f"people who chat, {name}: p50", told["p50"], p99=told["p99"], times=told["count"])
        for name, told in zip(names, chats, strict=True)
    ]
    return [
        Figure(f"{letters} letters, the first to the last", whole, "s", times=letters),
        Figure("over the theoretical minimum", whole / least, "times", limit=LIMIT),
        Figure("the same from the commit on", commit / least, "times"),
        Figure("the postmen's processor time, a letter", 1e3 * found["work"] / letters, "ms"),
        Figure("refused by Telegram (429)", found["refused"], "", limit=1),
        Figure("sent although told to wait", found["ignored"], "", limit=1),
        Figure("sent twice", found["doubled"], "", limit=1),
        *waits,
        Figure("the service's memory, the most ever held", memory, "MiB", limit=120),
    ]


def _environment(folder: Path, url: str, redis: str, api: str, port: int) -> dict[str, str]:
    return {
        "PATH": "", "LANG": "C.UTF-8", "HOME": str(folder), "PORT": str(port),
        "WORKROOM_HOME": str(folder), "WORKROOM_DATABASE_URL": url, "WORKROOM_REDIS_URL": redis,
        "WORKROOM_TELEGRAM_TOKEN": TOKEN, "WORKROOM_TELEGRAM_API_URL": api,
        "WORKROOM_TELEGRAM_MODE": "webhook", "WORKROOM_TELEGRAM_WEBHOOK_SECRET": SECRET,
        "WORKROOM_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }  # fmt: skip


async def _fill(folder: Path, url: str, letters: int) -> None:
    """The sample district, and so many people who may be written to on Telegram."""
    await migrate(url)
    await sampling.prepare(settings(home=folder, database_url=url, _env_file=None), wanted=True)
    now = datetime.now(UTC)
    database = Database(open_database(url))
    async with database.writing() as connection:
        await UnitOfWork(connection).registry.set_setting("quiet_from", "00:00")
        await UnitOfWork(connection).registry.set_setting("quiet_until", "00:00")
        for start in range(FIRST, FIRST + letters, CHUNK):
            numbers = range(start, min(start + CHUNK, FIRST + letters))
            who = [{"id": n, "language": "zh_CN", "name": "", "created_at": now} for n in numbers]
            await connection.execute(sa.insert(persons), who)
            places = [
                {"channel": "telegram", "user": str(n), "chat": str(n), "person_id": n, "seen_at": now}
                for n in numbers
            ]
            await connection.execute(sa.insert(identities), places)
            given = [{"person_id": n, "kind": kind, "given_at": now} for n in numbers for kind in AGREED]
            await connection.execute(sa.insert(consents), given)
    await database.close()


async def _post(url: str, letters: int) -> float:
    """One letter to each of them, in one transaction; the moment it was committed."""
    database = Database(open_database(url))
    async with database.writing() as connection:
        for start in range(FIRST, FIRST + letters, CHUNK):
            numbers = range(start, min(start + CHUNK, FIRST + letters))
            new = [NewLetter(f"to {n}", Seat("person", n), Message("flow.cancelled")) for n in numbers]
            await UnitOfWork(connection).outbox.post_all(new, datetime.now(UTC))
    await database.close()
    return datetime.now(UTC).timestamp()


@asynccontextmanager
async def _running(environment: dict[str, str], *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    program = "from bot.cli import main; main()"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, *words, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


def _wait_until_ready(port: int) -> None:
    while not is_ready(port):
        time.sleep(0.1)


def main() -> int:
    """Measure; 1 when a promise is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.broadcast", description=__doc__)
    parser.add_argument("--letters", type=int, default=1200)
    parser.add_argument("--postmen", type=int, default=2)
    given = parser.parse_args()
    figures = asyncio.run(measure(given.letters, given.postmen))
    show(f"A broadcast of {given.letters} letters by {given.postmen} postmen", figures)
    return int(any(figure.holds is False for figure in figures))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
