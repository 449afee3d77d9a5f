"""走访记录: a representative's year at a glance, and what waits for the liaison to confirm."""

from datetime import date, timedelta
from typing import Any

from domain.errors import DomainError
from domain.messages import Choice, Message
from domain.people import Holding
from domain.visits import KINDS, QUARTERS, SOLVED, Activity, quarters_visited
from handlers.visit import Visit

RECENT = 5
"""Logs named on the year's card."""


async def year(visit: Visit) -> list[Message]:
    """The representative's year: visits of four, problems of one or two. The liaison's: what waits."""
    told = [await _card(visit, h) for h in visit.person.holding("representative")]
    told += [await _waiting(visit, h) for h in visit.person.holding("liaison") if h.workroom]
    if not told:
        raise DomainError("visits.representatives_only")
    return told


async def _card(visit: Visit, holding: Holding) -> Message:
    now, visits = visit.now, visit.uow.visits
    first, last = date(now.today.year, 1, 1), date(now.today.year, 12, 31)
    logs = await visits.of_year(holding.id, first, last)
    standing = [one for one in logs if one.counts]
    solved = await visits.solved(
        holding.id, now.calendar.start_of(first), now.calendar.start_of(last + timedelta(days=1))
    )
    params = {
        "name": holding.name,
        "year": first.year,
        "visited": quarters_visited([(one.day, one.kind) for one in standing]),
        "quarters": QUARTERS,
        "solved": solved,
        "least": SOLVED[0],
        "most": SOLVED[1],
        "kinds": [{"kind": kind, "n": n} for kind in KINDS if (n := _times(standing, kind))],
        "waiting": sum(one.decision is None for one in logs),
        "logs": [_line(one) for one in logs[:RECENT]],
    }
    rows = tuple((_named(one),) for one in logs[:RECENT])
    return Message("visits.year", params, ((Choice("go:visit", "command.visit"),), *rows))


def _times(logs: list[Activity], kind: str) -> int:
    return sum(one.kind == kind for one in logs)


def _line(activity: Activity) -> dict[str, Any]:
    state = activity.decision or "waiting"
    return {"day": activity.day.isoformat(), "kind": activity.kind, "count": activity.count, "state": state}


def _named(activity: Activity) -> Choice:
    return Choice(f"visit:{activity.id}:show", "visits.line", _line(activity), minor=True)


async def _waiting(visit: Visit, holding: Holding) -> Message:
    logs = await visit.uow.visits.undecided(holding.workroom or 0)
    names = await visit.uow.registry.names_of_seats({f"representative:{one.representative}" for one in logs})
    lines = [{**_line(one), "name": names.get(f"representative:{one.representative}", "")} for one in logs]
    rows = tuple(
        (Choice(f"visit:{one.id}:show", "visits.waiting_line", line),)
        for one, line in zip(logs, lines, strict=True)
    )
    return Message("visits.waiting", {"name": holding.name, "logs": lines}, rows)
