"""Cases with their rounds and routes: one case read whole, changed under its version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases import Case, Part, Route, State
from storage.statements import Changed, Ready, add, add_later, change
from storage.tables import cases, questions, rounds, routes

LATEST_ROUTE = (
    sa.select(sa.func.max(routes.c.id))
    .where(routes.c.case_id == cases.c.id, routes.c.round == cases.c.round)
    .correlate(cases)
    .scalar_subquery()
)
_R = [c.label(f"route_{c.name}") for c in routes.c]
WHOLE = (
    sa.select(cases, rounds.c.caller, rounds.c.called_back_at, *_R)
    .outerjoin(rounds, sa.and_(rounds.c.case_id == cases.c.id, rounds.c.number == cases.c.round))
    .outerjoin(routes, routes.c.id == LATEST_ROUTE)
)
_BY_NUMBER = Ready(WHOLE.where(cases.c.number == sa.bindparam("given")))
_BY_ID = Ready(WHOLE.where(cases.c.id == sa.bindparam("given")))
_BY_ORIGIN = Ready(WHOLE.where(cases.c.origin == sa.bindparam("given")))


@dataclass(frozen=True, slots=True)
class RoundEntry:
    """What one action writes into the case's current round (columns of the table)."""

    values: Mapping[str, Any]
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """A request that was merged into another: to its filer it stays their own."""

    person: int
    number: str
    words: str
    place: str


def _route(row: Any) -> Route | None:
    if row.route_id is None:
        return None
    return Route(
        row.route_id,
        row.route_department_id,
        row.route_state,
        row.route_words,
        row.route_answer_by,
        row.route_reply,
        row.route_round,
        row.route_extension,
        row.route_extension_days,
        row.route_extension_reason,
    )


_SAME = (
    "id", "number", "kind", "words", "privacy", "round", "accept_by", "opinion_by", "answer_by", "filed_at",
    "version", "place", "latitude", "longitude", "urgent", "extended", "answered_at", "closed_at", "rating",
    "rating_asks", "merged_into", "caller", "wait_until",
)  # fmt: skip
"""Columns that a case calls by the same name."""
_same = attrgetter(*_SAME)


def case_of(row: Any) -> Case:
    """The case of a row of `WHOLE`."""
    return Case(
        **dict(zip(_SAME, _same(row), strict=True)),
        workroom=row.workroom_id,
        person=row.person_id,
        category=row.category_id,
        state=State(row.state),
        representative=row.representative_id,
        called_back=row.called_back_at is not None,
        route=_route(row),
        waits_for=Part(row.waits_for) if row.waits_for else None,
    )


def _columns(case: Case) -> dict[str, Any]:
    return {
        "category_id": case.category,
        "state": str(case.state),
        "round": case.round,
        "open": case.is_open,
        "representative_id": case.representative,
        "accept_by": case.accept_by,
        "opinion_by": case.opinion_by,
        "answer_by": case.answer_by,
        "extended": case.extended,
        "answered_at": case.answered_at,
        "closed_at": case.closed_at,
        "rating": case.rating,
        "rating_asks": case.rating_asks,
        "merged_into": case.merged_into,
        "waits_for": str(case.waits_for) if case.waits_for else None,
        "wait_until": case.wait_until,
        "workroom_id": case.workroom,
        "urgent": case.urgent,
    }


class Cases:
    """The cases, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def by_number(self, number: str) -> Case | None:
        """One case, whole."""
        row = (await _BY_NUMBER.run(self._connection, {"given": number})).one_or_none()
        return None if row is None else case_of(row)

    async def by_id(self, case_id: int) -> Case:
        """One case by its id."""
        return case_of((await _BY_ID.run(self._connection, {"given": case_id})).one())

    async def by_origin(self, origin: str) -> Case | None:
        """The case a conversation has already opened."""
        row = (await _BY_ORIGIN.run(self._connection, {"given": origin})).one_or_none()
        return None if row is None else case_of(row)

    async def open(self, case: Case, origin: str, its_id: int | None = None) -> int | None:
        """Write a new case with its first round; None if the number or the origin is taken already.

        One whose id is known is written by the end, and Changed is raised then.
        """
        values = _columns(case) | {
            "number": case.number,
            "origin": origin,
            "person_id": case.person,
            "kind": case.kind,
            "words": case.words,
            "place": case.place,
            "latitude": case.latitude,
            "longitude": case.longitude,
            "privacy": case.privacy,
            "urgent": case.urgent,
            "filed_at": case.filed_at,
            "touched_at": case.filed_at,
        }
        case_id = its_id
        if its_id is not None:
            await add_later(self._connection, cases, values | {"id": its_id})
        else:
            case_id = await add(self._connection, cases, values, once=(), giving="id")
        if case_id is not None:
            await self._begin_round(case_id, case, "filed", case.filed_at, {})
        return case_id

    async def save(
        self, before: Case, after: Case, entry: RoundEntry, now: datetime, days: tuple[date, date] | None
    ) -> None:
        """Write what changed. `days`: when to ask for the rating again, and when it lapses.

        Raises Changed when somebody else was faster.
        """
        values = _columns(after) | {"version": before.version + 1, "touched_at": now}
        if days:
            values |= {"ask_rating_on": days[0], "lapse_on": days[1]}
        its = {"id": before.id, "version": before.version}
        if await change(self._connection, cases, its, values) != 1:
            raise Changed
        if after.route is not None and after.route != before.route:
            await self._save_route(after, after.route, now)
        if entry.cause:
            await self._begin_round(after.id, after, entry.cause, now, entry.values)
        elif entry.values:
            await self.enter(after.id, before.round, entry.values)

    async def enter(self, case_id: int, number: int, values: Mapping[str, Any]) -> None:
        """Write into a round (the rating belongs to the round that ends)."""
        await change(self._connection, rounds, {"case_id": case_id, "number": number}, values)

    async def _begin_round(
        self, case_id: int, case: Case, cause: str, now: datetime, values: Mapping[str, Any]
    ) -> None:
        row = {
            "case_id": case_id,
            "number": case.round,
            "cause": cause,
            "opened_at": now,
            "representative_id": case.representative,
        }
        await add_later(self._connection, rounds, row | dict(values))

    async def _save_route(self, case: Case, route: Route, now: datetime) -> None:
        values: dict[str, Any] = {
            "state": route.state,
            "answer_by": route.answer_by,
            "reply": route.reply,
            "extension": route.extension,
            "extension_days": route.extension_days,
            "extension_reason": route.extension_reason,
        }
        if route.state == "acknowledged":
            values["acknowledged_at"] = now
        if route.state == "answered":
            values["replied_at"] = now
        if route.id:
            await change(self._connection, routes, {"id": route.id}, values)
            return
        values |= {
            "case_id": case.id,
            "round": case.round,
            "department_id": route.department,
            "words": route.words,
            "sent_at": now,
        }
        await add(self._connection, routes, values)

    async def round(self, case_id: int, number: int) -> Any:
        """A round's row (opinion, answer, rating, call-back)."""
        found = await self._connection.execute(
            sa.select(rounds).where(rounds.c.case_id == case_id, rounds.c.number == number)
        )
        return found.one()

    async def open_in(self, workroom: int, limit: int = 1000) -> list[tuple[str, str]]:
        """(number, words) of a workroom's open cases, newest first."""
        query = sa.select(cases.c.number, cases.c.words).where(cases.c.workroom_id == workroom, cases.c.open)
        rows = await self._connection.execute(query.order_by(cases.c.id.desc()).limit(limit))
        return [(row.number, row.words) for row in rows]

    async def filers(self, case_id: int) -> list[int]:
        """Everybody whose request this is: the filer and those of cases merged into it, however often."""
        joined = (
            sa.select(cases.c.id, cases.c.person_id)
            .where(cases.c.id == case_id)
            .cte("joined", recursive=True)
        )
        behind = cases.alias()
        more = sa.select(behind.c.id, behind.c.person_id).where(behind.c.merged_into == joined.c.id)
        joined = joined.union(more)
        rows = await self._connection.execute(sa.select(joined.c.person_id).distinct())
        return list(rows.scalars())

    async def joined(self, case_id: int) -> list[Joined]:
        """The requests that were merged into this one, however often: their filers hear of it, too."""
        tree = sa.select(cases.c.id).where(cases.c.merged_into == case_id).cte("tree", recursive=True)
        behind = cases.alias()
        tree = tree.union(sa.select(behind.c.id).where(behind.c.merged_into == tree.c.id))
        rows = await self._connection.execute(
            sa.select(cases.c.person_id, cases.c.number, cases.c.words, cases.c.place)
            .where(cases.c.id.in_(sa.select(tree.c.id)))
            .order_by(cases.c.id)
        )
        return [Joined(*row) for row in rows]

    async def ask(self, case_id: int, seat: str, words: str, now: datetime) -> None:
        """A question to the resident."""
        await self._connection.execute(
            sa.insert(questions).values(case_id=case_id, asked_by=seat, words=words, asked_at=now)
        )

    async def questions_open(self, person_id: int) -> list[tuple[str, str]]:
        """(case number, question) of everything this resident was asked and hasn't answered."""
        rows = await self._connection.execute(
            sa.select(cases.c.number, questions.c.words)
            .join(questions, questions.c.case_id == cases.c.id)
            .where(cases.c.person_id == person_id, questions.c.replied_at.is_(None), cases.c.open)
            .order_by(questions.c.id.desc())
        )
        return [(row.number, row.words) for row in rows]

    async def told(self, case_id: int, words: str, now: datetime) -> None:
        """The resident has answered what was asked."""
        await self._connection.execute(
            sa.update(questions)
            .where(questions.c.case_id == case_id, questions.c.replied_at.is_(None))
            .values(reply=words, replied_at=now)
        )
