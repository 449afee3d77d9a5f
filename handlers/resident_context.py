"""What residents' conversations may ask for: their case, where homes are, what words or a position find."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from conversations.checks import tidy
from conversations.flow import Option
from domain.errors import NotFound, Retry
from domain.messages import Position, Text
from domain.registry import Workroom
from handlers.rights import demand_parts
from handlers.visit import Visit

FOUND = 16
"""So many workrooms at most are shown for a name: two pages."""

LONGEST = 60
"""Characters of a name that are looked at."""

NEAREST = 5
"""So many workrooms are shown around a position."""


async def me(visit: Visit) -> Mapping[str, str]:
    """How they are called and where their home is linked to, as far as they have said."""
    room = await visit.uow.registry.workroom(visit.person.home) if visit.person.home else None
    return {"name": visit.person.name, "home": room.name if room else ""}


async def own_case(visit: Visit, number: str) -> Mapping[str, Any]:
    """A case in few words, with what the workroom last asked about it. Raises NotFound if it isn't theirs."""
    case, _ = demand_parts(visit.person, await visit.uow.cases.by_number(number))
    asked = await visit.uow.cases.questions_open(visit.person.id)
    question = next((words for about, words in asked if about == case.number), "")
    return {"number": case.number, "about": case.words, "state": str(case.state), "question": question}


async def streets(visit: Visit) -> list[Option]:
    """Streets and towns."""
    return [Option(str(unit.id), unit.name) for unit in await visit.uow.registry.streets()]


async def communities(visit: Visit, street: str) -> list[Option]:
    """The communities of a street; a street without any stands for itself."""
    below = await visit.uow.registry.communities(int(street))
    return [Option(str(unit.id), unit.name) for unit in below] or [Option(street, await unit(visit, street))]


async def unit(visit: Visit, unit_id: str) -> str:
    """A unit's name. Raises NotFound for one that is gone."""
    found = await visit.uow.registry.unit(int(unit_id))
    if found is None:
        raise NotFound
    return found.name


async def workrooms(visit: Visit, unit_id: str) -> list[Option]:
    """The workrooms that look after a community."""
    rooms = await visit.uow.registry.workrooms_of_unit(int(unit_id))
    return [Option(str(room.id), room.name) for room in rooms]


async def homes(visit: Visit) -> list[dict[str, Any]]:
    """Workrooms for what was just sent: a name, or a position, which is used here and not kept.

    Raises Retry when there is none.
    """
    what = visit.inbound.what
    if isinstance(what, Position):
        near = await visit.uow.registry.nearest(what.latitude, what.longitude, NEAREST)
        if not near:
            raise Retry("link_home.nothing_near")
        return [{**_place(room), "metres": round(metres)} for room, metres in near]
    words = tidy(what.text) if isinstance(what, Text) else ""
    named = await visit.uow.registry.workrooms_named(words[:LONGEST], FOUND) if words else ()
    if not named:
        raise Retry("link_home.not_found")
    return [_place(room) for room in named]


def _place(room: Workroom) -> dict[str, Any]:
    return {"id": str(room.id), "text": room.name, "address": room.address}


RESIDENT_LOADERS: dict[str, Callable[..., Awaitable[Any]]] = {
    "me": me,
    "own_case": own_case,
    "streets": streets,
    "communities": communities,
    "unit": unit,
    "workrooms": workrooms,
    "homes": homes,
}
"""Merged into handlers/context.LOADERS; those with a second argument are asked for as `name:argument`."""
