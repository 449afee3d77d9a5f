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


class IsHeld(Protocol):
    """The conversation, as long as this process has it."""

    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Work:
    """What a step works with: everything done in `uow` and the session saved in it, or nothing.

    `waited`: another process had this person's conversation before. `elsewhere`, known at the end: the same
    delivery waits at another process.
    """

    uow: UnitOfWork
    met: Met
    waited: bool = False
    held: "IsHeld | None" = None

    @property
    def elsewhere(self) -> bool:
        """Not kept here: what the step's end would set here refers to the step, and that to this."""
        return self.held is not None and self.held.elsewhere


class Workplace(Protocol):
    """Where steps are done, one at a time for each person, whatever process they arrive at."""

    def work(self, key: Key, told: str = "") -> AbstractAsyncContextManager[Work]:
        """The ground of one step; it is kept when the block ends, and forgotten when something raises.

        `told` is the channel's name for what arrived, which may arrive at two processes.

        Raises DatabaseAway: then nothing has happened, or it will be recognised when it is delivered again.
        """

    async def said(self, key: Key, told: str) -> None:
        """What another process waits with, too, has been answered here."""

    async def was_said(self, key: Key, told: str) -> bool:
        """Whether another process, which dealt with it a moment ago, has answered it; waits for that."""


class Embedded:
    """Sessions in the database: the step and how the conversation stands are one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._remembered = Remembered()

    @asynccontextmanager
    async def work(self, key: Key, told: str = "") -> AsyncIterator[Work]:
        """As the protocol says; of what arrives elsewhere nothing is known."""
        async with self._database.writing() as connection:
            meeting = UnitOfWork(connection).meeting
            await meeting.hold(key)
            met = await meeting.meet(key)
            drafts = Drafts(connection, met.without_draft)
            yield Work(UnitOfWork(connection, self._remembered.of(met.version), drafts=drafts), met)

    async def said(self, key: Key, told: str) -> None:
        """As the protocol says: nobody is known to wait for it."""

    async def was_said(self, key: Key, told: str) -> bool:
        """As the protocol says."""
        return False
