"""What representatives have logged, and what became of it; rows are only ever added."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import Seat
from domain.visits import Activity
from storage.statements import Ready, add
from storage.tables import activities, activity_cases, activity_decisions, activity_files, cases, visited


@dataclass(frozen=True, slots=True)
class NewActivity:
    """A log to be written; `whom` is kept apart from it."""

    origin: str
    activity: Activity
    whom: str
    files: tuple[int, ...]


_LOGS = sa.select(
    activities, activity_decisions.c.decision, activity_decisions.c.words.label("reason")
).outerjoin(activity_decisions, activity_decisions.c.activity_id == activities.c.id)
_BY_ID = Ready(_LOGS.where(activities.c.id == sa.bindparam("given")))
_BY_ORIGIN = Ready(_LOGS.where(activities.c.origin == sa.bindparam("given")))
_OF_YEAR = Ready(
    _LOGS.where(
        activities.c.representative_id == sa.bindparam("representative"),
        activities.c.day.between(
            sa.bindparam("first", type_=sa.Date()), sa.bindparam("last", type_=sa.Date())
        ),
    ).order_by(activities.c.day.desc(), activities.c.id.desc())
)
_UNDECIDED = Ready(
    _LOGS.where(activities.c.workroom_id == sa.bindparam("workroom"), activity_decisions.c.id.is_(None))
    .order_by(activities.c.id)
    .limit(sa.bindparam("most"))
)


class Visits:
    """Logs, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def log(self, new: NewActivity, now: datetime) -> int | None:
        """Write it, with its files and, apart, whom they visited; None if this was written before."""
        one = new.activity
        values = {
            "origin": new.origin,
            "representative_id": one.representative,
            "workroom_id": one.workroom,
            "kind": one.kind,
            "count": one.count,
            "place": one.place,
            "day": one.day,
            "words": one.words,
            "logged_at": now,
            "corrects": one.corrects,
        }
        number: int | None = await add(self._connection, activities, values, once=(), giving="id")
        if number is None:
            return None
        if new.whom:
            await add(self._connection, visited, {"activity_id": number, "whom": new.whom})
        rows = [{"activity_id": number, "media_id": f, "place": n} for n, f in enumerate(new.files)]
        if rows:
            await add(self._connection, activity_files, rows)
        return number

    async def by_id(self, number: int) -> Activity | None:
        """One log."""
        return await self._one(_BY_ID, number)

    async def by_origin(self, origin: str) -> Activity | None:
        """The log a conversation has already written."""
        return await self._one(_BY_ORIGIN, origin)

    async def _one(self, query: Ready, given: int | str) -> Activity | None:
        row = (await query.run(self._connection, {"given": given})).one_or_none()
        return None if row is None else _activity(row)

    async def of_year(self, representative: int, first: date, last: date) -> list[Activity]:
        """All logs of these days, newest first."""
        given = {"representative": representative, "first": first, "last": last}
        return [_activity(row) for row in await _OF_YEAR.run(self._connection, given)]

    async def undecided(self, workroom: int, most: int = 10) -> list[Activity]:
        """What waits for the liaison of a workroom, oldest first."""
        rows = await _UNDECIDED.run(self._connection, {"workroom": workroom, "most": most})
        return [_activity(row) for row in rows]

    async def whom(self, number: int) -> str:
        """Who was visited: only for the representative and the workroom's liaison (handlers.visits)."""
        found = await self._connection.execute(
            sa.select(visited.c.whom).where(visited.c.activity_id == number)
        )
        return str(found.scalar_one_or_none() or "")

    async def files(self, number: int) -> tuple[int, ...]:
        """The files of a log, in the order they came."""
        found = await self._connection.execute(
            sa.select(activity_files.c.media_id)
            .where(activity_files.c.activity_id == number)
            .order_by(activity_files.c.place)
        )
        return tuple(found.scalars())

    async def of_media(self, media: int) -> list[tuple[int, int]]:
        """(representative, workroom) of the logs a file belongs to."""
        rows = await self._connection.execute(
            sa.select(activities.c.representative_id, activities.c.workroom_id)
            .join(activity_files, activity_files.c.activity_id == activities.c.id)
            .where(activity_files.c.media_id == media)
        )
        return [(row.representative_id, row.workroom_id) for row in rows]

    async def decide(
        self, number: int, decision: str, by: Seat, origin: str, now: datetime, words: str = ""
    ) -> str:
        """Confirm, return or withdraw it, whoever is first; the origin of the decision that stands now."""
        row = {
            "activity_id": number,
            "decision": decision,
            "seat": str(by),
            "at": now,
            "words": words,
            "origin": origin,
        }
        await add(self._connection, activity_decisions, row, once=())
        standing = await self._connection.execute(
            sa.select(activity_decisions.c.origin).where(activity_decisions.c.activity_id == number)
        )
        return str(standing.scalar_one())

    async def corrected_by(self, number: int) -> int | None:
        """The log that puts a returned one right."""
        found = await self._connection.execute(
            sa.select(activities.c.id).where(activities.c.corrects == number)
        )
        return found.scalar_one_or_none()

    async def link(self, number: int, case_id: int) -> None:
        """The case was opened from this visit; linked twice is linked once."""
        await add(
            self._connection, activity_cases, {"activity_id": number, "case_id": case_id}, once=("case_id",)
        )

    async def cases_of(self, number: int) -> list[str]:
        """The numbers of the cases that were opened from it."""
        found = await self._connection.execute(
            sa.select(cases.c.number)
            .join(activity_cases, activity_cases.c.case_id == cases.c.id)
            .where(activity_cases.c.activity_id == number)
            .order_by(cases.c.id)
        )
        return list(found.scalars())

    async def solved(self, representative: int, since: datetime, until: datetime) -> int:
        """Problems this representative had in hand that residents called solved in this time (rule 35)."""
        counted = await self._connection.execute(
            sa.select(sa.func.count()).where(
                cases.c.representative_id == representative,
                cases.c.rating.in_(("very", "basically")),
                cases.c.closed_at >= since,
                cases.c.closed_at < until,
            )
        )
        return int(counted.scalar_one())


def _activity(row: Any) -> Activity:
    return Activity(
        row.id,
        row.representative_id,
        row.workroom_id,
        row.kind,
        row.count,
        row.place,
        row.day,
        row.words,
        row.corrects,
        row.decision,
        row.reason or "",
    )
