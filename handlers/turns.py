"""Whose turn a case is and what they are to do, with their names: for the lists and the card of the staff."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.cases import Case, Part
from domain.people import Holding
from domain.tasks import task_of
from handlers.visit import Visit


async def turns_of(visit: Visit, found: Sequence[Case]) -> list[dict[str, Any]]:
    """For each: `task` (`case.task.…`), `turn` (`case.turn.…`), and `who` where a name is known."""
    names = await _names(visit, found)
    return [{"task": task_of(c), "turn": _turn(c), "who": names.get(_awaited(c), "")} for c in found]


def as_listed(holding: Holding, turn: Mapping[str, Any]) -> Mapping[str, Any]:
    """What waits for the liaison is in a representative's list because they may take it."""
    takes = holding.role == "representative" and turn["turn"] == Part.LIAISON
    return {**turn, "task": "take"} if takes else turn


def _turn(case: Case) -> str:
    """The part; an escalation lies with the office, which is no department."""
    office = case.waits_for == Part.CONTACT and case.route is not None and case.route.department is None
    return "officer" if office else str(case.waits_for or "")


def _awaited(case: Case) -> str:
    """The seat or department whose name is told: `representative:3`, `department:5`."""
    match case.waits_for:
        case Part.HANDLER:
            return f"representative:{case.representative}"
        case Part.CALLER:
            return case.caller or ""
        case Part.CONTACT if case.route:
            return f"department:{case.route.department}"
    return ""


async def _names(visit: Visit, found: Sequence[Case]) -> dict[str, str]:
    awaited = {name for name in map(_awaited, found) if name}
    registry, names = visit.uow.registry, {}
    if seats := {name for name in awaited if not name.startswith("department:")}:
        names = dict(await registry.names_of_seats(seats))
    if len(seats) < len(awaited):
        names |= {f"department:{d.id}": d.name for d in await registry.departments()}
    return names
