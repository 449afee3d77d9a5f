"""What the office's commands stand on: settings, words, one transaction; a refusal ends with one line."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

import sqlalchemy as sa
import typer

from bot.settings import BadSettings, Settings, settings
from bot.wiring import now, secret_of
from domain.casework import Now
from domain.errors import DomainError
from locales.catalogue import Catalogue
from storage.database import Database, DatabaseAway, open_database
from storage.migrations import file_of
from storage.unit import UnitOfWork


class NoTables(DomainError):
    """The database isn't there or has no tables yet."""

    def __init__(self) -> None:
        super().__init__("program.no_tables")


@dataclass(frozen=True)
class Office:
    """One run of a command: the settings, the clock and the words in the configured language."""

    settings: Settings
    clock: Callable[[], datetime] = now
    words: Catalogue = field(default_factory=Catalogue.load)

    @property
    def secret(self) -> bytes:
        """The key that makes codes checkable."""
        return secret_of(self.settings)

    def say(self, key: str, **params: Any) -> str:
        """A text of the program."""
        return self.words.say(self.settings.locale, key, params)

    @asynccontextmanager
    async def work(self) -> AsyncIterator[tuple[UnitOfWork, Now]]:
        """A transaction of the office's own. Raises NoTables, DatabaseAway."""
        file = file_of(self.settings.database)
        if file is not None and not await asyncio.to_thread(file.exists):  # looking into it would make it
            raise NoTables
        database = Database(open_database(self.settings.database))
        try:
            async with database.writing() as connection:
                uow = UnitOfWork(connection)
                yield uow, await now_of(uow, self.settings, self.clock)
        except (DatabaseAway, sa.exc.DBAPIError) as trouble:
            raise _meant(trouble) from trouble
        finally:
            await database.close()


async def now_of(uow: UnitOfWork, given: Settings, clock: Callable[[], datetime] = now) -> Now:
    """The moment with the district's calendar and terms."""
    return Now(clock(), await uow.registry.calendar(given.zone))


def _meant(trouble: BaseException) -> BaseException:
    """A database without our tables says so in its own way."""
    cause = trouble.__cause__ if isinstance(trouble, DatabaseAway) else trouble
    missing = ("no such table", "UndefinedTable")
    return NoTables() if any(word in str(cause) for word in missing) else trouble


def run(office: Callable[[], Office], work: Callable[[Office], Coroutine[Any, Any, int]]) -> NoReturn:
    """Do it; exit with what it says, or 1 and one line when it is refused."""
    try:
        opened = office()
    except BadSettings as bad:
        typer.echo(str(bad), err=True)
        raise typer.Exit(1) from None
    try:
        code = asyncio.run(work(opened))
    except DomainError as refused:
        typer.echo(opened.say(refused.key, **refused.params), err=True)
        raise typer.Exit(1) from None
    raise typer.Exit(code)


def from_settings() -> Office:
    """As the environment says."""
    said = settings()
    return Office(said, words=Catalogue.load(zone=said.zone, clock=now))
