"""Hours of an open day: periods of local time within one day, apart from each other."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from itertools import pairwise

from domain.errors import DomainError

MOST = 6
"""Periods a day."""

_PERIOD = re.compile(r"(\d{1,2})[:\uff1a](\d{2})[-~\u2013\u2014\uff5e\u81f3\u5230](\d{1,2})[:\uff1a](\d{2})")
_BETWEEN = re.compile(r"[,;\uff0c\u3001\uff1b]")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `start` until `end`, local time of the same day."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def moments(self, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
        """Its first and last moment on a day, in UTC; where the clocks are changed it is never negative."""
        start = datetime.combine(day, self.start, zone).astimezone(UTC)
        return start, max(start, datetime.combine(day, self.end, zone).astimezone(UTC))


Periods = tuple[Period, ...]

MORNING: Periods = (Period(time(9), time(12)),)
"""Half a day, where nothing else is said (part 3, 2)."""


def parse_hours(text: str) -> Periods:
    """`08:00-11:00,14:00-17:00`, in order. Raises DomainError: not understood, past midnight, overlapping."""
    pieces = [piece.strip().replace(" ", "") for piece in _BETWEEN.split(text) if piece.strip()]
    if not pieces or len(pieces) > MOST:
        raise DomainError("open_days.bad.hours", value=text.strip()[:60], most=MOST)
    periods = sorted(map(_period, pieces))
    for one, other in pairwise(periods):
        if other.start < one.end:
            raise DomainError("open_days.bad.overlap", one=str(one), other=str(other))
    return tuple(periods)


def _period(piece: str) -> Period:
    found = _PERIOD.fullmatch(piece)
    if found is None:
        raise DomainError("open_days.bad.hours", value=piece[:60], most=MOST)
    try:
        start, end = (time(int(found[n]), int(found[n + 1])) for n in (1, 3))
    except ValueError:
        raise DomainError("open_days.bad.clock", value=piece[:60]) from None
    if end <= start:
        raise DomainError("open_days.bad.midnight", value=piece[:60])
    return Period(start, end)


def write_hours(periods: Iterable[Period]) -> str:
    """As `parse_hours` reads it."""
    return ",".join(map(str, periods))


def together(one: Periods, other: Periods) -> Periods:
    """Both, with what overlaps or touches made one."""
    made: list[Period] = []
    for period in sorted({*one, *other}):
        if made and period.start <= made[-1].end:
            made[-1] = Period(made[-1].start, max(made[-1].end, period.end))
        else:
            made.append(period)
    return tuple(made)
