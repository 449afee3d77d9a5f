"""The lists people page through: a resident's cases, and what waits for a staff seat."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases import Case, Part, State
from domain.people import Holding
from storage.cases import Cases
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
        self._cases = Cases(connection)

    async def mine(self, person_id: int, page: int) -> list[Case]:
        """A resident's cases, open first, the newest first."""
        return await self._page(
            cases.c.person_id == person_id, (cases.c.open.desc(), cases.c.id.desc()), page
        )

    async def waiting(self, holding: Holding, page: int) -> list[Case]:
        """What waits for this seat, urgent first, then by the day it is due."""
        return await self._page(_waits_for(holding), _WAITING, page)

    async def others(self, holding: Holding, page: int) -> list[Case]:
        """What is under way around this seat and waits for somebody else."""
        condition = sa.and_(_around(holding), cases.c.open, sa.not_(_waits_for(holding)))
        return await self._page(condition, _WAITING, page)

    async def due(self, today: date, limit: int = 500) -> list[tuple[str, int, str, int]]:
        """(number, round, action, count) of what the planner must do: ask again, or close unrated."""
        answered = cases.c.state == str(State.ANSWERED)
        again = sa.and_(cases.c.ask_rating_on <= today, cases.c.rating_asks < RATING_ASKS)
        action = sa.case((cases.c.lapse_on <= today, "lapse"), else_="ask_rating").label("action")
        rows = await self._connection.execute(
            sa.select(cases.c.number, cases.c.round, action, cases.c.rating_asks)
            .where(answered, sa.or_(cases.c.lapse_on <= today, again))
            .limit(limit)
        )
        return [(row.number, row.round, row.action, row.rating_asks) for row in rows]

    async def _page(self, condition: Any, order: Any, page: int) -> list[Case]:
        return await self._cases.many(condition, order, PAGE + 1, page * PAGE)


def _calls(holding: Holding) -> Any:
    """The present round, which is read with the case, names this seat as the caller."""
    return sa.and_(cases.c.waits_for == str(Part.CALLER), rounds.c.caller == str(holding.seat))


def _routed(holding: Holding) -> Any:
    """The latest route, which is read with the case, lies with this seat's department (or the office)."""
    department = routes.c.department_id
    mine = department.is_(None) if holding.role == "officer" else department == holding.department
    return sa.and_(routes.c.id.is_not(None), mine, routes.c.state.in_(("sent", "acknowledged")))


def _waits_for(holding: Holding) -> Any:
    part = cases.c.waits_for
    match holding.role:
        case "liaison":
            turn = sa.and_(cases.c.workroom_id == holding.workroom, part == str(Part.LIAISON))
        case "representative":
            untaken = sa.and_(
                cases.c.workroom_id == holding.workroom,
                cases.c.representative_id.is_(None),
                part == str(Part.LIAISON),
                cases.c.state.in_((State.SUBMITTED, State.ACCEPTED)),
            )
            taken = sa.and_(cases.c.representative_id == holding.id, part == str(Part.HANDLER))
            turn = sa.or_(taken, untaken)
        case _:
            turn = sa.and_(part == str(Part.CONTACT), _routed(holding))
    return sa.or_(turn, _calls(holding))


def _around(holding: Holding) -> Any:
    match holding.role:
        case "liaison":
            return cases.c.workroom_id == holding.workroom
        case "representative":
            return cases.c.representative_id == holding.id
    return _routed(holding)
