"""Many workrooms' rosters at once: the planner makes months and lets them follow the calendar.

Every question and every write is one statement for a whole batch of workrooms.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.duty import OfferState, Shift, Slot, SlotState
from domain.duty_rotation import Turn
from storage.duty import PAGE, WHOLE, shift_of, slot_of
from storage.duty_ends import end_offers
from storage.statements import Ready, add
from storage.tables import (
    calendar_changes,
    liaisons,
    offers,
    representatives,
    rosters,
    shifts,
    slots,
    workrooms,
)

Rooms = Collection[int]


def _shift_row(shift: Shift) -> dict[str, Any]:
    return {
        "workroom_id": shift.workroom,
        "day": shift.day,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "nominal": shift.nominal,
        "part": shift.part,
        "tentative": shift.tentative,
    }


_MOVE = Ready(
    sa.update(shifts)
    .where(shifts.c.id == sa.bindparam("its_id"), shifts.c.version == sa.bindparam("its_version"))
    .values(version=shifts.c.version + 1),
    column_keys=["day", "starts_at", "ends_at", "tentative", "cancelled"],
)


class Rosters:
    """The planner's side of duty, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    # --- making and following ----------------------------------------------------------------------------

    async def wanting(self, month: date, checked_before: datetime, limit: int) -> tuple[list[int], list[int]]:
        """Workrooms whose month is made but not compared with the calendar since then, or since the calendar
        has changed; and those whose month is not made yet."""
        room = workrooms.c.id
        made = sa.and_(rosters.c.workroom_id == room, rosters.c.month == month)
        changed = calendar_changes.c.changed_at >= rosters.c.checked_at
        stale = sa.or_(rosters.c.id.is_(None), rosters.c.checked_at < checked_before, changed)
        query = (
            sa.select(room, rosters.c.id)
            .outerjoin(rosters, made)
            .outerjoin(calendar_changes, calendar_changes.c.workroom_id == room)
            .where(workrooms.c.present, stale)
            .order_by(room)
            .limit(limit)
        )
        found = (await self._connection.execute(query)).tuples().all()
        return [number for number, made in found if made], [number for number, made in found if not made]

    async def begin(self, rooms: Rooms, month: date, now: datetime) -> None:
        """These months are made, or compared, as of now."""
        rows = [{"workroom_id": r, "month": month, "made_at": now, "checked_at": now} for r in rooms]
        await add(self._connection, rosters, rows, once=("workroom_id", "month"))
        await self.checked(rooms, month, now)

    async def checked(self, rooms: Rooms, month: date, now: datetime) -> None:
        """These months are as the calendar has it, as of now."""
        ours = (rosters.c.workroom_id.in_(list(rooms)), rosters.c.month == month)
        await self._connection.execute(sa.update(rosters).where(*ours).values(checked_at=now))

    async def shifts_ahead(self, rooms: Rooms, since: date) -> dict[int, list[Shift]]:
        """Each workroom's shifts whose day, or whose own day by the rule, is not before `since`."""
        columns = [shifts.c[name] for name in ("workroom_id", "day", "starts_at", "ends_at", "nominal")]
        columns += [shifts.c[name] for name in ("part", "tentative", "cancelled")]
        query = sa.select(
            shifts.c.id.label("shift_id"), *columns, shifts.c.version.label("shift_version")
        ).where(
            shifts.c.workroom_id.in_(list(rooms)), sa.or_(shifts.c.day >= since, shifts.c.nominal >= since)
        )
        found: dict[int, list[Shift]] = defaultdict(list)
        for row in await self._connection.execute(query.order_by(shifts.c.starts_at, shifts.c.id)):
            found[row.workroom_id].append(shift_of(row))
        return found

    async def people(self, rooms: Rooms) -> dict[int, list[int]]:
        """The representatives in office of each workroom: nobody on leave, suspended, military (rule 12)."""
        who = representatives.c
        query = sa.select(who.workroom_id, who.id).where(
            who.workroom_id.in_(list(rooms)), who.status == "active", who.present
        )
        found: dict[int, list[int]] = defaultdict(list)
        for room, number in (await self._connection.execute(query.order_by(who.id))).tuples():
            found[int(room or 0)].append(number)
        return found

    async def records(self, rooms: Rooms, since: date) -> dict[int, Turn]:
        """How often each representative was on a roster since then, and when last; missed shifts apart."""
        who = slots.c.representative_id
        query = (
            sa.select(who, sa.func.count(), sa.func.max(shifts.c.day))
            .join(shifts, shifts.c.id == slots.c.shift_id)
            .where(
                shifts.c.workroom_id.in_(list(rooms)),
                shifts.c.day >= since,
                ~shifts.c.cancelled,
                who.is_not(None),
                slots.c.state != str(SlotState.MISSED),
            )
            .group_by(who)
        )
        rows = (await self._connection.execute(query)).tuples()
        return {int(number or 0): Turn(count, last) for number, count, last in rows}

    async def add(self, made: Sequence[tuple[Shift, Sequence[int | None]]]) -> None:
        """New shifts with who keeps each place; those that are there already stay as they are."""
        if not made:
            return
        rooms = {shift.workroom for shift, _ in made}
        await add(self._connection, shifts, [_shift_row(shift) for shift, _ in made], once=())
        known = await self._connection.execute(
            sa.select(shifts.c.id, shifts.c.workroom_id, shifts.c.nominal, shifts.c.part).where(
                shifts.c.workroom_id.in_(rooms), shifts.c.nominal >= min(shift.nominal for shift, _ in made)
            )
        )
        numbers = {(room, nominal, part): number for number, room, nominal, part in known.tuples()}
        rows = [
            {
                "shift_id": numbers[shift.workroom, shift.nominal, shift.part],
                "place": place,
                "representative_id": who,
                "state": str(SlotState.OPEN if who is None else SlotState.TAKEN),
            }
            for shift, kept in made
            for place, who in enumerate(kept)
        ]
        await add(self._connection, slots, rows, once=())

    async def move(self, moved: Sequence[Shift], news: Collection[int]) -> None:
        """Write these shifts as they are now; what was offered about those that are `news` is void."""
        if not moved:
            return
        await _MOVE.run(self._connection, [{**_moved_row(s), "its_version": s.version} for s in moved])
        if not news:
            return
        places = sa.select(slots.c.id).where(slots.c.shift_id.in_(list(news)))
        about = sa.or_(offers.c.slot_id.in_(places), offers.c.wants_id.in_(places))
        await end_offers(self._connection, about, OfferState.VOID)

    async def keepers(self, shift_ids: Collection[int]) -> list[Slot]:
        """The places of these shifts that somebody keeps."""
        kept = WHOLE.where(slots.c.shift_id.in_(list(shift_ids)), slots.c.representative_id.is_not(None))
        return [slot_of(row) for row in await self._connection.execute(kept.order_by(slots.c.id))]

    async def liaisons(self, rooms: Rooms) -> dict[int, int]:
        """The liaison of each workroom (rule 15)."""
        who = liaisons.c
        query = sa.select(who.workroom_id, who.id).where(
            who.workroom_id.in_(list(rooms)), who.status == "active"
        )
        rows = await self._connection.execute(query.order_by(who.present, who.id))
        return dict(rows.tuples().all())

    async def names(self, rooms: Rooms) -> dict[int, str]:
        """The names of workrooms."""
        rows = await self._connection.execute(
            sa.select(workrooms.c.id, workrooms.c.name).where(workrooms.c.id.in_(list(rooms)))
        )
        return dict(rows.tuples().all())

    async def past_shifts(self, workroom: int, now: datetime, page: int = 0) -> list[int]:
        """The numbers of a workroom's shifts that are over, the latest first; a page and one more."""
        query = sa.select(shifts.c.id).where(shifts.c.workroom_id == workroom, shifts.c.ends_at <= now)
        query = query.where(~shifts.c.cancelled).order_by(shifts.c.starts_at.desc(), shifts.c.id)
        rows = await self._connection.execute(query.limit(PAGE + 1).offset(page * PAGE))
        return list(rows.scalars())


def _moved_row(shift: Shift) -> dict[str, Any]:
    return {
        "its_id": shift.id,
        "day": shift.day,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "tentative": shift.tentative,
        "cancelled": shift.cancelled,
    }
