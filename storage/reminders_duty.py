"""Which shifts and wished-for open days somebody is still to be reminded of: one query each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.reminders import MOST, nobody_told
from storage.statements import Ready
from storage.tables import open_day_wishes, reminders, representatives, shifts, slots, workrooms


@dataclass(frozen=True, slots=True)
class Place:
    """A representative's place in a shift, with what a reminder says of it; moments in UTC."""

    slot: int
    shift: int
    representative: int
    name: str
    workroom: int
    room: str
    address: str
    day: date
    starts_at: datetime
    ends_at: datetime
    tentative: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants to hear of a workroom's open day, by the day its rule names."""

    person: int
    workroom: int
    nominal: date
    room: str
    address: str


class DutyReminders:
    """What is due around shifts and open days, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_day(self, day: date, step: str, now: datetime) -> list[Place]:
        """Places of that day's shifts to come whose holder wasn't told this step and isn't there yet."""
        given = {"day": day, "step": step, "now": now, "most": MOST}
        return [_place(row) for row in await _OF_DAY.run(self._connection, given)]

    async def wished(self, since: date, until: date) -> list[Wish]:
        """Wishes for open days with their nominal day in a span, of which nobody was reminded."""
        given = {"since": since, "until": until, "most": MOST}
        return [Wish(*row) for row in await _WISHED.run(self._connection, given)]

    async def spans(self, numbers: Collection[int]) -> dict[int, tuple[datetime, datetime]]:
        """From when until when these shifts are, in UTC."""
        rows = await self._connection.execute(
            sa.select(shifts.c.id, shifts.c.starts_at, shifts.c.ends_at).where(
                shifts.c.id.in_(sorted(numbers))
            )
        )
        return {row.id: (row.starts_at, row.ends_at) for row in rows}

    async def held(self, numbers: Sequence[int]) -> dict[int, set[tuple[int, date]]]:
        """(representative, day) of those who keep a place in these shifts and aren't there yet, by shift."""
        rows = await self._connection.execute(
            sa.select(shifts.c.id, slots.c.representative_id, shifts.c.day)
            .join(slots, slots.c.shift_id == shifts.c.id)
            .where(shifts.c.id.in_(sorted(set(numbers))), ~shifts.c.cancelled, slots.c.arrived_at.is_(None))
        )
        kept: dict[int, set[tuple[int, date]]] = {}
        for row in rows:
            kept.setdefault(row.id, set()).add((row.representative_id, row.day))
        return kept


def _day(name: str) -> Any:
    return sa.bindparam(name, type_=sa.Date())


_most: Any = sa.bindparam("most")
_seat = sa.literal("representative:") + sa.cast(slots.c.representative_id, sa.String)
_PLACES = (
    sa.select(
        slots.c.id.label("slot"),
        shifts.c.id.label("shift"),
        slots.c.representative_id.label("representative"),
        representatives.c.name,
        shifts.c.workroom_id.label("workroom"),
        workrooms.c.name.label("room"),
        workrooms.c.address,
        shifts.c.day,
        shifts.c.starts_at,
        shifts.c.ends_at,
        shifts.c.tentative,
    )
    .join(shifts, shifts.c.id == slots.c.shift_id)
    .join(workrooms, workrooms.c.id == shifts.c.workroom_id)
    .join(representatives, representatives.c.id == slots.c.representative_id)
    .where(~shifts.c.cancelled, slots.c.state.in_(("taken", "offered")))
)


_OF_DAY = Ready(
    _PLACES.where(
        shifts.c.day == _day("day"),
        shifts.c.starts_at > sa.bindparam("now", type_=shifts.c.starts_at.type),
        slots.c.arrived_at.is_(None),
        nobody_told(
            reminders.c.topic == "shift",
            reminders.c.subject_id == shifts.c.id,
            reminders.c.turn == 0,
            reminders.c.day == shifts.c.day,
            reminders.c.step == sa.bindparam("step"),
            reminders.c.seat == _seat,
        ),
    )
    .order_by(slots.c.id)
    .limit(_most)
)
_WISHED = Ready(
    sa.select(
        open_day_wishes.c.person_id,
        open_day_wishes.c.workroom_id,
        open_day_wishes.c.nominal,
        workrooms.c.name,
        workrooms.c.address,
    )
    .join(workrooms, workrooms.c.id == open_day_wishes.c.workroom_id)
    .where(
        open_day_wishes.c.nominal.between(_day("since"), _day("until")),
        nobody_told(
            reminders.c.topic == "open_day",
            reminders.c.subject_id == open_day_wishes.c.workroom_id,
            reminders.c.turn == 0,
            reminders.c.day == open_day_wishes.c.nominal,
            reminders.c.step == "eve",
            reminders.c.seat == sa.literal("person:") + sa.cast(open_day_wishes.c.person_id, sa.String),
        ),
    )
    .order_by(open_day_wishes.c.id)
    .limit(_most)
)


def _place(row: Any) -> Place:
    return Place(*(getattr(row, name) for name in Place.__slots__))
