"""Duty in chat: 我的值班, 签到, 签退, 值班表, and every button about a shift."""

from collections.abc import Awaitable, Callable
from functools import partial

from domain.codes import screen_token
from domain.effects import DutyAct
from domain.errors import DomainError, NotFound
from domain.messages import Message
from handlers import duty_acts, duty_afterwards, duty_past, duty_presence, duty_screens, walk_ins
from handlers.duty_brief import do
from handlers.duty_rights import find, governed, held, in_charge, number_in
from handlers.visit import Visit

Press = Callable[[Visit, str], Awaitable[list[Message]]]


async def _begin(flow: str, visit: Visit, about: str) -> list[Message]:
    """A conversation about one's own place, while it is still to come."""
    found = await held(visit, about)
    if visit.now.moment >= found.slot.shift.ends_at:
        raise DomainError("duty.over")
    return await visit.begin(flow, {"slot": found.slot.id})


async def _govern(flow: str, visit: Visit, about: str) -> list[Message]:
    """A conversation about a place one is in charge of."""
    found, _ = await governed(visit, about)
    return await visit.begin(flow, {"slot": found.slot.id})


async def _fill(visit: Visit, about: str) -> list[Message]:
    """Give a hole to somebody; a place that was taken meanwhile is shown as it is."""
    found = await find(visit, about)
    if found.charge is None:
        raise NotFound
    if found.slot.holder is not None:
        raise DomainError("duty.filled_already")
    return await visit.begin("fill_duty", {"slot": found.slot.id})


async def _answer(what: str, visit: Visit, about: str) -> list[Message]:
    return await duty_afterwards.answer(visit, about, what)


async def _screen(visit: Visit, about: str) -> list[Message]:
    """The address of the room's own screen: whoever has it sees the code of the day."""
    room = await visit.uow.registry.workroom(number_in(about))
    if room is None or in_charge(visit.person, room.id) is None:
        raise NotFound
    path = f"/screen/{room.code}/{screen_token(visit.house.secret, room.id)}"
    params = {"workroom": room.name, "address": visit.house.address + path}
    return [Message("duty.screen_at", params, ((do("code", room.id, minor=True),),))]


PRESSES: dict[str, Press] = {
    "mine": duty_screens.page_mine,
    "past": duty_screens.past,
    "holes": duty_screens.holes,
    "slot": duty_screens.slot,
    "roster": duty_screens.table,
    "before": duty_past.before,
    "everywhere": duty_screens.everywhere,
    "shift": duty_screens.shift,
    "history": duty_screens.history,
    "take": duty_acts.take,
    "yes": duty_acts.accept,
    "no": duty_acts.decline,
    "withdraw": duty_acts.withdraw,
    "swap": partial(_begin, "swap_duty"),
    "substitute": partial(_begin, "substitute_duty"),
    "absent": partial(_begin, "absent_duty"),
    "fill": _fill,
    "correct": partial(_govern, "correct_duty"),
    "confirm": duty_presence.confirm,
    "deny": duty_presence.deny,
    "out": duty_presence.ask_out,
    "leave": duty_presence.go_out,
    "stay": duty_presence.stay,
    "was": partial(_answer, "was"),
    "wasnt": partial(_answer, "wasnt"),
    "early": partial(_answer, "early"),
    "code": duty_afterwards.code,
    "screen": _screen,
    "walk": walk_ins.begin_at,
}
"""`duty:<what>:<about>`: a place, a shift, an offer, a workroom, or a page of one of them."""

ACTS: dict[str, Callable[[Visit, DutyAct], Awaitable[list[Message]]]] = {
    "offer": duty_acts.offer,
    "absent": duty_acts.absent,
    "fill": duty_acts.fill,
    "check_in": duty_presence.arrive,
    "ask_liaison": duty_presence.ask_liaison,
    "correct": duty_afterwards.correct,
}
"""What conversations about shifts end in."""


async def press(visit: Visit, what: str, about: str) -> list[Message]:
    """A button about a shift. Anything malformed is 'not found', as a forged one is."""
    handler = PRESSES.get(what)
    if handler is None:
        raise NotFound
    return await handler(visit, about)


async def carry_out(visit: Visit, act: DutyAct) -> list[Message]:
    """The end of a conversation about a shift."""
    return await ACTS[act.action](visit, act)
