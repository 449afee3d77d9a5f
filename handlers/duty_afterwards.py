"""After a shift: what its holder says in the evening, what the liaison sets right; the code of the day."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from domain import duty_presence
from domain.duty import Slot, SlotState
from domain.effects import DutyAct
from domain.errors import DomainError, NotFound
from domain.messages import Message
from handlers import duty_letters as letters
from handlers.duty_acts import deed, said
from handlers.duty_brief import brief, do, presence
from handlers.duty_presence import code_of, to_shift
from handlers.duty_rights import governed, held, in_charge, number_in
from handlers.visit import Visit

Facts = Mapping[str, Any]


async def answer(visit: Visit, about: str, what: str) -> list[Message]:
    """What a holder says in the evening: `was` there and forgot, `wasnt`, or left `early`."""
    found = await held(visit, about)
    slot = found.slot
    if slot.state not in (SlotState.DONE, SlotState.MISSED):
        raise DomainError("duty.not_over")
    if await visit.uow.duty.record(slot.id, deed(visit, what, found.seat), f"slot.{slot.id}.evening"):
        told = {"name": await letters.name_of(visit.uow, slot.holder), "what": what}
        rows = () if what == "wasnt" else ((do("correct", slot.id),),)
        await letters.to_liaison(
            visit.uow, visit.now, f"slot.evening.{slot.id}", slot, "duty.told.evening", told, rows
        )
    return [said(f"duty.done.{what}", slot)]


async def correct(visit: Visit, act: DutyAct) -> list[Message]:
    """The liaison sets right how it was, with a reason; what stood before stays in the history."""
    found, seat = await governed(visit, str(act.slot))
    slot, origin = found.slot, f"{act.key}:correct"
    if not await visit.uow.duty.happened(origin):
        if slot.state not in (SlotState.DONE, SlotState.MISSED) or slot.holder is None:
            raise DomainError("duty.not_over")
        times = _times(visit, slot, act.facts)
        after = duty_presence.corrected(slot, times, visit.terms)
        await visit.uow.duty.save_slot(after)
        facts = {"before": presence(slot), "after": presence(after)}
        await visit.uow.duty.record(slot.id, deed(visit, "correct", seat, act.words, **facts), origin)
        words = Message("duty.told.corrected", {**presence(after), "reason": act.words}, letters.view(slot))
        key = f"slot.correct.{slot.id}.{slot.version}"
        await letters.to_representatives(visit.uow, visit.now, key, slot, words, [slot.holder])
        slot = after
    more = {**presence(slot), "name": await letters.name_of(visit.uow, slot.holder)}
    return [Message("duty.done.correct", {**brief(slot.shift), **more}, to_shift(slot), replaces=True)]


def _times(visit: Visit, slot: Slot, facts: Facts) -> tuple[datetime, datetime] | None:
    """From when until when, as the liaison says. Raises DomainError for times outside the shift."""
    if facts["how"] == "absent":
        return None
    if facts["how"] == "whole":
        return slot.shift.starts_at, slot.shift.ends_at
    begun, ended = (_moment(visit, slot.shift.day, clock) for clock in facts["times"].split("-"))
    if begun >= slot.shift.ends_at or ended <= slot.shift.starts_at:
        raise DomainError("duty.outside", **brief(slot.shift))
    return begun, ended


def _moment(visit: Visit, day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), visit.now.calendar.zone)


async def code(visit: Visit, about: str) -> list[Message]:
    """The room's code of today and the address of its screen, for the liaison."""
    room = await visit.uow.registry.workroom(number_in(about))
    if room is None or in_charge(visit.person, room.id) is None:
        raise NotFound
    params = {"workroom": room.name, "code": code_of(visit, room.id), "day": visit.now.today.isoformat()}
    return [Message("duty.code", params, ((do("screen", room.id, minor=True),),))]
