"""What the conversations about shifts may ask for, with rights asked anew each time."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from conversations.flow import Option
from conversations.walk_in import persons_text
from domain.duty import Slot
from domain.messages import Text
from handlers.duty_brief import brief
from handlers.duty_presence import proof
from handlers.duty_rights import find, governed, held
from handlers.visit import Visit


def _about(visit: Visit) -> str:
    return str(visit.loaded["given"]["slot"])


async def duty_slot(visit: Visit) -> Mapping[str, Any]:
    """The shift a conversation is about, who keeps the place, and the workroom's name."""
    found = await find(visit, _about(visit))
    slot = found.slot
    room = await visit.uow.registry.workroom(slot.shift.workroom)
    name = await visit.uow.registry.name_of_seat(f"representative:{slot.holder}") if slot.holder else ""
    radius = visit.terms.check_in_metres
    return {**brief(slot.shift), "workroom": room.name if room else "", "name": name, "radius": radius}


async def swappable(visit: Visit) -> list[Option]:
    """Colleagues' places of later shifts that this one could be exchanged for, the next first."""
    found = await held(visit, _about(visit))
    slot, now = found.slot, visit.now.moment
    book = await visit.uow.duty.book(slot.shift.workroom, visit.now.today)
    serving = {r.id: r.name for r in await visit.uow.registry.representatives(slot.shift.workroom)}
    own = slot.holder or 0
    fit = [
        other
        for other in book.slots.values()
        if other.holder in serving
        and other.holder != own
        and not other.shift.cancelled
        and other.shift.starts_at > now
        and not book.keeps(own, other.shift.id)
        and not book.keeps(other.holder or 0, slot.shift.id)
    ]
    return [Option(str(other.id), _label(visit, other, serving[other.holder or 0])) for other in fit]


def _label(visit: Visit, slot: Slot, name: str) -> str:
    return visit.house.words.say(visit.language, "duty.line", {**brief(slot.shift), "name": name})


async def _free(visit: Visit, slot: Slot) -> list[Option]:
    """Representatives in office who have no place in this shift; whoever has given one up comes last."""
    there = {s.holder for s in await visit.uow.duty.slots_of(slot.shift.id)}
    left = await visit.uow.duty.gave_up(slot.shift.id)
    serving = await visit.uow.registry.representatives(slot.shift.workroom)
    free = sorted((r for r in serving if r.id not in there), key=lambda r: r.id in left)
    return [Option(str(r.id), r.name) for r in free]


async def substitutes(visit: Visit) -> list[Option]:
    """Everybody who could come instead, and all of them together."""
    found = await held(visit, _about(visit))
    free = await _free(visit, found.slot)
    anyone = visit.house.words.say(visit.language, "substitute_duty.anyone")
    return [*free, Option("anyone", anyone)] if len(free) > 1 else free


async def fillers(visit: Visit) -> list[Option]:
    """Whom the liaison can give a hole to."""
    found, _ = await governed(visit, _about(visit))
    return await _free(visit, found.slot)


async def persons_written(visit: Visit) -> list[dict[str, str]]:
    """How many came, written instead of tapped. Raises Retry."""
    what = visit.inbound.what
    return [{"id": persons_text(what.text if isinstance(what, Text) else "")}]


DUTY_LOADERS: dict[str, Callable[[Visit], Awaitable[Any]]] = {
    "duty_slot": duty_slot,
    "swappable": swappable,
    "substitutes": substitutes,
    "fillers": fillers,
    "proof": proof,
    "persons_written": persons_written,
}
"""Merged into handlers/context.LOADERS."""
