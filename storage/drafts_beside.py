"""Drafts of a step whose session lies in Redis: written at its end, or beside it together with others'."""

from collections.abc import Sequence
from typing import NamedTuple

import asyncpg
import sqlalchemy as sa

from storage.database import AtNeed, Database, DatabaseAway
from storage.drafts import Draft, Drafts, row_of
from storage.statements import Row

_NOBODYS = (asyncpg.ForeignKeyViolationError, sa.exc.IntegrityError)


class Nobodys(DatabaseAway):
    """Whose draft it is has been forgotten at this very moment; when they come again they are a stranger."""


class DraftsBeside(Drafts):
    """Drafts are written at the step's end. One that only keeps drafts has no transaction for it:

    those kept at the same time, by whomever, share one.
    """

    def __init__(self, connection: AtNeed, none_of: int | None) -> None:
        super().__init__(connection, none_of)  # type: ignore[arg-type]  # it stands for a connection
        self._writes: list[Row | Thrown] = []
        self.thrown = False
        """Whether anything is to be thrown away."""

    @property
    def kept(self) -> list[Row]:
        """What is to be kept, if that is all."""
        return [] if self.thrown else [write for write in self._writes if not isinstance(write, Thrown)]

    async def keep(self, person_id: int, draft: Draft) -> None:
        """As `Drafts`."""
        self._none_of = None
        self._writes.append(row_of(person_id, draft))

    async def drop(self, person_id: int, flow: str | None = None, subject: str = "") -> None:
        """As `Drafts`."""
        if person_id != self._none_of:
            self._writes.append(Thrown(person_id, flow, subject))
            self.thrown = True

    async def latest(
        self, person_id: int, flow: str | None = None, subject: str | None = None
    ) -> Draft | None:
        """As `Drafts`."""
        await self.settle()
        return await super().latest(person_id, flow, subject)

    async def settle(self) -> None:
        """Write it within the step's transaction, in its order."""
        writes, self._writes, self.thrown = self._writes, [], False
        for write in writes:
            if isinstance(write, Thrown):
                await super().drop(*write)
            else:
                await self.put([write])


class Thrown(NamedTuple):
    """Drafts that are finished or thrown away."""

    person: int
    flow: str | None
    subject: str


async def keep_together(database: Database, many: Sequence[list[Row]]) -> list[Exception | None]:
    """Keep the drafts of several steps, and give for each step what has kept it from that, or None.

    One that can't be written fails alone: then each is written by itself. Raises DatabaseAway.
    """
    try:
        await _put(database, [row for rows in many for row in rows])
    except DatabaseAway:
        raise
    except Exception as trouble:  # noqa: BLE001  # whose it is will be told
        return [_meaning(trouble)] if len(many) == 1 else [await _alone(database, rows) for rows in many]
    return [None] * len(many)


async def _alone(database: Database, rows: list[Row]) -> Exception | None:
    try:
        await _put(database, rows)
    except Exception as trouble:  # noqa: BLE001  # told to whoever asked
        return _meaning(trouble)
    return None


async def _put(database: Database, rows: Sequence[Row]) -> None:
    async with database.lightly() as connection:
        await Drafts(connection).put(rows)


def _meaning(trouble: Exception) -> Exception:
    return Nobodys("the person is gone") if isinstance(trouble, _NOBODYS) else trouble
