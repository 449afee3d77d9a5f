"""Quiet hours as people write them: which times of day their words can mean."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from itertools import product

from domain.quiet_hours import DAY, LONGEST, QuietHours, checked
from domain.visits import VisitWords, folded, number_of

MOST = 3
"""Readings to choose from, the likely ones."""


@dataclass(frozen=True, slots=True)
class ClockWords:
    """The words of times of day (locales/<language>/lexicon.toml): of which half of the day, and `half` past.

    `oclock` stands between hour and minute, as a colon does; `numerals` are numbers that are no digits.
    """

    morning: tuple[str, ...] = ()
    afternoon: tuple[str, ...] = ()
    night: tuple[str, ...] = ()
    oclock: tuple[str, ...] = ()
    half: tuple[str, ...] = ()
    numerals: Mapping[str, int] = field(default_factory=dict)


NO_CLOCK = ClockWords()


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time as it was written: which half of the day may have been left open."""

    hour: int
    minute: int
    part: str
    by_24: bool

    def readings(self) -> tuple[int, ...]:
        """The minutes of the day it can mean."""
        if self.by_24 or self.hour > 12:
            hours: tuple[int, ...] = (self.hour % 24,)
        elif self.part == "morning":
            hours = (self.hour % 12,)
        elif self.part == "night" and self.hour in (12, *range(5)):
            hours = (self.hour % 12,)  # midnight and the small hours
        elif self.part:
            hours = (self.hour % 12 + 12,)
        else:
            hours = (self.hour % 12 + 12, self.hour % 12)
        return tuple(hour * 60 + self.minute for hour in hours)


def understood(text: str, words: ClockWords) -> list[QuietHours]:
    """The hours that a text can mean, those of the night and the shortest first; none when it doesn't
    name two times.

    `22:00-7:00` is plain; of `10 to 7` it isn't said which half of the day is meant. Raises DomainError
    when they could only be too long.
    """
    clocks = _clocks(folded(text[:100]), words)
    if len(clocks) != 2:
        return []
    whole = any(clock.by_24 or clock.hour > 12 or not clock.hour for clock in clocks)
    pairs = product(*(_Clock(c.hour, c.minute, c.part, whole).readings() for c in clocks))
    found = dict.fromkeys(QuietHours(_at(starts), _at(ends)) for starts, ends in pairs if starts != ends)
    fit = [hours for hours in found if hours.length <= LONGEST]
    if found and not fit:
        checked(next(iter(found)))
    return sorted(fit, key=lambda hours: (not _at_night(hours), hours.length))[:MOST]


def _clocks(plain: str, words: ClockWords) -> list[_Clock]:
    """The times in a text, in order; none when one of them can't be."""
    parts = {word: part for part in _PARTS for word in getattr(words, part)}
    found = [_clock(one, parts, words) for one in re.finditer(_pattern(parts, words), plain)]
    clocks = [clock for clock in found if clock is not None]
    return clocks if len(clocks) == len(found) else []


_PARTS = ("morning", "afternoon", "night")


def _pattern(parts: Iterable[str], words: ClockWords) -> str:
    """`[at night] 10 [:] [30 | half] [pm]`, with the words of all languages."""
    said, half = _any_of(parts), _any_of(words.half)
    number = f"[0-9]{{1,2}}|(?:{_any_of(words.numerals)}){{1,3}}"
    past = rf"(?:{_any_of((':', '.', *words.oclock))})\s*(?:(?P<half>{half})|(?P<minute>{number}))?"
    return rf"(?:(?P<part>{said})\s*)?(?P<hour>{number})\s*(?:{past})?\s*(?P<after>{said})?(?![0-9])"


def _any_of(words: Iterable[str]) -> str:
    """One of them, the longest that fits; where there are none, nothing does."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"


def _clock(found: re.Match[str], parts: Mapping[str, str], words: ClockWords) -> _Clock | None:
    hour, minute = (_number(found[name] or "", words) for name in ("hour", "minute"))
    minute = HALF if found["half"] else minute
    if hour is None or minute is None or hour > 24 or minute > 59:
        return None
    part = parts.get(found["part"] or found["after"] or "", "")
    return _Clock(hour, minute, part, not part and found["hour"].startswith("0"))


HALF = 30
"""Minutes of half an hour."""


def _number(text: str, words: ClockWords) -> int | None:
    noughts = "".join(sign for sign, value in words.numerals.items() if not value) + "0"
    rest = text.lstrip(noughts)
    return number_of(rest, VisitWords(numerals=words.numerals)) if rest else 0


def _at(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _at_night(hours: QuietHours) -> bool:
    """Whether three in the morning lies in them."""
    since = 3 * 60 - (hours.starts.hour * 60 + hours.starts.minute)
    return since % DAY < hours.length // timedelta(minutes=1)
