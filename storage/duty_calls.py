"""Cases filed while a shift is on: who was told first, and when the next one is told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases import Case
from domain.duty import Slot
from storage.cases import WHOLE as CASES
from storage.cases import case_of
from storage.duty import WHOLE, slot_of
from storage.statements import Ready, add
from storage.tables import cases, duty_calls, liaisons, slots


@dataclass(frozen=True, slots=True)
class Call:
    """A case that waits for somebody of a shift; `step` names how far up it has been told."""

    id: int
    case: Case
    shift: int
    first: int
    step: int


@dataclass(frozen=True, slots=True)
class Charge:
    """Who serves a workroom's cases: seat number, name and telephone."""

    id: int
    name: str
    phone: str


_DUE = Ready(
    sa.select(duty_calls)
    .where(duty_calls.c.next_at <= sa.bindparam("now", type_=duty_calls.c.next_at.type))
    .order_by(duty_calls.c.id)
    .limit(sa.bindparam("most"))
    .with_for_update()
)


class DutyCalls:
    """The ladder of calls, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def begin(self, case: int, first: Slot, next_at: datetime) -> None:
        """Whoever is on duty was told; the next one is told then. Once for each case."""
        row: dict[str, Any] = {
            "case_id": case,
            "shift_id": first.shift.id,
            "first_id": first.holder,
            "step": 0,
        }
        row |= {"next_at": next_at}
        await add(self._connection, duty_calls, row, once=("case_id",))

    async def due(self, now: datetime, limit: int) -> list[Call]:
        """The calls whose next step is due, with their cases: two statements."""
        rows = list(await _DUE.run(self._connection, {"now": now, "most": limit}))
        if not rows:
            return []
        found = await self._connection.execute(CASES.where(cases.c.id.in_([row.case_id for row in rows])))
        known = {row.id: case_of(row) for row in found}
        return [Call(row.id, known[row.case_id], row.shift_id, row.first_id, row.step) for row in rows]

    async def advance(self, calls: Sequence[tuple[int, int, datetime | None]]) -> None:
        """(call, step, when the next is due; None: nobody is left to be told)."""
        if not calls:
            return
        change = (
            sa.update(duty_calls)
            .where(duty_calls.c.id == sa.bindparam("its_id"))
            .values(
                step=sa.bindparam("to_step"), next_at=sa.bindparam("then", type_=duty_calls.c.next_at.type)
            )
        )
        rows: list[dict[str, Any]] = [{"its_id": c, "to_step": s, "then": at} for c, s, at in calls]
        await self._connection.execute(change, rows)

    async def places(self, shift_ids: Collection[int]) -> dict[int, list[Slot]]:
        """All places of these shifts."""
        query = WHOLE.where(slots.c.shift_id.in_(list(shift_ids))).order_by(slots.c.place)
        found: dict[int, list[Slot]] = {}
        for row in await self._connection.execute(query):
            found.setdefault(row.shift_id, []).append(slot_of(row))
        return found

    async def charges(self, rooms: Collection[int]) -> dict[int, Charge]:
        """The liaisons of these workrooms."""
        who = liaisons.c
        query = sa.select(who.workroom_id, who.id, who.name, who.phone).where(
            who.workroom_id.in_(list(rooms)), who.status == "active"
        )
        rows = await self._connection.execute(query.order_by(who.present, who.id))
        return {room: Charge(number, name, phone) for room, number, name, phone in rows.tuples()}
