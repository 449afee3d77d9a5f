"""What is asked before a case is written, for everybody who files at the same time: one round trip."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP

from domain.duty import Slot
from storage.database import Database
from storage.duty import WHOLE, slot_of
from storage.gathering import Gathering
from storage.statements import Ready
from storage.tables import shifts


class Ground(NamedTuple):
    """The id that a new case will have, and the places of the shift that is on in its workroom."""

    case: int
    places: list[Slot]


class Wanted(NamedTuple):
    """A case is about to be filed in this workroom, at this moment."""

    workroom: int
    now: datetime


def _grounds(dialect: str) -> sa.Select[Any]:
    rooms: Any = sa.bindparam("rooms", type_=ARRAY(sa.BigInteger))
    moments: Any = sa.bindparam("moments", type_=ARRAY(TIMESTAMP(timezone=True)))
    asked = sa.func.unnest(rooms, moments).table_valued("workroom", "now", with_ordinality="turn")
    asked = asked.render_derived()
    number = sa.func.nextval("cases_id_seq").label("case_id")
    # PostgreSQL carries out by itself a WITH that counts a sequence on: one number for each who asks.
    wanted = sa.select(asked.c.turn, asked.c.workroom, asked.c.now, number).cte("wanted")
    there = WHOLE.where(~shifts.c.cancelled).subquery()
    on = sa.and_(
        there.c.workroom_id == wanted.c.workroom,
        there.c.starts_at <= wanted.c.now,
        there.c.ends_at > wanted.c.now,
    )
    return (
        sa.select(wanted.c.turn, wanted.c.case_id, *there.c)
        .select_from(wanted.outerjoin(there, on))
        .order_by(wanted.c.turn, there.c.starts_at, there.c.shift_id, there.c.place)
    )


_GROUNDS = Ready(_grounds)


class Filings:
    """PostgreSQL's only: SQLite has one writer, who asks within the transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gathering: Gathering[Wanted, Ground] = Gathering(self._all, beside=2)

    def ground(self, wanted: Wanted) -> "asyncio.Future[Ground]":
        """To be awaited. An id that comes to nothing stays unused."""
        return self._gathering.asked(wanted)

    async def _all(self, wanted: Sequence[Wanted]) -> list[Ground]:
        asked = {"rooms": [one.workroom for one in wanted], "moments": [one.now for one in wanted]}
        found: dict[int, Ground] = {}
        async with self._database.reading() as connection:
            for row in await _GROUNDS.run(connection, asked):
                ground = found.setdefault(row.turn, Ground(row.case_id, []))
                if row.id is not None:
                    ground.places.append(slot_of(row))
        return list(found.values())
