"""Terms that run while the calendar changes: counted anew, and never shorter (part 3, 10)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from domain.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Running:
    """The days of an open case that count: those of its round, of its route, of its rating.

    `begun`, `sent` and `answered` are the local days from which they were counted.
    """

    begun: date
    accept_by: date
    opinion_by: date
    answer_by: date
    wait_until: date | None = None
    answered: date | None = None
    ask_rating_on: date | None = None
    lapse_on: date | None = None
    sent: date | None = None
    route_by: date | None = None


def longer(term: date, start: date, before: Calendar, after: Calendar) -> date:
    """As many working days from `start` as the term had by the calendar before; never an earlier day."""
    days = before.workdays_until(start, term)
    return max(term, after.after(start, days))


def lengthened(running: Running, before: Calendar, after: Calendar) -> Running:
    """The same case by the new calendar. A turn that ends with one of its terms still ends with it."""

    def of(term: date | None, start: date | None) -> date | None:
        return None if term is None else longer(term, start or running.begun, before, after)

    begun = running.begun
    made = replace(
        running,
        accept_by=longer(running.accept_by, begun, before, after),
        opinion_by=longer(running.opinion_by, begun, before, after),
        answer_by=longer(running.answer_by, begun, before, after),
        ask_rating_on=of(running.ask_rating_on, running.answered),
        lapse_on=of(running.lapse_on, running.answered),
        route_by=of(running.route_by, running.sent),
    )
    return replace(made, wait_until=_turn(running, made, before, after))


def _turn(running: Running, made: Running, before: Calendar, after: Calendar) -> date | None:
    if running.wait_until is None:
        return None
    for name in ("lapse_on", "route_by", "answer_by", "opinion_by", "accept_by"):
        if getattr(running, name) == running.wait_until:
            new: date = getattr(made, name)
            return new
    return longer(running.wait_until, running.answered or running.begun, before, after)


def differing(before: Calendar, after: Calendar, years: Iterable[int]) -> list[date]:
    """The days of these years that are working days by only one of the calendars."""
    days = (
        date.fromordinal(n)
        for y in sorted(set(years))
        for n in range(date(y, 1, 1).toordinal(), date(y + 1, 1, 1).toordinal())
    )
    return [day for day in days if before.is_workday(day) != after.is_workday(day)]
