"""Makes each month's rosters from the workrooms' open days, and lets shifts follow when days move.

One function does both: what the calendar says is compared with the shifts that are there. Run twice, or by
several planners at once, it changes nothing the second time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from domain.casework import Now
from domain.duty import Shift, Slot
from domain.duty_rotation import Planned, Turn, places_for, rotate
from domain.messages import Message
from domain.open_days import OpenDay, Plan, open_days
from domain.people import Seat
from handlers.duty_brief import brief, do
from handlers.duty_letters import letter
from handlers.house import House
from handlers.visit import now_of
from storage.outbox import NewLetter
from storage.unit import UnitOfWork

BATCH = 100
"""Workrooms in one transaction: people's own steps come in between."""

CHECKED = timedelta(days=1)
"""So often a month's shifts are compared with the calendar, though nothing has happened; whatever changes it
(a rule, an exception, a notice) is noted, and what it is noted for is compared at once."""

MEANWHILE = timedelta(minutes=1)
"""What somebody changes while all is being looked at has happened later than this before it."""

LATELY = timedelta(days=366)
"""Counts of so long weigh in when turns are given."""

SHIFTED = timedelta(days=40)
"""Nominal days so far before a window may have moved into it."""

Key = tuple[date, int]
"""A shift's name within its workroom: the rule's own day and the period."""


@dataclass
class Difference:
    """What the calendar changes: new shifts with their people, others moved or not held any more."""

    new: list[tuple[Shift, tuple[int | None, ...]]] = field(default_factory=list)
    moved: list[tuple[Shift, Shift]] = field(default_factory=list)


def month_of(now: Now) -> date:
    """The first day of the last month whose rosters are due: the next one from the 20th on (a setting)."""
    first = now.today.replace(day=1)
    return _next_month(first) if now.today.day >= now.calendar.terms.roster_day else first


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


async def wanting(uow: UnitOfWork, now: Now) -> dict[int, bool]:
    """The workrooms to be looked at, in order, and whether their month is made: one query."""
    return await uow.rosters.wanting(month_of(now), now.moment - CHECKED)


async def make(house: House) -> int:
    """Make and compare everything that is due; how many workrooms were looked at.

    All of them are looked at together, in four queries however many they are; what differs is put right a
    batch at a time.
    """
    async with house.database.reading() as connection:
        uow = UnitOfWork(connection)
        now = await now_of(uow, house)
        month = month_of(now)
        to_see = await wanting(uow, now)
        unlike = await _unlike(uow, now, to_see, month) if to_see else []
    if alike := to_see.keys() - set(unlike):
        async with house.database.writing() as connection:
            await UnitOfWork(connection).rosters.checked(alike, month, now.moment - MEANWHILE)
    for begin in range(0, len(unlike), BATCH):
        async with house.database.writing() as connection:
            uow = UnitOfWork(connection)
            await compare(uow, await now_of(uow, house), unlike[begin : begin + BATCH], month)
        if "outbox" in uow.__dict__ and uow.outbox.posted:
            house.posted()
    return len(to_see)


async def _unlike(uow: UnitOfWork, now: Now, to_see: Mapping[int, bool], month: date) -> list[int]:
    """The workrooms whose month isn't made, or whose shifts are not where the calendar has them."""
    known = await _known(uow, now, list(to_see) if len(to_see) <= BATCH else None)
    found = []
    for room, made in to_see.items():
        moved, new = _differs(room, known, now, month)
        if not made or moved or new:
            found.append(room)
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """By workroom: when it is open, and its shifts that may still move."""

    plans: Mapping[int, Plan]
    shifts: Mapping[int, Sequence[Shift]]


async def _known(uow: UnitOfWork, now: Now, rooms: Sequence[int] | None) -> Known:
    """Of these workrooms, or of all: three queries."""
    plans = await uow.open_days.plans(rooms)
    return Known(plans, await uow.rosters.shifts_ahead(rooms, now.today - SHIFTED))


def _differs(room: int, known: Known, now: Now, month: date) -> tuple[list[tuple[Shift, Shift]], list[Shift]]:
    """A workroom's shifts that have moved, with where to; and those that are not there yet."""
    last = _next_month(month) - timedelta(days=1)
    plan = known.plans.get(room)
    days = open_days(plan, now.today - SHIFTED, last + SHIFTED, now.calendar) if plan else []
    wanted = dict(_shifts(room, days, now))
    there = {(shift.nominal, shift.part): shift for shift in known.shifts.get(room, ())}
    new = [s for key, s in wanted.items() if key not in there and now.moment < s.starts_at and s.day <= last]
    return list(_moves(now, wanted, there)), new


async def compare(uow: UnitOfWork, now: Now, rooms: Sequence[int], month: date) -> None:
    """Bring these workrooms' shifts up to the end of that month to where the calendar has them."""
    await uow.rosters.begin(rooms, month, now.moment, now.moment - MEANWHILE)
    known = await _known(uow, now, rooms)
    people = await uow.rosters.people(rooms)
    records = await uow.rosters.records(rooms, now.today - LATELY)
    difference = Difference()
    for room in rooms:
        moved, new = _differs(room, known, now, month)
        difference.moved += moved
        difference.new += _manned(now, new, people.get(room, []), records)
    await uow.rosters.add(difference.new)
    await uow.rosters.move([after for _, after in difference.moved])
    names = await uow.rosters.names(rooms) if difference.new or difference.moved else {}
    letters = [
        *await _of_moves(uow, difference, names),
        *await _of_new(uow, difference, names),
    ]
    await uow.outbox.post_all(letters, now.moment)


def _shifts(room: int, days: Iterable[OpenDay], now: Now) -> Iterable[tuple[Key, Shift]]:
    for day in days:
        for part, period in enumerate(day.periods):
            starts, ends = period.moments(day.day, now.calendar.zone)
            yield (day.nominal, part), Shift(0, room, day.day, starts, ends, day.nominal, part, day.tentative)


def _moves(
    now: Now, wanted: Mapping[Key, Shift], known: Mapping[Key, Shift]
) -> Iterable[tuple[Shift, Shift]]:
    """What is at another time than it was, or fallen out; what has begun stays where it was."""
    for key, old in known.items():
        if old.starts_at <= now.moment:
            continue
        new = wanted.get(key)
        if new is None or new.starts_at <= now.moment:
            after = replace(old, cancelled=True)
        else:
            after = replace(new, id=old.id, version=old.version)
        if after != old:
            yield old, after


def _manned(
    now: Now, new: Sequence[Shift], people: Sequence[int], records: Mapping[int, Turn]
) -> Iterable[tuple[Shift, tuple[int | None, ...]]]:
    """A workroom's new shifts with who keeps them, in turn."""
    ordered = sorted(new, key=lambda shift: (shift.starts_at, shift.part))
    places = places_for(now.calendar.terms.shift_people, len(people))
    planned = [Planned(shift.day, places) for shift in ordered]
    return zip(ordered, rotate(planned, people, records), strict=True) if planned else ()


# --- who is told -----------------------------------------------------------------------------------------


async def _of_moves(uow: UnitOfWork, found: Difference, names: Mapping[int, str]) -> list[NewLetter]:
    """Who keeps a shift that is at another time now, or not held; the liaison. A day made sure is no news."""
    news = [pair for pair in found.moved if _is_news(*pair)]
    if not news:
        return []
    kept = await uow.rosters.keepers([old.id for old, _ in news])
    holders = {shift: list(ones) for shift, ones in groupby(kept, key=lambda s: s.shift.id)} if kept else {}
    liaisons = await uow.rosters.liaisons({old.workroom for old, _ in news})
    told: dict[tuple[Seat, int], list[tuple[Shift, Shift]]] = {}
    for pair in news:
        for seat in _concerned(pair[0], holders.get(pair[0].id, []), liaisons):
            told.setdefault((seat, pair[0].workroom), []).append(pair)
    return [_moved(seat, names.get(room, ""), pairs) for (seat, room), pairs in told.items()]


def _concerned(shift: Shift, kept: Sequence[Slot], liaisons: Mapping[int, int]) -> list[Seat]:
    liaison = liaisons.get(shift.workroom)
    holders = [Seat("representative", slot.holder) for slot in kept if slot.holder is not None]
    return [*holders, *([Seat("liaison", liaison)] if liaison else [])]


def _is_news(old: Shift, new: Shift) -> bool:
    before, after = (old.starts_at, old.ends_at), (new.starts_at, new.ends_at)
    return old.cancelled != new.cancelled or (not new.cancelled and before != after)


NAMED = 10
"""Moves named in one letter; more are counted."""


def _moved(seat: Seat, workroom: str, pairs: Sequence[tuple[Shift, Shift]]) -> NewLetter:
    """All that has moved for one seat, in one letter."""
    first, new = pairs[0]
    key = f"shift.{first.id}.{first.version + 1}"
    about = f"{first.workroom}.0"
    rows = ((do("roster", about, minor=True) if seat.role == "liaison" else do("mine", 0, minor=True),),)
    if len(pairs) == 1:
        again = "duty.told.again" if first.cancelled else "duty.told.moved"
        words = "duty.told.cancelled" if new.cancelled else again
        params: dict[str, Any] = {**brief(new), "before": brief(first), "workroom": workroom}
        return letter(key, seat, words, params, rows)
    lines = [
        {"before": brief(old), "after": None if after.cancelled else brief(after)}
        for old, after in pairs[:NAMED]
    ]
    params = {"workroom": workroom, "moves": lines, "more": len(pairs) - len(lines)}
    return letter(key, seat, "duty.told.moves", params, rows)


async def _of_new(uow: UnitOfWork, found: Difference, names: Mapping[int, str]) -> list[NewLetter]:
    """New shifts: each representative reads their own, the liaison how many there are and where holes are."""
    if not found.new:
        return []
    liaisons = await uow.rosters.liaisons({shift.workroom for shift, _ in found.new})
    letters = []
    for room, ones in groupby(found.new, key=lambda pair: pair[0].workroom):
        letters += _month(room, list(ones), liaisons.get(room), names.get(room, ""))
    return letters


def _month(
    room: int,
    made: Sequence[tuple[Shift, tuple[int | None, ...]]],
    liaison: int | None,
    name: str,
) -> list[NewLetter]:
    own: dict[int, list[dict[str, Any]]] = {}
    for shift, kept in made:
        for who in kept:
            if who is not None:
                own.setdefault(who, []).append(brief(shift))
    first, count = made[0][0], len(made)
    key = f"roster.{room}.{first.nominal.isoformat()}.{first.part}.{count}"
    rows = ((do("mine", 0, minor=True),),)
    letters = [
        letter(
            key, Seat("representative", who), "duty.told.roster", {"shifts": lines, "workroom": name}, rows
        )
        for who, lines in own.items()
    ]
    if liaison is not None:
        holes = sum(who is None for _, kept in made for who in kept)
        params = {"workroom": name, "count": count, "holes": holes}
        message = Message("duty.told.table", params, ((do("roster", f"{room}.0"),),))
        letters.append(NewLetter(f"{key}.liaison:{liaison}", Seat("liaison", liaison), message))
    return letters
