"""What was decided about open days, each once: by whom, when, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import Seat
from storage.statements import Ready, add
from storage.tables import calendar_deeds

Action = Literal["notice", "day", "rule", "people"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. `workroom` is None for a notice, which holds for all of them."""

    action: Action
    workroom: int | None
    seat: Seat
    facts: Mapping[str, Any]


_BY_ORIGIN = Ready(sa.select(calendar_deeds.c.facts).where(calendar_deeds.c.origin == sa.bindparam("origin")))
_LATELY = Ready(
    sa.select(calendar_deeds.c.facts)
    .where(
        calendar_deeds.c.workroom_id == sa.bindparam("workroom"),
        calendar_deeds.c.at >= sa.bindparam("since", type_=calendar_deeds.c.at.type),
        calendar_deeds.c.action == "day",
    )
    .order_by(calendar_deeds.c.id)
)


class CalendarDeeds:
    """Only ever added to. A step that runs twice finds here what it has answered the first time."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def facts(self, origin: str) -> Mapping[str, Any] | None:
        """What came of the step with this key; None when it was not done before."""
        row = (await _BY_ORIGIN.run(self._connection, {"origin": origin})).one_or_none()
        return None if row is None else row.facts

    async def record(self, made: Decision, origin: str, now: datetime) -> None:
        """Write a decision down under the key of the step."""
        values = {
            "workroom_id": made.workroom,
            "at": now,
            "seat": str(made.seat),
            "action": made.action,
            "facts": dict(made.facts),
            "origin": origin,
        }
        await add(self._connection, calendar_deeds, values, once=("origin",))

    async def days(self, workroom: int, since: datetime) -> list[Mapping[str, Any]]:
        """What was decided for single days of a workroom since then: day, kind, hours."""
        rows = await _LATELY.run(self._connection, {"workroom": workroom, "since": since})
        return list(rows.scalars())
