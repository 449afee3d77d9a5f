"""The lists people page through: a resident's cases, and what waits for a staff seat."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases import Case, Part, State
from domain.people import Holding
from storage.cases import LATEST_ROUTE, WHOLE, case_of
from storage.statements import Ready, written
from storage.tables import cases, rounds, routes

RATING_ASKS = 2
"""How often the rating is asked for: at once, and once again."""

PAGE = 10
"""Cases on one page of a chat: what is due today is seen without turning it (EXPERIENCE 17)."""

_WAITING = (cases.c.urgent.desc(), cases.c.wait_until, cases.c.id)


class Lists:
    """Each list is one query for a page and one more row, to know whether there is a next page."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def mine(self, person_id: int, page: int) -> list[Case]:
        """A resident's cases, open first, the newest first."""
        return await self._page(_MINE, {"person": person_id}, page)

    async def waiting(self, holding: Holding, page: int) -> list[Case]:
        """What waits for this seat, urgent first, then by the day it is due."""
        return await self._page(_waiting(holding.role), _of(holding), page)

    async def others(self, holding: Holding, page: int) -> list[Case]:
        """What is under way around this seat and waits for somebody else."""
        return await self._page(_others(holding.role), _of(holding), page)

    async def _page(self, query: Ready, params: dict[str, Any], page: int) -> list[Case]:
        rows = await query.run(self._connection, {**params, "most": PAGE + 1, "skip": page * PAGE})
        return [case_of(row) for row in rows]


_most: Any = sa.bindparam("most")
_skip: Any = sa.bindparam("skip")
_room, _department, _number, _seat = (
    sa.bindparam(name, type_=kind)
    for name, kind in (
        ("workroom", sa.BigInteger()),
        ("department", sa.BigInteger()),
        ("number", sa.BigInteger()),
        ("seat", sa.String()),
    )
)


def _of(holding: Holding) -> dict[str, Any]:
    """Everything a list may ask of a seat; what it doesn't ask for is left alone."""
    return {
        "workroom": holding.workroom,
        "department": holding.department,
        "number": holding.id,
        "seat": str(holding.seat),
    }


_MINE = Ready(
    WHOLE.where(cases.c.person_id == sa.bindparam("person"))
    .order_by(cases.c.open.desc(), cases.c.id.desc())
    .limit(_most)
    .offset(_skip)
)

# Which cases a list holds is found by indexes, branch by branch: one condition with ORs over several
# tables would read every case there ever was. Only the cases of the page are then read whole.


def _cases(*where: Any) -> sa.Select[Any]:
    return sa.select(cases.c.id, cases.c.urgent, cases.c.wait_until).where(*where)


def _calls() -> sa.Select[Any]:
    """Cases whose present round names this seat as the caller."""
    return _cases(
        rounds.c.caller == _seat,
        rounds.c.called_back_at.is_(None),
        rounds.c.case_id == cases.c.id,
        rounds.c.number == cases.c.round,
        cases.c.waits_for == str(Part.CALLER),
    )


def _routed(role: str, *where: Any) -> sa.Select[Any]:
    """Cases whose latest route lies with this seat's department, or the office."""
    mine = routes.c.department_id.is_(None) if role == "officer" else routes.c.department_id == _department
    return _cases(
        mine,
        routes.c.state.in_(written("sent", "acknowledged")),
        routes.c.case_id == cases.c.id,
        routes.c.id == LATEST_ROUTE,
        *where,
    )


def _turns(role: str) -> list[sa.Select[Any]]:
    """What waits for a seat, each way apart."""
    part, liaisons = cases.c.waits_for, str(Part.LIAISON)
    match role:
        case "liaison":
            return [_cases(cases.c.workroom_id == _room, part == liaisons), _calls()]
        case "representative":
            untaken = _cases(
                cases.c.workroom_id == _room,
                part == liaisons,
                cases.c.representative_id.is_(None),
                cases.c.state.in_((State.SUBMITTED, State.ACCEPTED)),
            )
            taken = _cases(cases.c.representative_id == _number, part == str(Part.HANDLER))
            return [taken, untaken, _calls()]
    return [_routed(role, part == str(Part.CONTACT)), _calls()]


def _around(role: str) -> sa.Select[Any]:
    match role:
        case "liaison":
            return _cases(cases.c.workroom_id == _room, cases.c.waits_for.is_not(None), cases.c.open)
        case "representative":
            return _cases(cases.c.representative_id == _number, cases.c.waits_for.is_not(None), cases.c.open)
    return _routed(role, cases.c.open)


def _page_of(found: Any) -> Ready:
    """The page of these cases, read whole."""
    order = (found.c.urgent.desc(), found.c.wait_until, found.c.id)
    page = sa.select(found.c.id).order_by(*order).limit(_most).offset(_skip).subquery()
    return Ready(WHOLE.where(cases.c.id.in_(sa.select(page.c.id))).order_by(*_WAITING))


@cache
def _waiting(role: str) -> Ready:
    return _page_of(sa.union_all(*_turns(role)).subquery("found"))


@cache
def _others(role: str) -> Ready:
    mine = sa.union_all(*_turns(role)).subquery("mine")
    around = _around(role).subquery("around")
    return _page_of(sa.select(around).where(around.c.id.not_in(sa.select(mine.c.id))).subquery("found"))
