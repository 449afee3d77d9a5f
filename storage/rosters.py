"""Many workrooms' rosters at once: the planner makes months, follows the calendar and closes what is over.

Every question and every write is one statement for a whole batch of workrooms.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.duty import OfferState, Shift, Slot, SlotState
from domain.duty_rotation import Turn
from storage.duty import WHOLE, columns_of, shift_of, slot_of
from storage.statements import Ready, add
from storage.tables import liaisons, offers, representatives, rosters, shifts, slots, workrooms

Rooms = Collection[int]


@dataclass(frozen=True, slots=True)
class Lapsed:
    """An offer that has ended by itself: whose it was, and the place it was about."""

    id: int
    by: int
    slot: Slot


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
_SETTLE = Ready(
    sa.update(slots)
    .where(slots.c.id == sa.bindparam("its_id"), slots.c.version == sa.bindparam("its_version"))
    .values(version=slots.c.version + 1),
    column_keys=["representative_id", "state", "arrived_at", "since", "left_at", "minutes", "counts"],
)


class Rosters:
    """The planner's side of duty, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    # --- making and following ----------------------------------------------------------------------------

    async def wanting(self, month: date, checked_before: datetime, limit: int) -> list[int]:
        """Workrooms whose month is not made yet, or was not compared with the calendar since then."""
        made = sa.and_(rosters.c.workroom_id == workrooms.c.id, rosters.c.month == month)
        stale = sa.or_(rosters.c.id.is_(None), rosters.c.checked_at < checked_before)
        query = sa.select(workrooms.c.id).outerjoin(rosters, made).where(workrooms.c.present, stale)
        rows = await self._connection.execute(query.order_by(workrooms.c.id).limit(limit))
        return list(rows.scalars())

    async def look_again(self, rooms: Rooms | None, at: datetime) -> None:
        """Their days may have changed: the next round compares them with the calendar (None: all)."""
        which = () if rooms is None else (rosters.c.workroom_id.in_(list(rooms)),)
        await self._connection.execute(sa.update(rosters).where(*which).values(checked_at=at))

    async def begin(self, rooms: Rooms, month: date, now: datetime) -> None:
        """These months are made, or compared, as of now."""
        rows = [{"workroom_id": r, "month": month, "made_at": now, "checked_at": now} for r in rooms]
        await add(self._connection, rosters, rows, once=("workroom_id", "month"))
        ours = (rosters.c.workroom_id.in_(list(rooms)), rosters.c.month == month)
        await self._connection.execute(sa.update(rosters).where(*ours).values(checked_at=now))

    async def made_before(self, rooms: Rooms, month: date) -> set[int]:
        """Which of them have had this month made already."""
        query = sa.select(rosters.c.workroom_id).where(
            rosters.c.workroom_id.in_(list(rooms)), rosters.c.month == month
        )
        return set((await self._connection.execute(query)).scalars())

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
        """The representatives in office of each workroom: nobody on leave, suspended or military (rule 12)."""
        who = representatives.c
        query = sa.select(who.workroom_id, who.id).where(
            who.workroom_id.in_(list(rooms)), who.status == "active", who.present
        )
        found: dict[int, list[int]] = defaultdict(list)
        for room, number in (await self._connection.execute(query.order_by(who.id))).tuples():
            found[int(room or 0)].append(number)
        return found

    async def records(self, rooms: Rooms, since: date) -> dict[int, Turn]:
        """How often each representative was on a roster since then, and when last; missed ones don't count."""
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
        await self._end(about, OfferState.VOID)

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
        return {room: number for room, number in rows.tuples()}

    async def names(self, rooms: Rooms) -> dict[int, str]:
        """The names of workrooms."""
        rows = await self._connection.execute(
            sa.select(workrooms.c.id, workrooms.c.name).where(workrooms.c.id.in_(list(rooms)))
        )
        return {room: name for room, name in rows.tuples()}

    # --- what is due -------------------------------------------------------------------------------------

    async def ended(self, now: datetime, limit: int) -> list[Slot]:
        """Places of shifts that are over and not closed yet; cancelled ones too."""
        over = sa.select(shifts.c.id).where(shifts.c.settled_at.is_(None), shifts.c.ends_at <= now)
        over = over.order_by(shifts.c.ends_at, shifts.c.id).limit(limit)
        query = WHOLE.where(slots.c.shift_id.in_(over)).order_by(slots.c.id).with_for_update(of=slots)
        return [slot_of(row) for row in await self._connection.execute(query)]

    async def settle(self, closed: Sequence[Slot], now: datetime) -> None:
        """Write how these places have ended; their shifts are closed."""
        rows = [{**columns_of(s), "its_id": s.id, "its_version": s.version} for s in closed]
        if rows:
            await _SETTLE.run(self._connection, rows)
            ids = {s.shift.id for s in closed}
            await self._connection.execute(
                sa.update(shifts).where(shifts.c.id.in_(ids)).values(settled_at=now)
            )

    async def to_ask(self, since: datetime, limit: int) -> list[Slot]:
        """Places of shifts closed since then whose people have not been asked about them."""
        closed = sa.select(shifts.c.id).where(
            shifts.c.settled_at.is_not(None),
            shifts.c.asked_at.is_(None),
            shifts.c.ends_at >= since,
            ~shifts.c.cancelled,
        )
        query = WHOLE.where(slots.c.shift_id.in_(closed.order_by(shifts.c.id).limit(limit)))
        return [slot_of(row) for row in await self._connection.execute(query.order_by(slots.c.id))]

    async def asked(self, shift_ids: Collection[int], now: datetime) -> None:
        """Their people have been asked."""
        done = sa.update(shifts).where(shifts.c.id.in_(list(shift_ids)))
        await self._connection.execute(done.values(asked_at=now))

    async def empty(self, now: datetime, until: date, limit: int) -> list[Slot]:
        """Places nobody keeps, of shifts up to that day, of which the liaison was not warned."""
        query = WHOLE.where(
            slots.c.state == str(SlotState.OPEN),
            slots.c.warned_at.is_(None),
            ~shifts.c.cancelled,
            shifts.c.ends_at > now,
            shifts.c.day <= until,
        )
        rows = await self._connection.execute(query.order_by(shifts.c.starts_at, slots.c.id).limit(limit))
        return [slot_of(row) for row in rows]

    async def warned(self, numbers: Collection[int], now: datetime) -> None:
        """The liaison knows of these holes."""
        done = sa.update(slots).where(slots.c.id.in_(list(numbers)), slots.c.state == str(SlotState.OPEN))
        await self._connection.execute(done.values(warned_at=now))

    async def lapse(self, now: datetime, limit: int) -> list[Lapsed]:
        """End the offers nobody answered in time, and say whose they were."""
        late = sa.and_(offers.c.state == str(OfferState.WAITING), offers.c.expires_at <= now)
        query = WHOLE.add_columns(offers.c.id.label("offer"), offers.c.by_id).join(
            offers, offers.c.slot_id == slots.c.id
        )
        rows = list(await self._connection.execute(query.where(late).order_by(offers.c.id).limit(limit)))
        if rows:
            await self._end(offers.c.id.in_([row.offer for row in rows]), OfferState.EXPIRED)
        return [Lapsed(row.offer, row.by_id, slot_of(row)) for row in rows]

    async def left_behind(self, now: datetime, limit: int) -> list[Slot]:
        """Places of the future kept by somebody who no longer serves at that workroom (rule 23)."""
        who = representatives.c
        elsewhere = sa.or_(
            who.status != "active", who.workroom_id.is_(None), who.workroom_id != shifts.c.workroom_id
        )
        query = WHOLE.join(representatives, who.id == slots.c.representative_id).where(
            slots.c.state.in_((str(SlotState.TAKEN), str(SlotState.OFFERED))),
            shifts.c.ends_at > now,
            slots.c.arrived_at.is_(None),
            elsewhere,
        )
        query = query.order_by(slots.c.id).limit(limit).with_for_update(of=slots)
        return [slot_of(row) for row in await self._connection.execute(query)]

    async def open_up(self, left: Sequence[Slot]) -> None:
        """Nobody keeps these places any more; what was offered about them is void."""
        ids = [slot.id for slot in left]
        await self._end(sa.or_(offers.c.slot_id.in_(ids), offers.c.wants_id.in_(ids)), OfferState.VOID)
        free = {"representative_id": None, "state": str(SlotState.OPEN), "warned_at": None}
        await self._connection.execute(
            sa.update(slots).where(slots.c.id.in_(ids)).values(**free, version=slots.c.version + 1)
        )

    async def _end(self, about: Any, state: OfferState) -> None:
        """End waiting offers; the places that were offered by them are simply kept again."""
        ending = sa.and_(offers.c.state == str(OfferState.WAITING), about)
        offered = sa.select(offers.c.slot_id).where(ending)
        await self._connection.execute(
            sa.update(slots)
            .where(slots.c.id.in_(offered), slots.c.state == str(SlotState.OFFERED))
            .values(state=str(SlotState.TAKEN), version=slots.c.version + 1)
        )
        await self._connection.execute(sa.update(offers).where(ending).values(state=str(state)))


def _moved_row(shift: Shift) -> dict[str, Any]:
    return {
        "its_id": shift.id,
        "day": shift.day,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "tentative": shift.tentative,
        "cancelled": shift.cancelled,
    }
