"""An official notice of working days as the office loads it: validated as a whole, every mistake named."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from domain.holidays import FIXED_HOLIDAYS, Holidays, Special

LONGEST = 16
"""Days of one feast: a longer span is a slip of the pen."""

MOST_FREE = 60
"""Days a year that a notice makes free; half as many is usual."""

AHEAD = 3
"""Years from now that a notice can be of."""

NEAR = 31
"""Days before and after its year that a notice may name (New Year's Eve)."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file, or an event of a calendar: from `first` to `last`, both included.

    What couldn't be understood is None; `written` holds it as it stood there.
    """

    row: int
    first: date | None
    last: date | None
    workday: bool | None
    name: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in which row (0: the whole file); `what` is a branch of `holidays.mistake`."""

    row: int
    what: str
    params: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Notice:
    """The days a file names. `years` are those it is the notice of; it may only correct others."""

    days: Mapping[date, Special]
    years: frozenset[int]

    def year_of(self, day: date) -> int:
        """The year of the notice that names a day: New Year's Eve belongs to the next one's."""
        if day.year in self.years:
            return day.year
        return next((year for year in sorted(self.years) if _near(day, year)), 0)


def understand(
    lines: Iterable[Line], known: Holidays, this_year: int
) -> tuple[Notice | None, Sequence[Mistake]]:
    """The notice these lines make, or every mistake in them. `known` is what was loaded before."""
    lines = list(lines)
    mistakes = [mistake for line in lines for mistake in _wrong(line, this_year)]
    if not lines:
        mistakes.append(Mistake(0, "empty", {}))
    days, twice = _days(lines)
    years = frozenset(
        day.year for day, said in days.items() if (day.month, day.day) == (10, 1) and not said.workday
    )
    notice = Notice(days, years)
    mistakes += twice or [] if mistakes else [*twice, *_whole(notice, known)]
    return (None if mistakes else notice), sorted(mistakes, key=lambda m: m.row)


def _wrong(line: Line, this_year: int) -> Iterable[Mistake]:
    said = {"value": line.written[:40]}
    if line.first is None or line.last is None:
        yield Mistake(line.row, "date", said)
    elif line.last < line.first:
        yield Mistake(line.row, "order", said)
    elif (line.last - line.first).days >= LONGEST:
        yield Mistake(line.row, "long", {**said, "most": LONGEST})
    elif not this_year - 1 <= line.first.year <= line.last.year <= this_year + AHEAD:
        yield Mistake(line.row, "year", {**said, "first": this_year - 1, "last": this_year + AHEAD})
    if line.workday is None:
        yield Mistake(line.row, "kind", said)


def _days(lines: Sequence[Line]) -> tuple[dict[date, Special], list[Mistake]]:
    """Every day by itself; one that is said to be both free and worked is a mistake."""
    days: dict[date, Special] = {}
    mistakes = []
    for line in lines:
        for day in _span(line):
            said = Special(bool(line.workday), line.name)
            if day in days and days[day].workday != said.workday:
                mistakes.append(Mistake(line.row, "twice", {"day": day.isoformat()}))
            days.setdefault(day, said)
    return days, mistakes


def _span(line: Line) -> list[date]:
    if line.first is None or line.last is None or not 0 <= (line.last - line.first).days < LONGEST:
        return []
    return [line.first + timedelta(days=n) for n in range((line.last - line.first).days + 1)]


def _whole(notice: Notice, known: Holidays) -> Iterable[Mistake]:
    """Whether the years named are whole: half a notice would make all other feasts working days."""
    for year in sorted({day.year for day in notice.days}):
        of_year = {day: said for day, said in notice.days.items() if day.year == year}
        if year in notice.years:
            yield from _whole_year(year, of_year)
        elif not known.knows(year) and not all(any(_near(d, y) for y in notice.years) for d in of_year):
            yield Mistake(0, "incomplete", {"year": year, "missing": date(year, 10, 1).isoformat()})
    free = sorted(day for day, said in notice.days.items() if not said.workday)
    for run in _runs(free):
        if len(run) > LONGEST:
            yield Mistake(0, "run", {"day": run[0].isoformat(), "days": len(run), "most": LONGEST})


def _whole_year(year: int, days: Mapping[date, Special]) -> Iterable[Mistake]:
    free = {day for day, said in days.items() if not said.workday}
    for month, day in sorted(FIXED_HOLIDAYS):
        if date(year, month, day) not in free:
            yield Mistake(0, "incomplete", {"year": year, "missing": date(year, month, day).isoformat()})
    if not any(day.month in (1, 2) and day.day > 3 for day in free):
        yield Mistake(0, "no_spring", {"year": year})
    if len(free) > MOST_FREE:
        yield Mistake(0, "too_free", {"year": year, "days": len(free), "most": MOST_FREE})


def _runs(days: Sequence[date]) -> Iterable[list[date]]:
    """Days that follow each other."""
    for _, run in groupby(enumerate(days), key=lambda pair: pair[1].toordinal() - pair[0]):
        yield [day for _, day in run]


def _near(day: date, year: int) -> bool:
    return abs((day - date(year, 1 if day.year < year else 12, 1 if day.year < year else 31)).days) <= NEAR
