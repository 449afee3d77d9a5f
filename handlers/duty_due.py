"""What is due around shifts, for the planner: months made, ends closed, holes warned of, calls passed on.

Any number of planners may run: everything has a name of its own, and what was done is not done again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from itertools import groupby

from domain import duty_presence
from domain.casework import Now
from domain.duty import Slot, SlotState
from domain.messages import Rows
from domain.people import Seat
from handlers import duty_letters, duty_rosters, duty_routing
from handlers.duty_brief import brief, do, presence
from handlers.duty_letters import letter
from handlers.house import House
from storage.outbox import NewLetter
from storage.unit import UnitOfWork

MOST = 500
"""Of each thing in one round; what is left over the next one does."""

ASKED_LATE = timedelta(hours=36)
"""A planner that was away asks about yesterday's shift too, and about no older one."""

Part = Callable[[UnitOfWork, Now], Awaitable[int]]


async def settle(house: House, now: Now) -> int:
    """Do everything that is due now; how many things that were."""
    done = 0
    async with house.database.writing() as connection:  # one for all: every minute finds next to nothing
        uow = UnitOfWork(connection)
        quiet = now.calendar.is_quiet(now.moment)
        for part in PARTS:
            if not (part in DAYTIME and quiet):
                done += await part(uow, now)
        wanting = await duty_rosters.wanting(uow, now)
    if "outbox" in uow.__dict__ and uow.outbox.posted:
        house.posted()
    return done + (await duty_rosters.make(house) if wanting else 0)


async def close(uow: UnitOfWork, now: Now) -> int:
    """A shift is over: who was there has done it, whoever wasn't has missed it, a hole stays one."""
    ended = await uow.duty_ends.ended(now.moment, MOST)
    live = [slot for slot in ended if not slot.shift.cancelled and slot.holder is not None]
    closed = {slot.id: duty_presence.settle(slot, now.calendar.terms) for slot in live}
    await uow.duty_ends.settle([closed.get(slot.id, slot) for slot in ended], now.moment)
    await uow.duty_ends.record_ends([(slot, closed[slot.id]) for slot in live], now.moment)
    return len(ended)


async def ask(uow: UnitOfWork, now: Now) -> int:
    """The same evening: whoever has not checked in, or not checked out, is asked about it."""
    if now.moment.astimezone(now.calendar.zone).time() < now.calendar.terms.duty_ask_at:
        return 0
    found = await uow.duty_ends.to_ask(now.moment - ASKED_LATE, MOST)
    if not found:
        return 0
    auto = await uow.duty_ends.closed_by_service([slot.id for slot in found])
    letters = [_evening(slot, slot.id in auto) for slot in found if slot.holder is not None]
    await uow.outbox.post_all([one for one in letters if one is not None], now.moment)
    await uow.duty_ends.asked({slot.shift.id for slot in found}, now.moment)
    return len(found)


def _evening(slot: Slot, auto: bool) -> NewLetter | None:
    seat, key = Seat("representative", slot.holder or 0), f"slot.evening.{slot.id}"
    params = {**brief(slot.shift), **presence(slot)}
    if slot.state == SlotState.MISSED:
        rows: Rows = ((do("was", slot.id), do("wasnt", slot.id)),)
        return letter(key, seat, "duty.told.not_in", params, rows)
    if auto:
        return letter(key, seat, "duty.told.not_out", params, ((do("early", slot.id, minor=True),),))
    return None


async def warn(uow: UnitOfWork, now: Now) -> int:
    """Three working days before an empty place its liaison is warned, once for each time it falls empty."""
    until = now.in_workdays(now.calendar.terms.empty_warning_days)
    found = await uow.duty_ends.empty(now.moment, until, MOST)
    if not found:
        return 0
    rooms = {slot.shift.workroom for slot in found}
    liaisons, names = await uow.rosters.liaisons(rooms), await uow.rosters.names(rooms)
    office = [Seat("officer", o.id) for o in await uow.registry.officers()]
    letters = []
    for _, places in groupby(found, key=lambda slot: slot.shift.id):
        ones = list(places)
        shift = ones[0].shift
        params = {**brief(shift), "workroom": names.get(shift.workroom, ""), "count": len(ones)}
        own = liaisons.get(shift.workroom)
        seats = [Seat("liaison", own)] if own else office
        key = f"slot.empty.{ones[0].id}.{ones[0].version}"
        rows = ((do("fill", ones[0].id), do("shift", shift.id, minor=True)),)
        letters += [letter(key, seat, "duty.told.empty", params, rows) for seat in seats]
    await uow.outbox.post_all(letters, now.moment)
    await uow.duty_ends.warned([slot.id for slot in found], now.moment)
    return len(found)


async def lapse(uow: UnitOfWork, now: Now) -> int:
    """Offers nobody answered end; who made them keeps the place and hears it."""
    ended = await uow.duty_ends.lapse(now.moment, MOST)
    letters = [
        letter(
            f"offer.{one.id}.expired",
            Seat("representative", one.by),
            "duty.told.expired",
            brief(one.slot.shift),
            ((do("slot", one.slot.id, minor=True),),),
        )
        for one in ended
    ]
    await uow.outbox.post_all(letters, now.moment)
    return len(ended)


async def release(uow: UnitOfWork, now: Now) -> int:
    """Who no longer serves at a workroom keeps no shift there; its liaison sees the holes (rule 23)."""
    left = await uow.duty_ends.left_behind(now.moment, MOST)
    if not left:
        return 0
    void = await uow.duty_ends.offered([slot.id for slot in left])
    await uow.duty_ends.open_up(left)
    gone = [(slot, replace(slot, holder=None)) for slot in left]
    await uow.duty_ends.record_ends(gone, now.moment, "release")
    rooms = {slot.shift.workroom for slot in left}
    liaisons, names = await uow.rosters.liaisons(rooms), await uow.rosters.names(rooms)
    who = await uow.registry.names_of_seats({f"representative:{slot.holder}" for slot in left})
    letters = duty_letters.void(void, {slot.holder for slot in left if slot.holder})
    ordered = sorted(left, key=lambda s: (s.shift.workroom, s.holder or 0, s.shift.starts_at))
    for (room, holder), ones in groupby(ordered, key=lambda s: (s.shift.workroom, s.holder)):
        places = list(ones)
        if room not in liaisons:
            continue  # the warning before an empty shift reaches the office
        first, name = places[0], who.get(f"representative:{holder}", "")
        params = {**brief(first.shift), "workroom": names.get(room, ""), "name": name, "count": len(places)}
        rows = ((do("fill", first.id) if len(places) == 1 else do("holes", f"{room}.0"),),)
        key = f"slot.left.{first.id}.{first.version}"
        letters.append(letter(key, Seat("liaison", liaisons[room]), "duty.told.left", params, rows))
    await uow.outbox.post_all(letters, now.moment)
    return len(left)


PARTS: tuple[Part, ...] = (close, release, lapse, ask, warn, duty_routing.go_on)
DAYTIME = (ask, warn)
"""What would disturb somebody's night waits for the morning (part 3, 13)."""
