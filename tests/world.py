"""A whole service in a test: the real desk, postman and planner over a real database, paper channels."""

import random
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.util import LRUCache

from bot.commands.registry import read_registry
from bot.planner import Planner
from bot.registry_words import Telling
from bot.sample import DISTRICT
from bot.settings import settings as settings_of
from bot.wiring import Parts, assemble
from domain.codes import INVITE_LENGTH, digest, draw
from domain.people import Seat
from locales.catalogue import Catalogue
from storage.columns import metadata
from storage.database import Database, open_database
from storage.migrations import migrate
from storage.registry_import import import_registry
from storage.tables import sessions
from storage.unit import UnitOfWork
from tests.paper import Paper

MONDAY_MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""9:00 in Shanghai on a working Monday."""


class Compiled(LRUCache[Any, Any]):
    """Compiled statements, for every world of the process: compiling takes longer than running.

    Each world's engine asks by a dialect of its own; those of one kind of database are alike.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        """As a dictionary's."""
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


COMPILED = Compiled(1000)


class Clock:
    """A clock that only tests move."""

    def __init__(self, at: datetime = MONDAY_MORNING) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def on(self, **much: float) -> None:
        """Move on by so much (days, hours, minutes, seconds)."""
        self.at += timedelta(**much)


async def fill(url: str) -> None:
    """An empty database with the sample district."""
    await migrate(url)
    book, problems = read_registry(DISTRICT, Telling(Catalogue.load(), "en"))
    assert not problems
    database = Database(open_database(url))
    async with database.writing() as connection:
        await import_registry(connection, book)
    await database.close()


async def lay_tables(url: str) -> None:
    """All tables, empty, in an empty database."""
    database = Database(open_database(url))
    async with database.plain() as connection:
        await connection.run_sync(metadata.create_all)
    await database.close()


def copy_of(template: Path, folder: Path) -> str:
    """A database of one's own, copied from one that was filled before."""
    target = folder / "workroom.sqlite3"
    shutil.copy(template, target)
    return f"sqlite+aiosqlite:///{target}"


def fail(bug: BaseException) -> str:
    """In tests nobody is told a reference: the bug itself comes out."""
    raise bug


def _ready(database: Database, cut_off: str) -> None:
    """Statements compiled before are known, and PostgreSQL waits for a process that others keep busy."""
    database.engine.sync_engine.update_execution_options(compiled_cache=COMPILED)
    if database._postgres is not None:
        database._postgres._settings["idle_in_transaction_session_timeout"] = cut_off


@asynccontextmanager
async def world(
    url: str, folder: Path, *, seed: int = 1, redis: str = "", cut_off: str = "60s"
) -> AsyncIterator["World"]:
    """The service over this database (and Redis); `folder` holds its files.

    `cut_off`: so long PostgreSQL bears a transaction in which nothing happens; 5 s in the service.
    """
    settings = settings_of(home=folder, database_url=url, redis_url=redis, _env_file=None)
    clock, dice = Clock(), random.Random(seed)
    channels = {name: Paper(name) for name in ("web", "telegram")}
    parts = assemble(
        settings,
        dict(channels),
        clock=clock,
        choose=dice.randrange,
        secret=b"secret of the tests",
        report=fail,
    )
    _ready(parts.house.database, cut_off)
    try:
        yield World(parts, clock, channels)
    finally:
        parts.house.shelf.close()
        await parts.close()


class World:
    """The parts of the service, with a clock to move and paper to read."""

    def __init__(self, parts: Parts, clock: Clock, channels: dict[str, Paper]) -> None:
        self.parts, self.clock, self.channels = parts, clock, channels
        self.desk, self.house, self.postman = parts.desk, parts.house, parts.postman
        self.planner = Planner(parts.house)

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[UnitOfWork]:
        """A transaction of the test's own."""
        async with self.house.database.writing() as connection:
            yield UnitOfWork(connection)

    async def invite(self, seat: Seat) -> str:
        """A fresh invite's code."""
        code = draw(INVITE_LENGTH, self.house.choose)
        async with self.unit() as uow:
            await uow.codes.invite(digest(self.house.secret, code), seat, self.clock())
        return code

    async def forget_sessions(self) -> None:
        """Redis was emptied, or the table of sessions: nobody's conversation is known any more."""
        async with self.unit() as uow:
            await uow.connection.execute(sa.delete(sessions))
        if self.parts.redis is not None:
            await self.parts.redis.flushdb()

    async def sessions(self) -> str:
        """Everything that is kept of conversations, as one text."""
        async with self.house.database.reading() as connection:
            kept = [str(tuple(row)) for row in await connection.execute(sa.select(sessions))]
        if (redis := self.parts.redis) is not None:
            kept += [f"{key.decode()}: {(await redis.get(key)).decode()}" for key in await redis.keys("*")]
        return "\n".join(kept)

    async def deliver(self) -> None:
        """Let the postman work until nothing is due."""
        while await self.postman.round() or self.postman.more:
            continue
