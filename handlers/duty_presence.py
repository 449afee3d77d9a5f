"""Being there: 签到 by position, by the room's code of the day or by the liaison's word; 签退."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain import duty, duty_presence
from domain.codes import day_code, tidy
from domain.duty import Slot
from domain.effects import DutyAct
from domain.errors import DomainError
from domain.messages import Message, Position, Rows, Text
from handlers import duty_letters as letters
from handlers.duty_acts import deed, said
from handlers.duty_brief import brief, do, line, presence
from handlers.duty_rights import Standing, governed, held
from handlers.visit import Visit
from storage.duty import Listed

Facts = Mapping[str, Any]


async def _today(visit: Visit) -> list[Listed]:
    """The shifts of today, not over, that this person keeps, in whichever workroom."""
    found: list[Listed] = []
    for holding in visit.person.holding("representative"):
        coming = await visit.uow.duty.coming(holding.id, visit.now.moment)
        found += [one for one in coming if one.slot.shift.day == visit.now.today]
    return found


async def check_in(visit: Visit) -> list[Message]:
    """签到: the shift of today that it is time for; otherwise a clear word why not."""
    if not visit.person.holding("representative"):
        return [Message("duty.only_representatives")]
    today = [one.slot for one in await _today(visit)]
    ready = [s for s in today if duty_presence.when(s, visit.now.moment, visit.terms) == "now"]
    if ready:
        away = [s for s in ready if not s.is_there]
        return await _begin(visit, away[0]) if away else [_here(ready[0])]
    if today:
        opens = duty_presence.opens_at(today[0], visit.terms).isoformat()
        return [Message("duty.too_early", {**brief(today[0].shift), "opens": opens}, letters.view(today[0]))]
    return [await _none_today(visit)]


async def _begin(visit: Visit, slot: Slot) -> list[Message]:
    return await visit.begin("check_in", {"slot": slot.id})


def _here(slot: Slot) -> Message:
    since = (slot.since or slot.shift.starts_at).isoformat()
    rows: Rows = ((do("out", slot.id),), (do("walk", slot.shift.workroom, minor=True),))
    return Message("duty.here_since", {**brief(slot.shift), "since": since}, rows)


async def _none_today(visit: Visit) -> Message:
    """No shift of theirs is on: whose it is, whether one can be taken, when their own next one is."""
    holding = visit.person.holding("representative")[0]
    over = await visit.uow.duty.past(holding.id, visit.now.moment)
    if over and over[0].slot.shift.day == visit.now.today:
        return _over(visit, over[0].slot)
    room = holding.workroom or 0
    on = await visit.uow.duty.on_now(room, visit.now.moment)
    kept = await visit.uow.duty.kept(sorted({slot.shift.id for slot in on})) if on else []
    names = [one.name for one in kept if one.slot.holder is not None]
    free = next((one.slot for one in kept if one.slot.holder is None), None)
    coming = (await visit.uow.duty.coming(holding.id, visit.now.moment))[:1]
    params = {"names": names, "free": free is not None, "next": [brief(c.slot.shift) for c in coming]}
    rows: Rows = ((do("take", free.id),),) if free else ()
    return Message("duty.none_today", params, (*rows, (do("mine", 0, minor=True),)))


def _over(visit: Visit, slot: Slot) -> Message:
    """A shift of today that has ended: closed for who was there, to be set right for who forgot."""
    if slot.arrived_at is None:
        return Message("duty.over_today", brief(slot.shift), letters.view(slot))
    closed = duty_presence.settle(slot, visit.terms)
    params = {**brief(slot.shift), **presence(closed)}
    return Message("duty.done_today", params, letters.view(slot))


# --- what proves it --------------------------------------------------------------------------------------


async def proof(visit: Visit) -> list[dict[str, Any]]:
    """What a position or a code is worth: how somebody is there, or the `problem` with it.

    A position is looked at and forgotten; only the distance goes into the history.
    """
    found = await held(visit, str(visit.loaded["given"]["slot"]))
    what = visit.inbound.what
    if isinstance(what, Position):
        return [await _by_position(visit, found.slot, what)]
    return [await _by_code(visit, found.slot, what.text if isinstance(what, Text) else "")]


async def _by_position(visit: Visit, slot: Slot, seen: Position) -> dict[str, Any]:
    if visit.inbound.forwarded:
        return {"problem": "forwarded"}
    room = await visit.uow.registry.workroom(slot.shift.workroom)
    where = (room.latitude, room.longitude) if room else (None, None)
    sighting = duty_presence.sighted(where, seen, visit.terms)
    told = {"metres": sighting.metres, "accuracy": sighting.accuracy}
    if sighting.verdict != "here":
        return {"problem": sighting.verdict, **told}
    return {"how": "untold" if seen.untold else "position", **told}


async def _by_code(visit: Visit, slot: Slot, text: str) -> dict[str, Any]:
    """Guessing doesn't pay: so many tries a minute are looked at (TRUST 16)."""
    if not await visit.uow.tries.allow(visit.person.id, visit.now.moment):
        return {"problem": "too_many"}
    right = code_of(visit, slot.shift.workroom)
    same = hmac.compare_digest(tidy(text).encode(), right.encode())
    return {"how": "code"} if same else {"problem": "wrong_code"}


def code_of(visit: Visit, workroom: int) -> str:
    """The room's code of today."""
    return day_code(visit.house.secret, workroom, visit.now.today.isoformat())


async def arrive(visit: Visit, act: DutyAct) -> list[Message]:
    """The end of 签到: there, or a clear word why not and the question again."""
    if (problem := act.facts.get("problem")) is not None:
        asked = await visit.begin("check_in", {"slot": act.slot})
        radius = {"radius": visit.terms.check_in_metres, "metres": 0, "accuracy": 0}
        return [
            Message(
                f"duty.proof.{problem}", {**radius, **act.facts}, asked[-1].choices, wants=asked[-1].wants
            )
        ]
    found = await held(visit, str(act.slot))
    origin = f"{act.key}:check_in"
    if not await visit.uow.duty.happened(origin):
        _demand_time(visit, found.slot)
        await _arrived(visit, found.slot, found, visit.now.moment, origin, act.facts)
    slot = await visit.uow.duty.slot(act.slot) or found.slot
    return [await _welcome(visit, slot)]


async def _welcome(visit: Visit, slot: Slot) -> Message:
    since = (slot.since or visit.now.moment).isoformat()
    rows: Rows = ((do("walk", slot.shift.workroom),), (do("out", slot.id, minor=True),))
    return Message("duty.done.check_in", {**brief(slot.shift), "since": since}, rows, replaces=True)


async def _arrived(visit: Visit, slot: Slot, by: Standing, at: datetime, origin: str, facts: Facts) -> None:
    """Write it down; whatever was offered about the place is over."""
    uow, seat = visit.uow, by.charge if by.charge and not by.holds else by.seat
    await uow.duty.hold(slot.shift.workroom)
    before = await uow.duty.book(slot.shift.workroom, slot.shift.day)
    after = duty.arrive(before, slot.id, at)
    await uow.duty.save(before, after)
    await uow.duty.record(slot.id, deed(visit, "check_in", seat, at=at.isoformat(), **facts), origin)
    await letters.offers_ended(uow, visit.now, before, after)


def _demand_time(visit: Visit, slot: Slot) -> None:
    """Raises DomainError long before, after the end, or when they are there already."""
    moment = duty_presence.when(slot, visit.now.moment, visit.terms)
    if slot.shift.cancelled:
        raise DomainError("duty.cancelled_shift")
    if moment == "over" or slot.state not in duty.AHEAD:
        raise DomainError("duty.over_now", **brief(slot.shift))
    if moment == "early":
        opens = duty_presence.opens_at(slot, visit.terms).isoformat()
        raise DomainError("duty.too_early", **brief(slot.shift), opens=opens)
    if slot.is_there:
        raise DomainError("duty.here_now", since=(slot.since or slot.shift.starts_at).isoformat())


# --- the liaison's word ----------------------------------------------------------------------------------


async def ask_liaison(visit: Visit, act: DutyAct) -> list[Message]:
    """「请联络员确认」: the liaison is asked, and the moment of asking counts."""
    found = await held(visit, str(act.slot))
    slot = found.slot
    origin = f"{act.key}:ask"
    if not await visit.uow.duty.happened(origin):
        _demand_time(visit, slot)
        await visit.uow.duty.record(slot.id, deed(visit, "ask", found.seat), origin)
        told = {"name": await letters.name_of(visit.uow, slot.holder), "at": visit.now.moment.isoformat()}
        rows = ((do("confirm", slot.id), do("deny", slot.id, minor=True)),)
        key = f"slot.ask.{slot.id}.{act.key}"
        await letters.to_liaison(visit.uow, visit.now, key, slot, "duty.told.confirm", told, rows)
    return [said("duty.done.ask", slot)]


async def confirm(visit: Visit, about: str) -> list[Message]:
    """The liaison has seen them: there since they asked, or since now."""
    found, _ = await governed(visit, about)
    slot, origin = found.slot, f"{visit.key}:confirm"
    if not await visit.uow.duty.happened(origin):
        if slot.holder is None:
            raise DomainError("duty.nobody_there")
        if slot.is_there:
            name = await letters.name_of(visit.uow, slot.holder)
            raise DomainError("duty.confirmed_already", name=name)
        _demand_time(visit, slot)
        asked = [d.at for d in await visit.uow.duty.history(slot.id) if d.action == "ask"]
        at = asked[-1] if asked and slot.arrived_at is None else visit.now.moment
        await _arrived(visit, slot, found, at, origin, {"how": "liaison"})
        words = Message("duty.told.confirmed", {"at": at.isoformat()}, letters.view(slot))
        key = f"slot.confirmed.{slot.id}.{slot.version}"
        await letters.to_representatives(visit.uow, visit.now, key, slot, words, [slot.holder])
    name = await letters.name_of(visit.uow, slot.holder)
    return [Message("duty.done.confirm", {**brief(slot.shift), "name": name}, to_shift(slot), replaces=True)]


async def deny(visit: Visit, about: str) -> list[Message]:
    """The liaison has not seen them: nothing is changed, and they are told."""
    found, seat = await governed(visit, about)
    slot, origin = found.slot, f"{visit.key}:deny"
    if slot.holder is None:
        raise DomainError("duty.nobody_there")
    if await visit.uow.duty.record(slot.id, deed(visit, "deny", seat), origin):
        key = f"slot.denied.{slot.id}.{visit.key}"
        words = Message("duty.told.denied", {}, letters.view(slot))
        await letters.to_representatives(visit.uow, visit.now, key, slot, words, [slot.holder])
    name = await letters.name_of(visit.uow, slot.holder)
    return [Message("duty.done.deny", {**brief(slot.shift), "name": name}, to_shift(slot), replaces=True)]


def to_shift(slot: Slot) -> Rows:
    """The button that opens the whole shift."""
    return ((do("shift", slot.shift.id, minor=True),),)


# --- leaving ---------------------------------------------------------------------------------------------


async def check_out(visit: Visit) -> list[Message]:
    """签退: the shift one is checked in to."""
    if not visit.person.holding("representative"):
        return [Message("duty.only_representatives")]
    today = [one.slot for one in await _today(visit)]
    there = [slot for slot in today if slot.is_there]
    if there:
        return await ask_out(visit, str(there[0].id))
    left = [slot for slot in today if slot.left_at is not None]
    if left:
        return [_out(left[0])]
    return [await _none_today(visit)] if not today else await check_in(visit)


def _out(slot: Slot) -> Message:
    """Checked out before: since when, after how long."""
    params = {**brief(slot.shift), **presence(slot)}
    return Message("duty.out_already", params, ((line("slot", slot.id, slot.shift),),))


async def ask_out(visit: Visit, about: str) -> list[Message]:
    """Out at once when the time is enough; before that it is asked, for it would not count."""
    found = await held(visit, about)
    slot = found.slot
    minutes = duty_presence.spent(slot, visit.now.moment)
    if slot.is_there and not duty_presence.counts(minutes, visit.terms):
        rows = ((do("leave", slot.id), do("stay", slot.id, minor=True)),)
        params = {"minutes": minutes, "half": visit.terms.half_day_minutes}
        return [Message("duty.sure_out", {**brief(slot.shift), **params}, rows)]
    return await go_out(visit, about)


async def go_out(visit: Visit, about: str) -> list[Message]:
    """Checked out now; coming back within the shift goes on counting."""
    found = await held(visit, about)
    slot, origin = found.slot, f"{visit.key}:check_out"
    if not await visit.uow.duty.happened(origin):
        if not slot.is_there and slot.left_at is not None:
            return [_out(slot)]
        if not slot.is_there:
            raise DomainError("duty.not_there")
        await visit.uow.duty.save_slot(duty_presence.leave(slot, visit.now.moment))
        await visit.uow.duty.record(slot.id, deed(visit, "check_out", found.seat), origin)
        slot = await visit.uow.duty.slot(slot.id) or slot
    more = {**presence(slot), "enough": duty_presence.counts(slot.minutes, visit.terms)}
    return [said("duty.done.check_out", slot, more)]


async def stay(visit: Visit, about: str) -> list[Message]:
    """They stay after all."""
    found = await held(visit, about)
    if not found.slot.is_there:
        return [said("duty.done.stay", found.slot)]
    rows: Rows = ((do("out", found.slot.id, minor=True), do("walk", found.slot.shift.workroom, minor=True)),)
    return [Message("duty.stays", {}, rows, replaces=True)]
