"""How many keep each shift of a workroom, where the office or its liaison has set that (part 3)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.duty import SlotState
from storage.statements import add, upsert
from storage.tables import duty_events, offers, past_holders, shift_sizes, shifts, slots


class ShiftSizes:
    """The workrooms' own numbers; for all others the district's setting holds."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, workrooms: Collection[int]) -> dict[int, int]:
        """Those of these workrooms that have a number of their own: one query."""
        size = shift_sizes.c
        query = sa.select(size.workroom_id, size.people).where(size.workroom_id.in_(list(workrooms)))
        return dict((await self._connection.execute(query)).tuples().all())

    async def set(self, workroom: int, people: int | None) -> None:
        """So many from now on; None: as many as everywhere."""
        if people is None:
            own = sa.delete(shift_sizes).where(shift_sizes.c.workroom_id == workroom)
            await self._connection.execute(own)
        else:
            values = {"workroom_id": workroom, "people": people}
            await upsert(self._connection, shift_sizes, ("workroom_id",), values)

    async def set_all(self, people: Mapping[int, int | None]) -> None:
        """The same for many workrooms, in two statements."""
        size = shift_sizes.c
        await self._connection.execute(sa.delete(shift_sizes).where(size.workroom_id.in_(list(people))))
        own = [{"workroom_id": room, "people": number} for room, number in people.items() if number]
        if own:
            await add(self._connection, shift_sizes, own)

    async def fit(self, workroom: int, places: int, now: datetime) -> int:
        """Let shifts to come have so many places; how many holes that makes, below zero: takes away.

        Whoever keeps a place keeps it. Only holes that nothing was ever said about are taken away.
        """
        counted = await self._counted(workroom, now)
        new = [
            {"shift_id": shift, "place": last + n, "state": str(SlotState.OPEN)}
            for shift, (count, last) in counted.items()
            for n in range(1, places - count + 1)
        ]
        if new:
            await add(self._connection, slots, new)
        spare = {shift: count - places for shift, (count, _) in counted.items() if count > places}
        gone = await self._untouched(spare) if spare else []
        if gone:
            await self._connection.execute(sa.delete(slots).where(slots.c.id.in_(gone)))
        return len(new) - len(gone)

    async def _counted(self, workroom: int, now: datetime) -> dict[int, tuple[int, int]]:
        """Each shift that is to come, with how many places it has and the number of the last."""
        coming = (shifts.c.workroom_id == workroom, shifts.c.starts_at > now, ~shifts.c.cancelled)
        query = (
            sa.select(shifts.c.id, sa.func.count(), sa.func.max(slots.c.place))
            .join(slots, slots.c.shift_id == shifts.c.id)
            .where(*coming)
            .group_by(shifts.c.id)
        )
        rows = (await self._connection.execute(query)).tuples()
        return {shift: (count, last) for shift, count, last in rows}

    async def _untouched(self, spare: dict[int, int]) -> list[int]:
        """Holes of these shifts without any history, the last places first, no more of each than is spare."""
        query = (
            sa.select(slots.c.id, slots.c.shift_id)
            .where(
                slots.c.shift_id.in_(list(spare)),
                slots.c.state == str(SlotState.OPEN),
                ~sa.exists().where(duty_events.c.slot_id == slots.c.id),
                ~sa.exists().where(sa.or_(offers.c.slot_id == slots.c.id, offers.c.wants_id == slots.c.id)),
                ~sa.exists().where(past_holders.c.slot_id == slots.c.id),
            )
            .order_by(slots.c.place.desc())
        )
        found: dict[int, list[int]] = defaultdict(list)
        for number, shift in (await self._connection.execute(query)).tuples():
            found[shift].append(number)
        return [number for shift, ones in found.items() for number in ones[: spare[shift]]]
