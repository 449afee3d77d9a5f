"""What calendars that are read by telephones need: whose they are, how often their days have changed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.open_days import Rule
from storage.open_days import rule_of_row
from storage.statements import add
from storage.tables import (
    calendar_changes,
    calendar_feeds,
    duty_events,
    open_day_rules,
    past_holders,
    rosters,
    shifts,
    slots,
    workrooms,
)


@dataclass(frozen=True, slots=True)
class Feed:
    """A representative's calendar: who asked for it, for which seat."""

    id: int
    representative: int
    person: int


@dataclass(frozen=True, slots=True)
class OwnShift:
    """A shift that a representative keeps; `cancelled`: it is not held, or somebody else keeps it by now.

    `version` only grows, whoever of its places changed; `changed_at` is when that was last.
    """

    id: int
    workroom: str
    address: str
    starts_at: datetime
    ends_at: datetime
    tentative: bool
    cancelled: bool
    version: int
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rostered:
    """How often the shifts of a day have changed (it only grows), and when last, as far as that is known."""

    versions: int = 0
    at: datetime | None = None


_VERSIONS = sa.select(sa.func.sum(slots.c.version)).where(slots.c.shift_id == shifts.c.id).scalar_subquery()
_LAST_DEED = (
    sa.select(sa.func.max(duty_events.c.at))
    .join(slots, slots.c.id == duty_events.c.slot_id)
    .where(slots.c.shift_id == shifts.c.id)
    .scalar_subquery()
)
_SHIFTS = (
    sa.select(
        shifts,
        workrooms.c.name,
        workrooms.c.address,
        (shifts.c.version + _VERSIONS + sa.func.coalesce(calendar_changes.c.sequence, 0)).label("versions"),
        _LAST_DEED.label("deed_at"),
        calendar_changes.c.changed_at,
    )
    .join(workrooms, workrooms.c.id == shifts.c.workroom_id)
    .outerjoin(calendar_changes, calendar_changes.c.workroom_id == shifts.c.workroom_id)
    .order_by(shifts.c.starts_at, shifts.c.id)
)


class Feeds:
    """The private calendars, and the changes of the public ones."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def live(self, representative: int, person: int) -> Feed | None:
        """The calendar this person has for the seat."""
        feeds = calendar_feeds.c
        return await self._one(
            feeds.representative_id == representative, feeds.person_id == person, feeds.revoked_at.is_(None)
        )

    async def by_id(self, number: int) -> Feed | None:
        """One that was not revoked."""
        return await self._one(calendar_feeds.c.id == number, calendar_feeds.c.revoked_at.is_(None))

    async def open(self, representative: int, person: int, now: datetime) -> Feed:
        """The calendar they have, or a new one."""
        known = await self.live(representative, person)
        if known is not None:
            return known
        row = {"representative_id": representative, "person_id": person, "made_at": now}
        made: int = await add(self._connection, calendar_feeds, row, giving="id")
        return Feed(made, representative, person)

    async def revoke(self, representative: int, person: int, now: datetime) -> bool:
        """Its address leads nowhere from now on; whether there was one."""
        feeds = calendar_feeds.c
        mine = (feeds.representative_id == representative, feeds.person_id == person)
        done = await self._connection.execute(
            sa.update(calendar_feeds).where(*mine, feeds.revoked_at.is_(None)).values(revoked_at=now)
        )
        return bool(done.rowcount)

    async def change(self, workroom: int) -> tuple[int, datetime | None]:
        """How often the workroom's days have changed, and when last."""
        kept = calendar_changes.c
        found = await self._connection.execute(
            sa.select(kept.sequence, kept.changed_at).where(kept.workroom_id == workroom)
        )
        row = found.one_or_none()
        return (0, None) if row is None else (row.sequence, row.changed_at)

    async def rostered(self, workroom: int, since: date) -> dict[date, Rostered]:
        """What has changed in who keeps the workroom open, by nominal day: two queries."""
        versions = (shifts.c.version + 1 + sa.func.coalesce(_VERSIONS, 0)).label("versions")
        ours = (shifts.c.workroom_id == workroom, shifts.c.nominal >= since)
        query = sa.select(shifts.c.nominal, versions, _LAST_DEED.label("at")).where(*ours)
        months = sa.select(rosters.c.month, rosters.c.made_at).where(rosters.c.workroom_id == workroom)
        made = dict((await self._connection.execute(months)).tuples().all())
        found: dict[date, Rostered] = {}
        for row in await self._connection.execute(query):
            before = found.get(row.nominal, Rostered(0, made.get(row.nominal.replace(day=1))))
            at = max((one for one in (before.at, row.at) if one), default=None)
            found[row.nominal] = Rostered(before.versions + row.versions, at)
        return found

    async def ended(self, workroom: int, since: datetime) -> list[Rule]:
        """Rules that were replaced lately: calendars still show their days."""
        rules = open_day_rules.c
        rows = await self._connection.execute(
            sa.select(open_day_rules).where(rules.workroom_id == workroom, rules.ended_at >= since)
        )
        return [rule_of_row(row) for row in rows]

    async def shifts_of(self, representative: int, since: date) -> list[OwnShift]:
        """Their shifts from a day on, and those they kept once and gave away or lost: two queries."""
        kept = sa.select(slots.c.shift_id).where(slots.c.representative_id == representative)
        past = (
            sa.select(slots.c.shift_id)
            .join(past_holders, past_holders.c.slot_id == slots.c.id)
            .where(past_holders.c.representative_id == representative, slots.c.shift_id.not_in(kept))
        )
        found = [*await self._shifts(kept, since), *await self._shifts(past, since, gone=True)]
        return sorted(found, key=lambda shift: (shift.starts_at, shift.id))

    async def _shifts(self, which: Any, since: date, *, gone: bool = False) -> list[OwnShift]:
        query = _SHIFTS.where(shifts.c.id.in_(which), shifts.c.day >= since)
        return [
            OwnShift(
                row.id,
                row.name,
                row.address,
                row.starts_at,
                row.ends_at,
                row.tentative,
                row.cancelled or gone,
                row.versions,
                max((at for at in (row.deed_at, row.changed_at) if at is not None), default=None),
            )
            for row in await self._connection.execute(query)
        ]

    async def _one(self, *where: Any) -> Feed | None:
        row = (await self._connection.execute(sa.select(calendar_feeds).where(*where).limit(1))).one_or_none()
        return None if row is None else Feed(row.id, row.representative_id, row.person_id)
