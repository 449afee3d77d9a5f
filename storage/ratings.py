"""Answered cases that nobody rates: found, locked and changed many at a time."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases import Case, Event, State
from storage.cases import WHOLE, case_of
from storage.lists import RATING_ASKS
from storage.statements import Ready, add, written
from storage.tables import cases, departments, events, representatives

MOST = 2_000
"""Cases in one round: they are changed in one transaction, which others wait for on SQLite."""

_today: Any = sa.bindparam("today", type_=sa.Date())
_DUE = Ready(
    WHOLE.where(
        cases.c.state == written(State.ANSWERED)[0],  # few of them are, and have indexes of their own
        sa.or_(
            cases.c.lapse_on <= _today,
            sa.and_(cases.c.ask_rating_on <= _today, cases.c.rating_asks < RATING_ASKS),
        ),
    )
    .add_columns((cases.c.lapse_on <= _today).label("lapses"))
    .order_by(cases.c.id)
    .limit(sa.bindparam("most"))
    .with_for_update(of=cases, skip_locked=True)
)
_CHANGE = Ready(
    sa.update(cases)
    .where(cases.c.id == sa.bindparam("case"), cases.c.version == sa.bindparam("seen"))
    .values(
        version=cases.c.version + 1,
        state=sa.bindparam("new_state"),
        open=sa.bindparam("is_open"),
        closed_at=sa.bindparam("closed", type_=cases.c.closed_at.type),
        rating_asks=sa.bindparam("asks"),
        waits_for=sa.bindparam("turn"),
        wait_until=sa.bindparam("until", type_=sa.Date()),
        touched_at=sa.bindparam("now", type_=cases.c.touched_at.type),
    )
)


class Ratings:
    """Ratings that are overdue, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def due(self, today: date, most: int = MOST) -> list[tuple[Case, bool]]:
        """(case, whether it closes now) of what must be asked again or closed; ours until the commit.

        What another planner has in hand is left out.
        """
        rows = await _DUE.run(self._connection, {"today": today, "most": most})
        return [(case_of(row), bool(row.lapses)) for row in rows]

    async def save(self, changed: Sequence[tuple[Case, Case]], now: datetime) -> None:
        """(before, after) of locked cases: their state, turn and count of askings."""
        rows = [
            {
                "case": before.id,
                "seen": before.version,
                "new_state": str(after.state),
                "is_open": after.is_open,
                "closed": after.closed_at,
                "asks": after.rating_asks,
                "turn": str(after.waits_for) if after.waits_for else None,
                "until": after.wait_until,
                "now": now,
            }
            for before, after in changed
        ]
        await _CHANGE.run(self._connection, rows)

    async def record(self, told: Sequence[tuple[Case, Event, str]]) -> None:
        """(case, event, origin): one line of each timeline, once."""
        rows = [
            {
                "case_id": case.id,
                "round": event.round,
                "at": event.at,
                "action": event.action,
                "seat": event.seat,
                "visible": event.visible,
                "words": event.words,
                "data": event.data,
                "origin": origin,
            }
            for case, event, origin in told
        ]
        await add(self._connection, events, rows, once=("origin",))

    async def waiting(self, numbers: Sequence[int]) -> set[int]:
        """Of these cases, those that are answered and not rated."""
        asked = sa.select(cases.c.id).where(cases.c.id.in_(numbers), cases.c.state == str(State.ANSWERED))
        return set((await self._connection.execute(asked)).scalars())

    async def names(self, found: Sequence[Case]) -> tuple[dict[int, str], dict[int, str]]:
        """The names of their representatives and departments."""
        handlers = {case.representative for case in found if case.representative}
        routed = {case.route.department for case in found if case.route and case.route.department}
        return await self._names(representatives, handlers), await self._names(departments, routed)

    async def _names(self, table: sa.Table, numbers: set[int]) -> dict[int, str]:
        if not numbers:
            return {}
        query = sa.select(table.c.id, table.c.name).where(table.c.id.in_(sorted(numbers)))
        return {row.id: row.name for row in await self._connection.execute(query)}
