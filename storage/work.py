"""One step's ground: whoever arrived, and the unit of work they are dealt with in."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from storage.database import Database
from storage.drafts import Drafts
from storage.meeting import Met
from storage.remembered import Remembered
from storage.sessions import Key
from storage.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Work:
    """What a step works with: everything done in `uow` and the session saved in it, or nothing."""

    uow: UnitOfWork
    met: Met


class Workplace(Protocol):
    """Where steps are done, one at a time for each person, whatever process they arrive at."""

    def work(self, key: Key) -> AbstractAsyncContextManager[Work]:
        """The ground of one step; it is kept when the block ends, and forgotten when something raises.

        Raises DatabaseAway: then nothing has happened, or it will be recognised when it is delivered again.
        """


class Embedded:
    """Sessions in the database: the step and how the conversation stands are one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remembered = Remembered()

    @asynccontextmanager
    async def work(self, key: Key) -> AsyncIterator[Work]:
        """As the protocol says."""
        async with self._database.writing() as connection:
            meeting = UnitOfWork(connection).meeting
            await meeting.hold(key)
            met = await meeting.meet(key)
            drafts = Drafts(connection, met.without_draft)
            yield Work(UnitOfWork(connection, self._remembered.of(met.version), drafts=drafts), met)
