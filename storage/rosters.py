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
from storage.duty import WHOLE, shift_of, slot_of
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


_since: Any = sa.bindparam("since", type_=sa.Date())
_SHIFTS_AHEAD = (
    sa.select(
        shifts.c.id.label("shift_id"),
        *(shifts.c[name] for name in ("workroom_id", "day", "starts_at", "ends_at", "nominal", "part")),
        shifts.c.tentative,
        shifts.c.cancelled,
        shifts.c.version.label("shift_version"),
    )
    .where(sa.or_(shifts.c.day >= _since, shifts.c.nominal >= _since))
    .order_by(shifts.c.starts_at, shifts.c.id)
)
_ALL_AHEAD = Ready(_SHIFTS_AHEAD)
_AHEAD = Ready(_SHIFTS_AHEAD.where(shifts.c.workroom_id.in_(sa.bindparam("rooms", expanding=True))))
_of_month = sa.and_(
    rosters.c.workroom_id == workrooms.c.id, rosters.c.month == sa.bindparam("month", type_=sa.Date())
)
_WANTING = Ready(
    sa.select(workrooms.c.id, rosters.c.id.is_not(None).label("made"))
    .outerjoin(rosters, _of_month)
    .outerjoin(calendar_changes, calendar_changes.c.workroom_id == workrooms.c.id)
    .where(
        workrooms.c.present,
        sa.or_(
            rosters.c.id.is_(None),
            rosters.c.checked_at < sa.bindparam("before", type_=rosters.c.checked_at.type),
            calendar_changes.c.changed_at >= rosters.c.checked_at,
        ),
    )
    .order_by(workrooms.c.id)
)


class Rosters:
    """The planner's side of duty, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    # --- making and following ----------------------------------------------------------------------------

    async def wanting(self, month: date, checked_before: datetime) -> dict[int, bool]:
        """Workrooms whose month is not made yet (False), or not compared with the calendar since then, or
        since their calendar has changed (True); in order."""
        rows = await _WANTING.run(self._connection, {"month": month, "before": checked_before})
        return {row.id: bool(row.made) for row in rows}

    async def checked(self, rooms: Rooms, month: date, as_of: datetime) -> None:
        """The shifts of these workrooms are where the calendar had them then."""
        ours = (rosters.c.workroom_id.in_(list(rooms)), rosters.c.month == month)
        await self._connection.execute(sa.update(rosters).where(*ours).values(checked_at=as_of))

    async def begin(self, rooms: Rooms, month: date, now: datetime, as_of: datetime) -> None:
        """These months are made now, or compared, with the calendar as of then."""
        rows = [{"workroom_id": r, "month": month, "made_at": now, "checked_at": as_of} for r in rooms]
        await add(self._connection, rosters, rows, once=("workroom_id", "month"))
        await self.checked(rooms, month, as_of)

    async def shifts_ahead(self, rooms: Rooms | None, since: date) -> dict[int, list[Shift]]:
        """Each workroom's shifts (None: all) whose day, or own day by the rule, isn't before `since`."""
        given: dict[str, Any] = {"since": since}
        if rooms is None:
            rows = await _ALL_AHEAD.run(self._connection, given)
        else:
            rows = await _AHEAD.run(self._connection, {**given, "rooms": list(rooms)})
        found: dict[int, list[Shift]] = defaultdict(list)
        for row in rows:
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

    async def move(self, moved: Sequence[Shift]) -> None:
        """These shifts are at another time now, or not held; what was offered about them is void."""
        if not moved:
            return
        await _MOVE.run(self._connection, [{**_moved_row(s), "its_version": s.version} for s in moved])
        places = sa.select(slots.c.id).where(slots.c.shift_id.in_([s.id for s in moved]))
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


def _moved_row(shift: Shift) -> dict[str, Any]:
    return {
        "its_id": shift.id,
        "day": shift.day,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "tentative": shift.tentative,
        "cancelled": shift.cancelled,
    }
