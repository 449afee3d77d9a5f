"""The terms of every open case at once, for when the calendar changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.longer_terms import Running
from domain.people import Seat
from storage.cases import LATEST_ROUTE
from storage.tables import cases, contacts, liaisons, officers, rounds, routes

DATES = ("accept_by", "opinion_by", "answer_by", "wait_until", "ask_rating_on", "lapse_on")


@dataclass(frozen=True, slots=True)
class RunningCase:
    """An open case with its terms, and what is needed to say whose turn it is."""

    id: int
    number: str
    about: str
    state: str
    person: int
    workroom: int
    representative: int | None
    waits_for: str
    caller: str
    route: int | None
    route_live: bool
    department: int | None
    terms: Running


class RunningTerms:
    """Reads and writes them in a constant number of queries."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self, since: date, zone: tzinfo) -> list[RunningCase]:
        """Open cases with any term from `since` on: one query."""
        ends = [cases.c[name] >= since for name in DATES] + [routes.c.answer_by >= since]
        query = (
            sa.select(
                cases,
                rounds.c.opened_at,
                rounds.c.caller,
                routes.c.id.label("route"),
                routes.c.state.label("route_state"),
                routes.c.answer_by.label("route_by"),
                routes.c.sent_at,
                routes.c.department_id,
            )
            .join(rounds, sa.and_(rounds.c.case_id == cases.c.id, rounds.c.number == cases.c.round))
            .outerjoin(routes, routes.c.id == LATEST_ROUTE)
            .where(cases.c.open, sa.or_(*ends))
            .order_by(cases.c.id)
        )
        return [_case(row, zone) for row in await self._connection.execute(query)]

    async def write(self, changed: Mapping[int, Running], routed: Mapping[int, date], now: datetime) -> None:
        """The new terms; whoever has a case in hand meanwhile must look at it again."""
        if changed:
            case = {name: sa.bindparam(f"new_{name}", type_=sa.Date()) for name in DATES}
            more = {"version": cases.c.version + 1, "touched_at": now}
            statement = sa.update(cases).where(cases.c.id == sa.bindparam("its")).values(**case, **more)
            rows = [
                {"its": number, **{f"new_{name}": getattr(terms, name) for name in DATES}}
                for number, terms in changed.items()
            ]
            await self._connection.execute(statement, rows)
        if routed:
            by = sa.bindparam("new", type_=sa.Date())
            statement = sa.update(routes).where(routes.c.id == sa.bindparam("its")).values(answer_by=by)
            await self._connection.execute(statement, [{"its": n, "new": day} for n, day in routed.items()])

    async def seats(self, found: Sequence[RunningCase]) -> dict[int, list[Seat]]:
        """By case, the seats whose turn it is: three queries for all."""
        of_room = await self._by(liaisons, "liaison", liaisons.c.workroom_id)
        of_department = await self._by(contacts, "contact", contacts.c.department_id)
        office = [seat for seats in (await self._by(officers, "officer", None)).values() for seat in seats]
        return {case.id: _turn(case, of_room, of_department, office) for case in found}

    async def _by(self, table: sa.Table, role: str, column: Any) -> dict[int, list[Seat]]:
        key = sa.literal(0) if column is None else column
        query = sa.select(key.label("key"), table.c.id).where(table.c.present).order_by(table.c.id)
        if "status" in table.c:
            query = query.where(table.c.status == "active")
        found: dict[int, list[Seat]] = {}
        for row in await self._connection.execute(query):
            found.setdefault(row.key, []).append(Seat(role, row.id))
        return found


def _case(row: Any, zone: tzinfo) -> RunningCase:
    def day(moment: datetime | None) -> date | None:
        return moment.astimezone(zone).date() if moment else None

    live = row.route_state in ("sent", "acknowledged")
    begun = row.opened_at.astimezone(zone).date()
    terms = Running(
        begun=begun,
        answered=day(row.answered_at),
        sent=day(row.sent_at) if live else None,
        route_by=row.route_by if live else None,
        **{name: getattr(row, name) for name in DATES},
    )
    return RunningCase(
        row.id,
        row.number,
        row.words,
        row.state,
        row.person_id,
        row.workroom_id,
        row.representative_id,
        row.waits_for or "",
        row.caller or "",
        row.route,
        live,
        row.department_id,
        terms,
    )


def _turn(
    case: RunningCase,
    of_room: Mapping[int, list[Seat]],
    of_department: Mapping[int, list[Seat]],
    office: list[Seat],
) -> list[Seat]:
    match case.waits_for:
        case "liaison":
            return of_room.get(case.workroom, [])
        case "handler" if case.representative:
            return [Seat("representative", case.representative)]
        case "caller" if case.caller:
            return [Seat.parse(case.caller)]
        case "contact":
            return office if case.department is None else of_department.get(case.department, [])
    return []
