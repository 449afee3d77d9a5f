"""Visits and activities of representatives: their kinds, what a message says of one, what a year asks for."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from domain.reminders import VISITS

YEARLY = ("visit", "policy", "community", "voluntary")
"""Kinds of the whole year: rules 34 and 36, 59 and 63, 58 and 64, 71."""

OF_THE_MONTH = ("study", "reception", "care", "inspection", "ideas")
"""The five kinds of the activity month (rule 39)."""

KINDS = (*YEARLY, *OF_THE_MONTH)
Decision = Literal["confirmed", "returned", "withdrawn"]

QUARTERS = 4
"""Visits a year asks for: one a quarter (rule 34)."""

SOLVED = (1, 2)
"""Problems a year asks to be solved (rule 35)."""

MOST = 10_000
"""Households or people in one log; more is a slip of the finger."""

OLDEST = timedelta(days=366)
"""Nothing older is logged: the year it counts for is over."""


@dataclass(frozen=True, slots=True)
class Activity:
    """What a representative has logged. It is never changed: what was wrong is returned and logged anew.

    `count` counts what its kind counts (households, talks …). `reason` is the liaison's, when returned.
    """

    id: int
    representative: int
    workroom: int
    kind: str
    count: int
    place: str
    day: date
    words: str
    corrects: int | None = None
    decision: Decision | None = None
    reason: str = ""

    @property
    def counts(self) -> bool:
        """Whether it still stands: confirmed, or not yet looked at."""
        return self.decision in (None, "confirmed")


def kinds_for(day: date, activity_month: int) -> tuple[str, ...]:
    """What can be logged on a day: the five kinds of the month only in it (and the week after)."""
    late = day - timedelta(days=7)
    return KINDS if activity_month in (day.month, late.month) else YEARLY


def fits(kind: str, day: date, activity_month: int) -> bool:
    """Whether an activity of this kind can have been on that day."""
    return kind in YEARLY or day.month == activity_month


def quarters_visited(logged: Iterable[tuple[date, str]]) -> int:
    """In how many quarters of the year there was a visit (day and kind)."""
    return len({(day.month - 1) // 3 for day, kind in logged if kind in VISITS})


# --- what a message says -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VisitWords:
    """The words by which a log is understood (locales/<language>/lexicon.toml).

    `kinds` names words by kind; `units` stand behind a number, among them those of `homes` and `persons`;
    `places` mark a piece as a place; `done` says that it has happened; `days` are words for days, with how
    many days ago; `dates` are patterns with groups `year`, `month`, `day`; `numerals` are numbers that
    Unicode doesn't know as such.
    """

    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    units: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    days: Mapping[str, int] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    numerals: Mapping[str, int] = field(default_factory=dict)
    fillers: tuple[str, ...] = ()


NO_WORDS = VisitWords()


@dataclass(frozen=True, slots=True)
class Log:
    """What was understood; a log without a kind is none. `count` is 0 where none was said."""

    kind: str
    count: int
    place: str
    day: date


_SENTENCES = re.compile(r"[,.;:!?\n]+")
_PIECES = re.compile(r"[,.;:!?\u3001\u3002\u2026\n]+|\s{1,}")


def folded(text: str) -> str:
    """Narrow and small, as the words of the lists are."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def understood(text: str, words: VisitWords, today: date, kinds: tuple[str, ...]) -> Log | None:
    """What a message logs; None when it reports nothing that was done."""
    plain = folded(text[:500])
    named = _kind(plain, words, kinds)
    if named is None:
        return None
    kind, word = named
    number = count_in(plain, words.units, words)
    if number is None and word not in words.done and not any(word + mark in plain for mark in words.done):
        return None
    day = day_in(plain, words, today)
    count = next(filter(None, (count_in(plain, u, words) for u in _units_of(kind, words))), 0)
    return Log(kind, count, _place(plain, words), today if day is None or day > today else day)


def _kind(plain: str, words: VisitWords, kinds: tuple[str, ...]) -> tuple[str, str] | None:
    """The kind whose longest word is in the text, and the word; of equals the one that comes first."""
    found = [
        (-len(word), plain.index(word), kind, word)
        for kind in kinds
        for word in words.kinds.get(kind, ())
        if word in plain
    ]
    return min(found)[2:] if found else None


def _units_of(kind: str, words: VisitWords) -> tuple[tuple[str, ...], ...]:
    """In which units a kind is counted, the fittest first: 20 people at a talk are no 20 talks."""
    times = tuple(unit for unit in words.units if unit not in (*words.homes, *words.persons))
    if kind == "reception":
        return (words.persons, words.homes, times)
    return (words.homes, words.persons, times) if kind in VISITS else (times,)


def count_in(plain: str, units: Iterable[str], words: VisitWords) -> int | None:
    """The number that stands before one of these units: 3 households, also in Chinese numerals."""
    numbers = (number_of(plain[start:end], words) for start, end in _counts(plain, units, words))
    return next(filter(None, numbers), None)


def _counts(plain: str, units: Iterable[str], words: VisitWords) -> Iterator[tuple[int, int]]:
    """Where numbers stand right before a unit."""
    for unit in units:
        at = plain.find(unit)
        while at >= 0:
            end = len(plain[:at].rstrip())
            start = end
            while start and _value(plain[start - 1], words) >= 0:
                start -= 1
            if start < end:
                yield start, end
            at = plain.find(unit, at + 1)


def _value(char: str, words: VisitWords) -> float:
    return words.numerals.get(char, _SPOKEN.get(ord(char), unicodedata.numeric(char, -1.0)))


_SPOKEN = {0x4E24: 2, 0x4FE9: 2, 0x4EE8: 3}
"""Two and three as they are counted: Unicode doesn't know them for numbers."""

_COUNTED = re.compile(
    r"(?:\u4e00\u5171|\u5171)?\s*(\S+?)\s*[\u6237\u5bb6\u4eba\u540d\u4f4d\u573a\u6b21\u6761\u4e2a]{0,2}"
)


def counted(text: str) -> int | None:
    """The number a text is, with or without what was counted behind it (3, 3 households); else None."""
    found = _COUNTED.fullmatch(folded(text))
    return number_of(found[1]) if found else None


def number_of(text: str, words: VisitWords = NO_WORDS) -> int | None:
    """A number in digits or Chinese numerals up to MOST; None for anything else."""
    plain = folded(text)
    if plain.isascii():
        whole = plain.isdigit() and len(plain) <= 5
        return int(plain) if whole and 0 < int(plain) <= MOST else None
    total, last = 0, 0
    for char in plain:
        value = _value(char, words)
        if value < 0 or value != int(value) or value > 1000:
            return None
        if value >= 10:
            total, last = total + (last or 1) * int(value), 0
        elif last:
            return None
        else:
            last = int(value)
    return total + last if 0 < total + last <= MOST else None


def day_in(text: str, words: VisitWords, today: date) -> date | None:
    """The day a text names: in words, or as a date; one without its year is the last such day."""
    plain = folded(text)
    for word in sorted(words.days, key=len, reverse=True):
        if word in plain:
            return today - timedelta(days=words.days[word])
    for pattern in words.dates:
        if (found := re.search(pattern, plain)) is not None:
            return _dated(found, today)
    return None


def _dated(found: re.Match[str], today: date) -> date | None:
    year, month, day = (found.groupdict().get(name) for name in ("year", "month", "day"))
    try:
        named = date(int(year or today.year), int(month or today.month), int(day or 0))
    except ValueError:
        return None
    if year is None and named > today:
        named = _earlier(named, named.year - 1)
    return named


def _earlier(day: date, year: int) -> date:
    """The same day of an earlier year; the last of February where there is no 29th."""
    return day.replace(year=year, day=min(day.day, 28)) if day.month == 2 else day.replace(year=year)


def _place(plain: str, words: VisitWords) -> str:
    """The pieces that name a place, without what was counted, done and when."""
    rest = plain
    for pattern in words.dates:
        rest = re.sub(pattern, " ", rest)
    for start, end in sorted(_counts(rest, words.units, words), reverse=True):
        tail = rest[end:].lstrip()
        unit = next((u for u in sorted(words.units, key=len, reverse=True) if tail.startswith(u)), "")
        rest = rest[:start] + " " + tail.removeprefix(unit)
    spoken = (*(w for some in words.kinds.values() for w in some), *words.days, *words.done, *words.fillers)
    for word in sorted(spoken, key=len, reverse=True):
        rest = re.sub(rf"\b{re.escape(word)}\b", " ", rest) if word.isascii() else rest.replace(word, " ")
    pieces = (_SENTENCES if plain.isascii() else _PIECES).split(rest)
    marked = [p.strip() for p in pieces if any(mark in p for mark in words.places)]
    ends = re.compile(f"(?:{'|'.join(map(re.escape, words.places)) or '(?!)'})[ a-z0-9-]*$")
    return " ".join([p for p in marked if ends.search(p)] or marked[:1])[:200]
