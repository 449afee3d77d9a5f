"""Shifts whose time has come, of many workrooms at once: ended, to be asked about, empty, left behind."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.duty import OfferState, Slot, SlotState
from storage.duty import WHOLE, columns_of, slot_of
from storage.past_holders import keep_past
from storage.statements import Ready, add
from storage.tables import duty_events, offers, representatives, shifts, slots


@dataclass(frozen=True, slots=True)
class Lapsed:
    """An offer that has ended by itself: whose it was, the place it was about, who was asked by name."""

    id: int
    by: int
    slot: Slot
    to: int | None = None


_SETTLE = Ready(
    sa.update(slots)
    .where(slots.c.id == sa.bindparam("its_id"), slots.c.version == sa.bindparam("its_version"))
    .values(version=slots.c.version + 1),
    column_keys=["representative_id", "state", "arrived_at", "since", "left_at", "minutes", "counts"],
)


_now: Any = sa.bindparam("now", type_=shifts.c.ends_at.type)
_most: Any = sa.bindparam("most")
_TO_CLOSE = (
    sa.select(shifts.c.id)
    .where(shifts.c.settled_at.is_(None), shifts.c.ends_at <= _now)
    .order_by(shifts.c.ends_at, shifts.c.id)
    .limit(_most)
)
_ENDED = Ready(WHOLE.where(slots.c.shift_id.in_(_TO_CLOSE)).order_by(slots.c.id).with_for_update(of=slots))
_UNASKED = (
    sa.select(shifts.c.id)
    .where(
        shifts.c.settled_at.is_not(None),
        shifts.c.asked_at.is_(None),
        shifts.c.ends_at >= sa.bindparam("since", type_=shifts.c.ends_at.type),
        ~shifts.c.cancelled,
    )
    .order_by(shifts.c.id)
    .limit(_most)
)
_TO_ASK = Ready(WHOLE.where(slots.c.shift_id.in_(_UNASKED)).order_by(slots.c.id))
_EMPTY = Ready(
    WHOLE.where(
        slots.c.state == str(SlotState.OPEN),
        slots.c.warned_at.is_(None),
        ~shifts.c.cancelled,
        shifts.c.ends_at > _now,
        shifts.c.day <= sa.bindparam("until", type_=sa.Date()),
    )
    .order_by(shifts.c.starts_at, slots.c.id)
    .limit(_most)
)
_LAPSING = Ready(
    WHOLE.add_columns(offers.c.id.label("offer"), offers.c.by_id)
    .join(offers, offers.c.slot_id == slots.c.id)
    .where(offers.c.state == str(OfferState.WAITING), offers.c.expires_at <= _now)
    .order_by(offers.c.id)
    .limit(_most)
)
_LEFT = Ready(
    WHOLE.join(representatives, representatives.c.id == slots.c.representative_id)
    .where(
        slots.c.state.in_((str(SlotState.TAKEN), str(SlotState.OFFERED))),
        shifts.c.ends_at > _now,
        slots.c.arrived_at.is_(None),
        sa.or_(
            representatives.c.status != "active",
            representatives.c.workroom_id.is_(None),
            representatives.c.workroom_id != shifts.c.workroom_id,
        ),
    )
    .order_by(slots.c.id)
    .limit(_most)
    .with_for_update(of=slots)
)


class DutyEnds:
    """What is due around shifts, in one transaction; each question is one statement."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ended(self, now: datetime, limit: int) -> list[Slot]:
        """Places of shifts that are over and not closed yet; cancelled ones too."""
        rows = await _ENDED.run(self._connection, {"now": now, "most": limit})
        return [slot_of(row) for row in rows]

    async def settle(self, closed: Sequence[Slot], now: datetime) -> None:
        """Write how these places have ended; their shifts are closed."""
        rows = [{**columns_of(s), "its_id": s.id, "its_version": s.version} for s in closed]
        if rows:
            await _SETTLE.run(self._connection, rows)
            ids = {s.shift.id for s in closed}
            await self._connection.execute(
                sa.update(shifts).where(shifts.c.id.in_(ids)).values(settled_at=now)
            )

    async def record_ends(
        self, ended: Sequence[tuple[Slot, Slot]], now: datetime, action: str = "close"
    ) -> None:
        """Into each place's history: how it has ended by itself, once for each version it had."""
        rows = [
            {
                "slot_id": after.id,
                "at": now,
                "action": action,
                "seat": "service:0",
                "words": "",
                "data": {"state": str(after.state), "was_there": before.is_there, "left": before.holder},
                "origin": f"{action}.{after.id}.{before.version}",
            }
            for before, after in ended
        ]
        if rows:
            await add(self._connection, duty_events, rows, once=("origin",))

    async def closed_by_service(self, numbers: Collection[int]) -> set[int]:
        """Which of these places were still checked in to when their shift ended."""
        query = sa.select(duty_events.c.slot_id, duty_events.c.data).where(
            duty_events.c.slot_id.in_(list(numbers)), duty_events.c.action == "close"
        )
        rows = (await self._connection.execute(query)).tuples()
        return {number for number, data in rows if data.get("was_there")}

    async def to_ask(self, since: datetime, limit: int) -> list[Slot]:
        """Places of shifts closed since then whose people have not been asked about them."""
        rows = await _TO_ASK.run(self._connection, {"since": since, "most": limit})
        return [slot_of(row) for row in rows]

    async def asked(self, shift_ids: Collection[int], now: datetime) -> None:
        """Their people have been asked."""
        done = sa.update(shifts).where(shifts.c.id.in_(list(shift_ids)))
        await self._connection.execute(done.values(asked_at=now))

    async def empty(self, now: datetime, until: date, limit: int) -> list[Slot]:
        """Places nobody keeps, of shifts up to that day, of which the liaison was not warned."""
        rows = await _EMPTY.run(self._connection, {"now": now, "until": until, "most": limit})
        return [slot_of(row) for row in rows]

    async def warned(self, numbers: Collection[int], now: datetime) -> None:
        """The liaison knows of these holes."""
        done = sa.update(slots).where(slots.c.id.in_(list(numbers)), slots.c.state == str(SlotState.OPEN))
        await self._connection.execute(done.values(warned_at=now))

    async def lapse(self, now: datetime, limit: int) -> list[Lapsed]:
        """End the offers nobody answered in time, and say whose they were."""
        rows = list(await _LAPSING.run(self._connection, {"now": now, "most": limit}))
        if rows:
            await end_offers(
                self._connection, offers.c.id.in_([row.offer for row in rows]), OfferState.EXPIRED
            )
        return [Lapsed(row.offer, row.by_id, slot_of(row)) for row in rows]

    async def offered_in(self, shift_ids: Collection[int]) -> list[Lapsed]:
        """Offers that wait for an answer and give or want a place in these shifts."""
        return await self._offered(sa.select(slots.c.id).where(slots.c.shift_id.in_(list(shift_ids))))

    async def offered(self, numbers: Collection[int]) -> list[Lapsed]:
        """Offers that wait for an answer and give or want one of these places."""
        return await self._offered(list(numbers))

    async def _offered(self, places: Any) -> list[Lapsed]:
        about = sa.or_(offers.c.slot_id.in_(places), offers.c.wants_id.in_(places))
        query = WHOLE.add_columns(offers.c.id.label("offer"), offers.c.by_id, offers.c.to_id)
        query = query.join(offers, offers.c.slot_id == slots.c.id)
        query = query.where(offers.c.state == str(OfferState.WAITING), about).order_by(offers.c.id)
        rows = await self._connection.execute(query)
        return [Lapsed(row.offer, row.by_id, slot_of(row), row.to_id) for row in rows]

    async def left_behind(self, now: datetime, limit: int) -> list[Slot]:
        """Places of the future kept by somebody who no longer serves at that workroom (rule 23)."""
        rows = await _LEFT.run(self._connection, {"now": now, "most": limit})
        return [slot_of(row) for row in rows]

    async def open_up(self, left: Sequence[Slot]) -> None:
        """Nobody keeps these places any more; what was offered about them is void."""
        ids = [slot.id for slot in left]
        await keep_past(self._connection, [(slot.id, slot.holder) for slot in left if slot.holder])
        await end_offers(
            self._connection, sa.or_(offers.c.slot_id.in_(ids), offers.c.wants_id.in_(ids)), OfferState.VOID
        )
        free = {"representative_id": None, "state": str(SlotState.OPEN), "warned_at": None}
        await self._connection.execute(
            sa.update(slots).where(slots.c.id.in_(ids)).values(**free, version=slots.c.version + 1)
        )


async def end_offers(connection: AsyncConnection, about: Any, state: OfferState) -> None:
    """End waiting offers; the places that were offered by them are simply kept again."""
    ending = sa.and_(offers.c.state == str(OfferState.WAITING), about)
    offered = sa.select(offers.c.slot_id).where(ending)
    await connection.execute(
        sa.update(slots)
        .where(slots.c.id.in_(offered), slots.c.state == str(SlotState.OFFERED))
        .values(state=str(SlotState.TAKEN), version=slots.c.version + 1)
    )
    await connection.execute(sa.update(offers).where(ending).values(state=str(state)))
