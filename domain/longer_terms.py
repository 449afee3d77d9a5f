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


class Recount:
    """Counts terms anew; cases that began and end on the same days are counted once."""

    def __init__(self, before: Calendar, after: Calendar) -> None:
        self.before, self.after = before, after
        self._known: dict[tuple[date, date], date] = {}

    def longer(self, term: date, start: date) -> date:
        """As many working days from `start` as the term had by the calendar before; never an earlier day."""
        if (term, start) not in self._known:
            days = self.before.workdays_until(start, term)
            self._known[term, start] = max(term, self.after.after(start, days))
        return self._known[term, start]

    def lengthened(self, running: Running) -> Running:
        """The same case by the new calendar. A turn that ends with one of its terms still ends with it."""

        def of(term: date | None, start: date | None) -> date | None:
            return None if term is None else self.longer(term, start or running.begun)

        begun = running.begun
        made = replace(
            running,
            accept_by=self.longer(running.accept_by, begun),
            opinion_by=self.longer(running.opinion_by, begun),
            answer_by=self.longer(running.answer_by, begun),
            ask_rating_on=of(running.ask_rating_on, running.answered),
            lapse_on=of(running.lapse_on, running.answered),
            route_by=of(running.route_by, running.sent),
        )
        return replace(made, wait_until=self._turn(running, made))

    def _turn(self, running: Running, made: Running) -> date | None:
        if running.wait_until is None:
            return None
        for name in ("lapse_on", "route_by", "answer_by", "opinion_by", "accept_by"):
            if getattr(running, name) == running.wait_until:
                new: date = getattr(made, name)
                return new
        return self.longer(running.wait_until, running.answered or running.begun)


def differing(before: Calendar, after: Calendar, years: Iterable[int]) -> list[date]:
    """The days of these years that are working days by only one of the calendars."""
    days = (
        date.fromordinal(n)
        for y in sorted(set(years))
        for n in range(date(y, 1, 1).toordinal(), date(y + 1, 1, 1).toordinal())
    )
    return [day for day in days if before.is_workday(day) != after.is_workday(day)]
