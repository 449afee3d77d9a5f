"""Hours of an open day: periods of local time within one day, apart from each other."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from itertools import pairwise

from domain.errors import DomainError
from domain.visits import number_of

MOST = 6
"""Periods a day."""

_CLOCK = (
    r"(\u4e0a\u5348|\u65e9\u4e0a|\u4e2d\u5348|\u4e0b\u5348|\u665a\u4e0a)?(\d{1,2})"
    r"(?:[:\uff1a](\d{2})|[\u70b9\u65f6](?:(\d{1,2})\u5206?|(\u534a)|\u6574)?)"
)
"""A moment as people write it: `8:00`, `8点`, `8点半`, `下午2点`."""

_LATER, _NOON = re.compile(r"[\u4e2d\u4e0b\u665a]"), re.compile(r"\u4e2d")
"""After these words hours are counted from noon; at noon itself ten and eleven are before it."""

_PERIOD = re.compile(rf"\u4ece?{_CLOCK}[-~\u2013\u2014\uff5e\u81f3\u5230]{_CLOCK}")
_PARTS = 5
"""Groups of a `_CLOCK`."""

_NUMERALS = re.compile(
    r"[\u96f6\u3007\u4e00\u4e8c\u4e24\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341]{1,3}"
)
"""Numbers as they are said: eight, half past ten."""

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
    """`08:00-11:00,14:00-17:00`, or as people say it; in order.

    Raises DomainError: not understood, past midnight, overlapping.
    """
    said = _NUMERALS.sub(lambda found: str(number_of(found[0]) or found[0]), text)
    pieces = [piece.strip().replace(" ", "") for piece in _BETWEEN.split(said) if piece.strip()]
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
    first, last = found.groups()[:_PARTS], found.groups()[_PARTS:]
    try:
        start, end = _clock(first), _clock((last[0] or first[0], *last[1:]))
    except ValueError:
        raise DomainError("open_days.bad.clock", value=piece[:60]) from None
    if end <= start:
        raise DomainError("open_days.bad.midnight", value=piece[:60])
    return Period(start, end)


def _clock(parts: Sequence[str | None]) -> time:
    """The moment in a `_CLOCK`. Raises ValueError for one that no day has."""
    half, hour, minute, minute_said, thirty = parts
    shown = int(hour or 0)
    before = shown >= 12 or (_NOON.match(half or "") and shown >= 10)
    later = 12 if _LATER.match(half or "") and not before else 0
    return time(shown + later, 30 if thirty else int(minute or minute_said or 0))


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
