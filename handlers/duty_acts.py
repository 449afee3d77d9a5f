"""Carries out one step on a roster: rights were asked, the pure rules decide, history and letters follow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from domain import duty
from domain.duty import Book, Offer, Slot
from domain.effects import DutyAct
from domain.errors import DomainError, NotFound
from domain.messages import Message
from domain.people import Seat
from handlers import duty_letters as letters
from handlers.duty_brief import brief, do
from handlers.duty_rights import Standing, find, held
from handlers.visit import Visit
from storage.duty import Deed

Step = Callable[[Book], Book]


@dataclass(frozen=True, slots=True)
class Done:
    """The book before and after; `repeated` when this very step had been done before."""

    before: Book
    after: Book
    repeated: bool = False

    def slot(self, number: int) -> Slot:
        """A place as it is now."""
        return self.after.slot(number)


async def change(visit: Visit, slot: Slot, origin: str, deed: Deed, step: Step) -> Done:
    """Do a step on a workroom's book, once for each origin. Raises what the step raises."""
    uow, room = visit.uow, slot.shift.workroom
    if await uow.duty.happened(origin):
        book = Book({s.id: s for s in await uow.duty.slots_of(slot.shift.id)})
        return Done(book, book, repeated=True)
    await uow.duty.hold(room)
    before = await uow.duty.book(room, visit.now.today - timedelta(days=1))
    after = step(before)
    await uow.duty.save(before, after)
    await uow.duty.record(slot.id, deed, origin)
    await letters.offers_ended(uow, visit.now, before, after)
    return Done(before, after)


def deed(visit: Visit, action: str, seat: Seat, words: str = "", **data: Any) -> Deed:
    """What is written into the history."""
    return Deed(action, visit.now.moment, str(seat), words, data)


def said(words: str, slot: Slot, more: Mapping[str, Any] | None = None) -> Message:
    """The answer to whoever did it, with the way back to the list."""
    rows = ((do("slot", slot.id, minor=True), do("mine", 0, minor=True)),)
    return Message(words, {**brief(slot.shift), **(more or {})}, rows, replaces=True)


async def demand_serving(visit: Visit, workroom: int, who: int) -> None:
    """Somebody on leave, suspended or gone keeps no shift. Raises DomainError."""
    serving = {r.id for r in await visit.uow.registry.representatives(workroom)}
    if who not in serving:
        raise DomainError("duty.not_serving")


# --- taking and filling ----------------------------------------------------------------------------------


async def take(visit: Visit, about: str) -> list[Message]:
    """A representative takes a hole of their workroom: one tap."""
    found = await find(visit, about)
    if found.own is None:
        raise NotFound
    slot, who = found.slot, found.own
    origin = f"{visit.key}:take"
    if not await visit.uow.duty.happened(origin):
        await demand_serving(visit, slot.shift.workroom, who)
    made = deed(visit, "take", found.seat)
    done = await change(visit, slot, origin, made, lambda b: duty.take(b, slot.id, who, visit.now.moment))
    if not done.repeated:
        told = {"name": await letters.name_of(visit.uow, who)}
        key = f"slot.take.{slot.id}.{slot.version}"
        await letters.to_liaison(visit.uow, visit.now, key, slot, "duty.told.taken", told)
    return [said("duty.done.take", slot)]


async def fill(visit: Visit, act: DutyAct) -> list[Message]:
    """The liaison gives a hole to a representative, who hears of it."""
    found = await find(visit, str(act.slot))
    if found.charge is None:
        raise NotFound
    slot, who = found.slot, int(act.facts["representative"])
    origin = f"{act.key}:fill"
    if not await visit.uow.duty.happened(origin):
        await demand_serving(visit, slot.shift.workroom, who)
    made = deed(visit, "fill", found.charge, representative=who)
    done = await change(visit, slot, origin, made, lambda b: duty.fill(b, slot.id, who, visit.now.moment))
    if not done.repeated:
        words = Message("duty.told.filled", {}, letters.view(slot))
        key = f"slot.fill.{slot.id}.{slot.version}"
        await letters.to_representatives(visit.uow, visit.now, key, slot, words, [who])
    name = await letters.name_of(visit.uow, who)
    rows = ((do("shift", slot.shift.id, minor=True), do("roster", f"{slot.shift.workroom}.0", minor=True)),)
    return [Message("duty.done.fill", {**brief(slot.shift), "name": name}, rows, replaces=True)]


async def absent(visit: Visit, act: DutyAct) -> list[Message]:
    """A holder can't come: the place is open at once, and the liaison knows why."""
    found = await find(visit, str(act.slot))
    slot, who = found.slot, found.own
    origin = f"{act.key}:absent"
    if who is None or not (found.holds or await visit.uow.duty.happened(origin)):
        raise NotFound
    made = deed(visit, "absent", found.seat, act.words)
    done = await change(visit, slot, origin, made, lambda b: duty.absent(b, slot.id, who, visit.now.moment))
    if not done.repeated:
        told = {"name": await letters.name_of(visit.uow, who), "reason": act.words}
        key, rows = f"slot.absent.{slot.id}.{slot.version}", letters.fills(slot)
        await letters.to_liaison(visit.uow, visit.now, key, slot, "duty.told.absent", told, rows)
        if slot.shift.day <= visit.now.in_workdays(visit.terms.empty_warning_days):
            await visit.uow.duty_ends.warned([slot.id], visit.now.moment)  # this was the warning
    return [said("duty.done.absent", slot)]


# --- offers ----------------------------------------------------------------------------------------------


async def offer(visit: Visit, act: DutyAct) -> list[Message]:
    """A holder asks one colleague, or all, to come instead; with a place wanted it is a swap."""
    found = await find(visit, str(act.slot))
    known = await visit.uow.duty.offer_of(act.key)
    if known is None:
        found = await held(visit, str(act.slot))
        known = await _made(visit, found, act)
    slot = found.slot
    name = await letters.name_of(visit.uow, known.to)
    kind = "swap" if known.wants else "substitute"
    wanted = await visit.uow.duty.slot(known.wants) if known.wants else None
    other = brief((wanted or slot).shift)
    more = {"name": name, "until": known.expires_at.isoformat(), "kind": kind, "other": other}
    return [said("duty.done.offer", slot, more)]


async def _made(visit: Visit, found: Standing, act: DutyAct) -> Offer:
    slot, uow, now = found.slot, visit.uow, visit.now
    to, wants = act.facts.get("to"), act.facts.get("wants")
    hours = timedelta(hours=visit.terms.offer_hours)
    until = min(now.moment + hours, slot.shift.starts_at)
    wanted = await uow.duty.slot(wants) if wants else None
    if wanted is not None:
        to, until = wanted.holder, min(until, wanted.shift.starts_at)
    new = Offer(0, slot.id, slot.holder or 0, to, wants, until)
    if to is not None:
        await demand_serving(visit, slot.shift.workroom, to)
    await uow.duty.hold(slot.shift.workroom)
    before = await uow.duty.book(slot.shift.workroom, now.today - timedelta(days=1))
    after = duty.offer(before, new, now.moment)
    made = await uow.duty.add_offer(new, act.key, now.moment)
    await uow.duty.save(before, replace(after, offers=before.offers))
    await uow.duty.record(slot.id, deed(visit, "offer", found.seat, to=to, wants=wants), f"{act.key}:offer")
    await _ask(visit, made, slot, wanted, after)
    return made


async def _ask(visit: Visit, made: Offer, slot: Slot, wanted: Slot | None, book: Book) -> None:
    """The named colleague is asked, or everybody who could come."""
    whom = [made.to] if made.to is not None else []
    if not whom:
        serving = await visit.uow.registry.representatives(slot.shift.workroom)
        whom = [r.id for r in serving if not book.keeps(r.id, slot.shift.id)]
    params = {
        "name": await letters.name_of(visit.uow, made.by),
        "until": made.expires_at.isoformat(),
        "other": brief((wanted or slot).shift),
    }
    rows = ((do("yes", made.id), do("no", made.id)),)
    words = Message("duty.told.swap" if made.wants else "duty.told.substitute", params, rows)
    await letters.to_representatives(visit.uow, visit.now, f"offer.{made.id}.ask", slot, words, whom)


async def _offered(visit: Visit, about: str) -> tuple[Offer, Standing]:
    """An offer, and what somebody is to the place it gives away. Raises NotFound."""
    made = await visit.uow.duty.offer(int(about) if about.isascii() and about.isdigit() else 0)
    if made is None:
        raise NotFound
    found = await find(visit, str(made.slot))
    if found.own is None or (found.own != made.by and made.to not in (None, found.own)):
        raise NotFound
    return made, found


def _with(book: Book, made: Offer) -> Book:
    return replace(book, offers={**book.offers, made.id: book.offers.get(made.id, made)})


async def accept(visit: Visit, about: str) -> list[Message]:
    """Yes: both places change hands at once; whoever comes second is told kindly."""
    made, found = await _offered(visit, about)
    slot, who, now = found.slot, found.own or 0, visit.now
    origin = f"{visit.key}:accept"
    if not await visit.uow.duty.happened(origin):
        await demand_serving(visit, slot.shift.workroom, who)
    step = deed(visit, "swap" if made.wants else "substitute", found.seat, by=made.by, wants=made.wants)
    done = await change(
        visit, slot, origin, step, lambda b: duty.accept(_with(b, made), made.id, who, now.moment)
    )
    wanted = await visit.uow.duty.slot(made.wants) if made.wants else None
    other = brief((wanted or slot).shift)
    if not done.repeated:
        if wanted is not None:
            await visit.uow.duty.record(wanted.id, step, f"{origin}.other")
        await _tell_accepted(visit, made, slot, who, other)
    return [said("duty.done.swap" if made.wants else "duty.done.substitute", slot, {"other": other})]


async def _tell_accepted(visit: Visit, made: Offer, slot: Slot, who: int, other: Mapping[str, Any]) -> None:
    uow, now, key = visit.uow, visit.now, f"offer.{made.id}.done"
    name, before = await letters.name_of(uow, who), await letters.name_of(uow, made.by)
    kind = "swap" if made.wants else "substitute"
    more = {"name": name, "before": before, "other": other, "kind": kind}
    words = Message("duty.told.accepted", more, ((do("mine", 0, minor=True),),))
    await letters.to_representatives(uow, now, key, slot, words, [made.by])
    rows = ((do("shift", slot.shift.id, minor=True),),)
    await letters.to_liaison(uow, now, key, slot, "duty.told.changed", more, rows)


async def decline(visit: Visit, about: str) -> list[Message]:
    """No: who asked hears it and can ask somebody else."""
    made, found = await _offered(visit, about)
    slot, who = found.slot, found.own or 0
    step = deed(visit, "decline", found.seat, offer=made.id)
    done = await change(
        visit, slot, f"{visit.key}:decline", step, lambda b: duty.decline(_with(b, made), made.id, who)
    )
    if not done.repeated and made.to is not None:
        words = Message(
            "duty.told.declined", {"name": await letters.name_of(visit.uow, who)}, letters.view(slot)
        )
        key = f"offer.{made.id}.no"
        await letters.to_representatives(visit.uow, visit.now, key, slot, words, [made.by])
    return [said("duty.done.decline", slot)]


async def withdraw(visit: Visit, about: str) -> list[Message]:
    """Who asked takes it back; a named colleague need not answer any more."""
    found = await held(visit, about)
    slot, who = found.slot, found.own or 0
    book = await visit.uow.duty.book(slot.shift.workroom, visit.now.today - timedelta(days=1))
    made = next((o for o in book.offers.values() if o.slot == slot.id), None)
    origin = f"{visit.key}:withdraw"
    if made is None and not await visit.uow.duty.happened(origin):
        raise DomainError("duty.nothing_offered")
    number = made.id if made else 0
    step = deed(visit, "withdraw", found.seat, offer=number)
    done = await change(visit, slot, origin, step, lambda b: duty.withdraw(b, number, who))
    if not done.repeated and made is not None and made.to is not None:
        words = Message("duty.told.withdrawn", {"name": await letters.name_of(visit.uow, who)})
        key = f"offer.{number}.back"
        await letters.to_representatives(visit.uow, visit.now, key, slot, words, [made.to])
    return [said("duty.done.withdraw", slot)]
