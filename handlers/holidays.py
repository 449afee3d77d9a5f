"""A notice of working days is loaded: terms and open days follow, and whoever was told a day hears of it."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.calendar import Calendar
from domain.casework import Now
from domain.holiday_notice import Notice
from domain.holidays import Holidays
from domain.longer_terms import Recount, Running, differing
from domain.messages import Choice, Message
from domain.people import Seat
from handlers import open_day_changes
from storage.outbox import NewLetter
from storage.running_terms import RunningCase, RunningTerms
from storage.unit import UnitOfWork

SHOWN = 8
"""Cases named in one letter."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of it: whether anything changed, days that work differently now, cases, letters."""

    changed: bool
    days: int = 0
    cases: int = 0
    letters: int = 0


async def load(uow: UnitOfWork, now: Now, notice: Notice) -> Loaded:
    """Keep the notice and do everything that follows from it, in the caller's transaction.

    The same notice again changes nothing. No term becomes shorter.
    """
    before = now.calendar
    earlier = await uow.holidays.all()
    if not await uow.holidays.load(notice, now.moment):
        return Loaded(changed=False)
    after = replace(before, holidays=Holidays(await uow.holidays.all()))
    years = {day.year for day in (*earlier, *notice.days)}
    days = differing(before, after, years)
    later = replace(now, calendar=after)
    lengthened_cases = await _lengthen(uow, later, before, days)
    told = await _tell(uow, later, lengthened_cases)
    told += await open_day_changes.settle(uow, later)
    await uow.open_days.touch(await uow.open_days.rooms(), now.moment)
    return Loaded(True, len(days), len(lengthened_cases), told)


Lengthened = Sequence[tuple[RunningCase, Running]]


async def _lengthen(uow: UnitOfWork, now: Now, before: Calendar, days: Sequence[object]) -> Lengthened:
    """The running terms by the new calendar, written; those that changed."""
    if not days:
        return []
    terms = RunningTerms(uow.connection)
    found = await terms.all(now.today, before.zone)
    count = Recount(before, now.calendar)
    made = [(case, count.lengthened(case.terms)) for case in found]
    changed = [(case, new) for case, new in made if new != case.terms]
    routed = {case.route: new.route_by for case, new in changed if case.route and new.route_by}
    await terms.write({case.id: new for case, new in changed}, routed, now.moment)
    return changed


async def _tell(uow: UnitOfWork, now: Now, changed: Lengthened) -> int:
    """One letter to each resident who was promised a day, and to each seat whose turn ends later."""
    seats = await RunningTerms(uow.connection).seats([case for case, _ in changed]) if changed else {}
    promised: dict[Seat, list[tuple[RunningCase, str]]] = defaultdict(list)
    turns: dict[Seat, list[tuple[RunningCase, str]]] = defaultdict(list)
    for case, new in changed:
        if new.answer_by != case.terms.answer_by and case.state != "answered":
            promised[Seat("person", case.person)].append((case, new.answer_by.isoformat()))
        if new.wait_until and new.wait_until != case.terms.wait_until:
            for seat in seats[case.id]:
                turns[seat].append((case, new.wait_until.isoformat()))
    letters = [_letter("holidays.terms.resident", seat, told) for seat, told in promised.items()]
    letters += [_letter("holidays.terms.staff", seat, told) for seat, told in turns.items()]
    await uow.outbox.post_all(letters, now.moment)
    return len(letters)


def _letter(key: str, seat: Seat, told: Sequence[tuple[RunningCase, str]]) -> NewLetter:
    which = ",".join(f"{case.number}.{until}" for case, until in told)
    name = hashlib.blake2b(which.encode(), digest_size=12).hexdigest()
    lines = [{"number": case.number, "about": case.about, "until": until} for case, until in told[:SHOWN]]
    rows = (
        tuple(
            (
                Choice(
                    f"show:{case.number}",
                    "list.case",
                    {"about": case.about, "number": case.number, "state": case.state},
                ),
            )
            for case, _ in told[:SHOWN]
        )
        if len(told) == 1
        else ()
    )
    params = {"cases": lines, "more": max(0, len(told) - SHOWN)}
    return NewLetter(f"terms:{seat}:{name}", seat, Message(key, params, rows))
