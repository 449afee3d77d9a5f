"""What can be looked at: one case with its timeline, and the lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.cases import Case, Event, Part
from domain.errors import NotFound
from domain.messages import Choice, Message, Rows
from domain.people import Holding
from domain.tasks import is_turn_of
from handlers import buttons
from handlers.brief import brief
from handlers.notices import CLOSING
from handlers.rights import knows_filer, parts_of
from handlers.turns import as_listed, turns_of
from handlers.visit import Visit
from storage.lists import PAGE

ABOUT = 24
"""Characters of a case's words in a list."""

LIMIT = 12
"""Events shown at once; the rest behind 「更早」."""


Turns = Sequence[Mapping[str, Any]]
"""For each case of a list, whose turn it is and what is to be done."""


async def case(visit: Visit, shown: Case, *, all_events: bool = False) -> list[Message]:
    """One case, as much of it as this person may see."""
    parts = parts_of(visit.person, shown)
    if not parts:
        raise NotFound
    staff = bool(parts - {Part.FILER})
    events = await visit.uow.timeline.of_case(shown.id, staff=staff)
    params = (
        brief(shown)
        | await _names(visit, shown)
        | {
            "events": await _lines(visit, events if all_events else events[-LIMIT:]),
            "earlier": 0 if all_events else max(0, len(events) - LIMIT),
        }
    )
    if staff:
        params |= await _for_staff(visit, shown, parts)
    media = tuple(await visit.uow.timeline.media_of(shown.id, staff=staff))
    key = "case.for_staff" if staff else "case.for_filer"
    return [Message(key, params, _rows(visit, shown, parts, params["earlier"]), media)]


def _rows(visit: Visit, shown: Case, parts: frozenset[Part], earlier: int) -> Rows:
    staff = parts - {Part.FILER}
    rows = buttons.for_staff(shown, parts) if staff else buttons.for_filer(shown, visit.now)
    rows = tuple(tuple(c for c in row if not c.data.startswith("show:")) for row in rows)
    if earlier:
        rows = (*rows, (Choice(f"show:{shown.number}:all", "case.do.earlier", minor=True),))
    return tuple(row for row in rows if row)


async def _names(visit: Visit, shown: Case) -> dict[str, str]:
    registry = visit.uow.registry
    category = await registry.category(shown.category) if shown.category else None
    workroom = await registry.workroom(shown.workroom)
    taker = await registry.representative(shown.representative) if shown.representative else None
    routed = shown.route.department if shown.route else None
    department = await registry.department(routed) if routed else None
    return {
        "category": category.name if category else "",
        "workroom": workroom.name if workroom else "",
        "handler": taker.name if taker else "",
        "department": department.name if department else "",
        "privacy": shown.privacy,
    }


async def _for_staff(visit: Visit, shown: Case, parts: frozenset[Part]) -> dict[str, Any]:
    """Who filed it, where privacy allows; the route; whether the closing letters have arrived."""
    filer = await visit.uow.people.person(shown.person) if knows_filer(shown, parts) else None
    letters = await visit.uow.outbox.of_case(shown.id, CLOSING) if Part.LIAISON in parts else []
    route = shown.route
    with_them = route is not None and route.state in ("sent", "acknowledged")
    return {
        **(await turns_of(visit, [shown]))[0],
        "yours": is_turn_of(parts, shown),
        "today": visit.now.today.isoformat(),
        "filer": filer.name if filer else "",
        "knows_filer": filer is not None,
        "route_state": route.state if route else "",
        "route_by": route.answer_by.isoformat() if route and with_them else "",
        "reply": (route.reply or "") if route else "",
        "extension": (route.extension or "") if route and (with_them or route.extension != "asked") else "",
        "extension_days": (route.extension_days or 0) if route else 0,
        "deliveries": [
            {"to": "filer" if seat.role == "person" else "handler", "state": state}
            for _, seat, state in letters
        ],
    }


async def _lines(visit: Visit, events: list[Event]) -> list[Mapping[str, Any]]:
    """Timeline lines with names; a resident is never named in them."""
    seats = {e.seat for e in events if not e.seat.startswith(("person:", "service:"))}
    names = await visit.uow.registry.names_of_seats(seats) if seats else {}
    return [
        {
            "at": e.at.isoformat(),
            "action": e.action,
            "role": e.seat.partition(":")[0],
            "by": names.get(e.seat, ""),
            "words": e.words if e.action != "submit" else "",
            "files": len(e.media),
            "data": e.data,
        }
        for e in events
    ]


async def mine(visit: Visit, page: int = 0) -> list[Message]:
    """我的诉求: all of a resident's cases, open first."""
    found = await visit.uow.lists.mine(visit.person.id, page)
    return [_listed("list.mine", "mine", found, page, {}, [{}] * len(found))]


async def waiting(visit: Visit, holding: Holding, page: int = 0, view: str = "waiting") -> list[Message]:
    """待办: what waits for this seat, by the day it is due; or what waits for others."""
    lists = visit.uow.lists
    found = await (lists.waiting if view == "waiting" else lists.others)(holding, page)
    prefix = f"todo:{holding.role}.{holding.id}:{view}"
    other = "others" if view == "waiting" else "waiting"
    params = {"name": holding.name, "role": holding.role, "today": visit.now.today.isoformat()}
    turns = [as_listed(holding, turn) for turn in await turns_of(visit, found[:PAGE])]
    listed = _listed(f"list.{view}", prefix, found, page, params, turns)
    switch = (Choice(f"todo:{holding.role}.{holding.id}:{other}:0", f"list.to_{other}", minor=True),)
    return [Message(listed.key, listed.params, (*listed.choices, switch), replaces=page > 0)]


def _listed(
    key: str, prefix: str, found: list[Case], page: int, more: Mapping[str, Any], turns: Turns
) -> Message:
    shown = found[:PAGE]
    rows: list[tuple[Choice, ...]] = [(line(c),) for c in shown]
    turn = []
    if page > 0:
        turn.append(Choice(f"{prefix}:{page - 1}", "flow.page_back", minor=True))
    if len(found) > PAGE:
        turn.append(Choice(f"{prefix}:{page + 1}", "flow.page_next", minor=True))
    if turn:
        rows.append(tuple(turn))
    if not shown:
        return Message(f"{key}_empty", {**more, "page": page}, _first_step(key))
    cases = [{**brief(c), **turn} for c, turn in zip(shown, turns, strict=False)]
    return Message(key, {**more, "cases": cases, "page": page}, tuple(rows), replaces=page > 0)


def line(listed: Case) -> Choice:
    """A case as one line to tap."""
    told = {"about": listed.words, "number": listed.number, "state": str(listed.state)}
    return Choice(f"show:{listed.number}", "list.case", told)


def _first_step(key: str) -> Rows:
    """An empty list says what to do."""
    return ((Choice("go:file", "command.file"),),) if key == "list.mine" else ()
