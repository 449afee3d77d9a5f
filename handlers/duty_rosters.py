"""Makes each month's rosters from the workrooms' open days, and lets shifts follow when days move.

One function does both: what the calendar says is compared with the shifts that are there, and with what
people were told. Run twice, or by several planners at once, it changes nothing the second time.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.casework import Now
from domain.duty import Shift
from domain.duty_rotation import Planned, Turn, places_for, rotate
from domain.open_days import OpenDay, Plan, open_days
from handlers import open_day_changes
from handlers.duty_letters import void
from handlers.duty_roster_letters import Manned, is_news, of_moves, of_new
from handlers.house import House
from handlers.visit import now_of
from storage.shift_sizes import ShiftSizes
from storage.unit import UnitOfWork

BATCH = 100
"""Workrooms in one transaction: people's own steps come in between."""

MOST = 5_000
"""Workrooms looked at in one round: more than a city has; the rest a minute later."""

SLICE = 50
"""Workrooms looked at in one go."""

CHECKED = timedelta(hours=1)
"""So often a month's shifts are compared with the calendar; at once when somebody has changed it."""

LATELY = timedelta(days=366)
"""Counts of so long weigh in when turns are given."""

SHIFTED = timedelta(days=40)
"""Nominal days so far before a window may have moved into it."""

FORGOTTEN = timedelta(days=92)
"""Who was told a day so long ago is forgotten; no day moves so far."""

Key = tuple[date, int]
"""A shift's name within its workroom: the rule's own day and the period."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What the calendar changes of a workroom: new shifts, others moved or not held any more."""

    new: list[Shift]
    moved: list[tuple[Shift, Shift]]

    @property
    def found(self) -> bool:
        """Whether there is any."""
        return bool(self.new or self.moved)


def month_of(now: Now) -> date:
    """The first day of the last month whose rosters are due: the next one from the 20th on (a setting)."""
    first = now.today.replace(day=1)
    return _next_month(first) if now.today.day >= now.calendar.terms.roster_day else first


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at the workrooms has found: those where something is to be done, and all others."""

    now: Now
    differing: tuple[int, ...] = ()
    same: tuple[int, ...] = ()


async def wanting(uow: UnitOfWork, now: Now) -> bool:
    """Whether there is a workroom to be looked at: one query."""
    return any(await uow.rosters.wanting(month_of(now), now.moment - CHECKED, MOST))


async def make(house: House) -> int:
    """Make and compare everything that is due; how many workrooms were looked at.

    Looking asks the same number of questions however many workrooms there are, and keeps nobody from
    writing. Where something differs it is seen to, a batch at a time.
    """
    found = await _look(house)
    month = month_of(found.now)
    for first in range(0, len(found.differing), BATCH):
        async with house.database.writing() as connection:
            uow = UnitOfWork(connection)
            now = await now_of(uow, house)
            await compare(uow, now, found.differing[first : first + BATCH], month)
        if "outbox" in uow.__dict__ and uow.outbox.posted:
            house.posted()
    if found.same:
        async with house.database.writing() as connection:
            uow = UnitOfWork(connection)
            await uow.rosters.checked(found.same, month, found.now.moment)
            await uow.open_days.forget_told(found.now.today - FORGOTTEN, found.same)
    return len(found.differing) + len(found.same)


async def _look(house: House) -> Looked:
    """The workrooms whose month isn't made, or was not compared with the calendar for a while."""
    async with house.database.reading() as connection:
        uow = UnitOfWork(connection)
        now = await now_of(uow, house)
        made, unmade = await uow.rosters.wanting(month_of(now), now.moment - CHECKED, MOST)
        if not made:
            return Looked(now, tuple(unmade))
        plans = await uow.open_days.plans(made)
        there = await uow.rosters.shifts_ahead(made, now.today - SHIFTED)
        differing = {*unmade, *await open_day_changes.misled(uow, now, made)}
    for count, room in enumerate(made):
        if _difference(room, plans.get(room), there.get(room, ()), now, month_of(now)).found:
            differing.add(room)
        if count % SLICE == SLICE - 1:
            await asyncio.sleep(0)  # whoever writes meanwhile is answered
    return Looked(now, tuple(sorted(differing)), tuple(room for room in made if room not in differing))


async def compare(uow: UnitOfWork, now: Now, rooms: Sequence[int], month: date) -> None:
    """Bring these workrooms' shifts up to the end of that month to where the calendar has them.

    Whoever was told another day is told, too: also of a day that moved while they were asking for it.
    """
    await uow.rosters.begin(rooms, month, now.moment)
    plans = await uow.open_days.plans(rooms)
    there = await uow.rosters.shifts_ahead(rooms, now.today - SHIFTED)
    found = {room: _difference(room, plans.get(room), there.get(room, ()), now, month) for room in rooms}
    moved = [pair for one in found.values() for pair in one.moved]
    new = await _manned(uow, now, {room: one.new for room, one in found.items()})
    names = await uow.rosters.names(rooms) if new or moved else {}
    news = [old.id for old, after in moved if is_news(old, after)]
    gone = await uow.duty_ends.offered_in(news) if news else []
    await uow.rosters.add(new)
    await uow.rosters.move([after for _, after in moved], news)
    letters = [*await of_moves(uow, moved, names), *void(gone), *await of_new(uow, new, names)]
    await uow.outbox.post_all(letters, now.moment)
    await open_day_changes.settle(uow, now, rooms)


def _difference(room: int, plan: Plan | None, there: Sequence[Shift], now: Now, month: date) -> Difference:
    """What the calendar changes for a workroom, in the months up to that one."""
    last = _next_month(month) - timedelta(days=1)
    days = open_days(plan, now.today - SHIFTED, last + SHIFTED, now.calendar) if plan else []
    wanted = dict(_shifts(room, days, now))
    known = {(shift.nominal, shift.part): shift for shift in there}
    new = [s for key, s in wanted.items() if key not in known and now.moment < s.starts_at and s.day <= last]
    return Difference(new, list(_moves(now, wanted, known)))


def _shifts(room: int, days: Iterable[OpenDay], now: Now) -> Iterable[tuple[Key, Shift]]:
    for day in days:
        for part, period in enumerate(day.periods):
            starts, ends = period.moments(day.day, now.calendar.zone)
            unsure = day.tentative and day.day > now.today  # what is held today moves no more
            yield (day.nominal, part), Shift(0, room, day.day, starts, ends, day.nominal, part, unsure)


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


async def _manned(uow: UnitOfWork, now: Now, new: Mapping[int, Sequence[Shift]]) -> Manned:
    """The workrooms' new shifts with who keeps them, in turn."""
    rooms = [room for room, shifts in new.items() if shifts]
    if not rooms:
        return []
    people = await uow.rosters.people(rooms)
    records = await uow.rosters.records(rooms, now.today - LATELY)
    sizes = await ShiftSizes(uow.connection).of(rooms)
    usual = now.calendar.terms.shift_people
    return [
        pair
        for room in rooms
        for pair in _turns(new[room], sizes.get(room, usual), people.get(room, []), records)
    ]


def _turns(new: Sequence[Shift], size: int, people: Sequence[int], records: Mapping[int, Turn]) -> Manned:
    ordered = sorted(new, key=lambda shift: (shift.starts_at, shift.part))
    planned = [Planned(shift.day, places_for(size, len(people))) for shift in ordered]
    return list(zip(ordered, rotate(planned, people, records), strict=True))
