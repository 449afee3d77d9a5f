"""Everybody is reminded of what is due: found in a few queries, written into the outbox, once each.

A round asks a fixed number of questions however much is due. What it finds is named by what it is about, the
rung and the seat; the ledger and the outbox take each name once, so that any number of planners may run.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from operator import itemgetter
from typing import Any

from domain.cases import Case, Part, may
from domain.casework import Now
from domain.certain import certain
from domain.messages import Choice, Message, Rows
from domain.people import Seat
from domain.reminders import (
    KINDS,
    WAITERS,
    Due,
    Name,
    Staff,
    Step,
    Voice,
    kind_of,
    name_of,
    notice_week,
    quarter_of,
    receivers,
    rungs,
    visit_is_short,
)
from domain.tasks import LEADING, task_of
from handlers import buttons, ratings, reminders_duty
from handlers.house import House
from handlers.rights import parts_of_seat
from storage.outbox import Letter, NewLetter
from storage.reminders import Addresses
from storage.unit import UnitOfWork

Source = Callable[[UnitOfWork, Now], Awaitable[list[Due]]]

ABOUT = 60
"""Characters of a case's words in a reminder: it names the case, it doesn't show it."""

SLICE = 500
"""Letters made before others get their turn on the loop."""


async def plan(house: House, now: Now, sources: Sequence[Source] | None = None) -> int:
    """Write everything that is due now; how many reminders were found.

    Looking takes no lock: what somebody settles in between is dropped before it is delivered (`settled`).
    """
    async with house.database.reading() as connection:
        uow = UnitOfWork(connection)
        found = [due for source in sources or SOURCES for due in await source(uow, now)]
        muted = await uow.reminders.mutes() if found else frozenset()
    if not found:
        return 0
    # a seat's letters lie together, and two planners write in the same order: neither waits for the other
    named = sorted(((str(due.seat), due.key, due) for due in found), key=itemgetter(0, 1))
    told = [(due, due.seat.role != NOBODY and (seat, due.kind) not in muted) for seat, _, due in named]
    goes = [(key, due) for (_, key, due), (_, goes) in zip(named, told, strict=True) if goes]
    letters = await _letters(goes)
    async with house.database.writing() as connection:
        uow = UnitOfWork(connection)
        await uow.reminders.record(told, now.moment)
        await uow.outbox.post_all(letters, now.moment, _not_before(now))
    house.posted()
    return len(found)


def _not_before(now: Now) -> datetime | None:
    """What is found at night lies ready for the morning instead of being looked at all night."""
    return now.calendar.end_of_quiet(now.moment) if now.calendar.is_quiet(now.moment) else None


async def _letters(found: Sequence[tuple[str, Due]]) -> list[NewLetter]:
    letters = []
    for place, (key, due) in enumerate(found):
        letters.append(NewLetter(key, due.seat, _with_mute(due), due.case))
        if place % SLICE == SLICE - 1:
            await asyncio.sleep(0)  # thousands are made at midnight while people go on talking
    return letters


def _with_mute(due: Due) -> Message:
    """Under each reminder: hear no more of this kind, or what can be switched off at all."""
    message = due.message
    return Message(message.key, message.params, (*message.choices, _minor(due.kind)), message.media)


@cache
def _minor(kind: str) -> tuple[Choice, ...]:
    settings = Choice("go:reminders", "command.reminders", minor=True)
    stop = Choice(f"remind:{kind}:off", "reminder.stop", minor=True)
    return (settings,) if KINDS[kind].duty else (stop, settings)


async def settled(uow: UnitOfWork, now: Now, letters: Sequence[Letter]) -> set[int]:
    """Of letters about to go out, the reminders of what somebody has done in the meantime."""
    read = ((letter, name_of(letter.key)) for letter in letters)
    # by whom it is for now: a person may have come to be one with another since
    names = {letter.id: replace(name, seat=letter.seat) for letter, name in read if name is not None}
    done = {one.id for one in letters if one.id in names and _is_over(now, names[one.id], one.message)}
    for check in CHECKS:
        done |= await check(uow, now, names)
    told = {one.id: one.message for one in letters if one.id in names}
    done |= await reminders_duty.otherwise_now(uow, now, names, told)
    return done | await ratings.settled(uow, letters)


def _is_over(now: Now, name: Name, message: Message) -> bool:
    """Whether the day it speaks of has passed: nobody is told of yesterday's shift or open day."""
    day = message.params.get("day") if name.topic in reminders_duty.TOPICS else None
    return day is not None and date.fromisoformat(day) < now.today


async def _switched_off(uow: UnitOfWork, now: Now, names: Mapping[int, Name]) -> set[int]:
    """Of a kind that its receiver has switched off since it was found."""
    kinds = {letter: kind for letter, name in names.items() if not KINDS[kind := kind_of(name)].duty}
    muted = await uow.reminders.mutes_of({names[letter].seat for letter in kinds})
    return {letter for letter, kind in kinds.items() if (str(names[letter].seat), kind) in muted}


async def _cases_settled(uow: UnitOfWork, now: Now, names: Mapping[int, Name]) -> set[int]:
    terms = {letter: name for letter, name in names.items() if name.topic in WAITERS}
    if not terms:
        return set()
    standing = await uow.reminders.still_waiting([name.subject for name in terms.values()])
    return {
        letter
        for letter, name in terms.items()
        if standing.get(name.subject) != (name.topic, name.turn, name.day)
    }


async def _visits_settled(uow: UnitOfWork, now: Now, names: Mapping[int, Name]) -> set[int]:
    owed = {letter: name for letter, name in names.items() if name.topic == "visit"}
    if not owed:
        return set()
    last = max(name.day for name in owed.values())
    visited = await uow.reminders.visited([n.subject for n in owed.values()], *quarter_of(last))
    return {letter for letter, name in owed.items() if name.subject in visited}


CHECKS: tuple[Callable[[UnitOfWork, Now, Mapping[int, Name]], Awaitable[set[int]]], ...] = (
    _switched_off,
    _cases_settled,
    _visits_settled,
    reminders_duty.shifts_settled,
    reminders_duty.wishes_settled,
)
"""By letter id, what each of them reminds of: which need not be said any more."""


# --- cases -------------------------------------------------------------------------------------------------

NOBODY = "nobody"
"""The role of a seat that isn't: recorded, so that the same case isn't looked at every minute."""


async def terms_of_cases(uow: UnitOfWork, now: Now) -> list[Due]:
    """Cases that wait for somebody: before the term, on it, after it, then up the ladder (part 3, 10)."""
    today = rungs(now.today, now.calendar)
    if today is None:
        return []
    waiting = await uow.reminders.waiting(today, now.calendar.start_of(now.today))
    if not waiting:
        return []
    seats = await uow.reminders.seats()
    found: list[Due] = []
    known: dict[Any, tuple[str, ...]] = {}
    for case in waiting:
        step = today.step(certain(case.wait_until))
        if step is not None:
            told = receivers(step, staff_around(case, seats)) or {Seat(NOBODY, 0): "own"}
            room = seats.rooms.get(case.workroom, "")
            for seat, voice in told.items():
                found.append(_due(case, step, seat, voice, room, _choices(case, seat, voice, known)))
    return found


def staff_around(case: Case, seats: Addresses) -> Staff:
    """Whose turn it is, by seats; the liaison; the office."""
    doers: tuple[Seat, ...] = ()
    liaison = seats.liaisons.get(case.workroom)
    match case.waits_for:
        case Part.LIAISON:
            doers = (liaison,) if liaison else ()
        case Part.HANDLER if case.representative:
            doers = (Seat("representative", case.representative),)
        case Part.CALLER if case.caller:
            doers = (Seat.parse(case.caller),)
        case Part.CONTACT if case.route:
            own = case.route.department
            doers = seats.officers if own is None else seats.contacts.get(own, ())
    return Staff(doers, liaison, seats.officers)


_WORDS: dict[Voice, str] = {"own": "reminder.term", "other": "reminder.other", "office": "reminder.office"}


def _due(case: Case, step: Step, seat: Seat, voice: Voice, room: str, rows: Rows) -> Due:
    day = certain(case.wait_until)
    params = {
        "number": case.number,
        "step": step,
        "task": task_of(case),
        "turn": str(case.waits_for),
        "wait_until": day.isoformat(),
        "workroom": room,
        # the office has no part in the case: it hears which one, not what it says (TRUST 20)
        "about": case.words[:ABOUT] if voice != "office" else "",
        "urgent": case.urgent,
    }
    message = Message(_WORDS[voice], params, rows)
    kind = "soon" if step == "soon" else "term"
    return Due(str(case.waits_for), case.id, day, step, seat, kind, message, case.round, case.id)


def _choices(case: Case, seat: Seat, voice: Voice, known: dict[Any, tuple[str, ...]]) -> Rows:
    """What does it, then the whole case; the office has nothing to press in a case of somebody else."""
    if voice == "office":
        return ()
    show = (Choice(f"show:{case.number}", "case.do.show"),)
    if voice != "own":
        return (show,)
    parts = parts_of_seat(seat, case)
    alike = (*_shape(case), parts)
    if alike not in known:
        names = LEADING.get(task_of(case), ())
        known[alike] = tuple(name for name in names if _possible(name, case, parts))[:2]
    first = tuple(buttons.do(name, case.number) for name in known[alike])
    return (first, show) if first else (show,)


def _shape(case: Case) -> tuple[object, ...]:
    """What decides about the possible actions (domain.cases.may): of thousands of cases few differ in it."""
    route = case.route
    lies = (route.state, route.extension) if route else None
    return case.state, case.waits_for, lies, case.extended, case.caller is None, case.called_back


def _possible(name: str, case: Case, parts: frozenset[Part]) -> bool:
    names = buttons.ADVICE if name == "advise" else (name,)
    return any(may(action, case, parts) for action in names)


# --- what is owed by the calendar --------------------------------------------------------------------------


async def visits_missing(uow: UnitOfWork, now: Now) -> list[Due]:
    """The quarter's visit, two weeks before its end, to the representative alone (rule 34)."""
    if not visit_is_short(now.today, now.calendar):
        return []
    first, last = quarter_of(now.today)
    params = {"until": last.isoformat(), "quarter": (last.month + 2) // 3}
    message = Message("reminder.visit", params, ((Choice("go:visit", "command.visit"),),))
    return [
        Due("visit", number, last, "short", Seat("representative", number), "visit", message)
        for number in await uow.reminders.unvisited(first, last)
    ]


async def notice_wanted(uow: UnitOfWork, now: Now) -> list[Due]:
    """From 1 November on the office is asked for next year's holiday notice, weekly until it is there."""
    wanted = notice_week(now.today)
    year, day = wanted
    if not now.calendar.is_tentative(date(year, 1, 1)):
        return []
    if await uow.reminders.told("notice", year, day):
        return []
    officers = (await uow.reminders.seats()).officers
    rows = ((Choice("go:holidays", "command.holidays"),),)
    message = Message("reminder.notice", {"year": year}, rows)
    return [Due("notice", year, day, "week", seat, "notice", message) for seat in officers]


SOURCES: tuple[Source, ...] = (
    terms_of_cases,
    visits_missing,
    notice_wanted,
    reminders_duty.shifts_ahead,
    reminders_duty.wishes,
)
"""Everything that people are reminded of; another area adds its own."""
