"""When something happens again: RFC 5545 rules in whole days, checked before anybody relies on them."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from typing import Any

from dateutil.rrule import rrulestr

from domain.errors import DomainError

EPOCH = date(2001, 1, 1)
"""What `every second week` is counted from where no first day is given: a Monday, the first of a month."""

CYCLE = 400
"""The calendar repeats itself after so many years, to the weekday."""

LONGEST, MOST_APART, MOST_TIMES = 300, 1000, 100_000
"""Characters of a rule; its greatest INTERVAL and COUNT."""

EXAMPLE = "FREQ=MONTHLY;BYMONTHDAY=10,20"
"""Shown to whoever wrote something else (rule 30)."""

_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_RANGES = {"BYMONTHDAY": 31, "BYMONTH": 12, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
_FITTING = {
    "YEARLY": {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"},
    "MONTHLY": {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"},
    "WEEKLY": {"BYDAY", "BYMONTH", "BYSETPOS"},
    "DAILY": {"BYDAY", "BYMONTHDAY", "BYMONTH"},
}
"""Which parts may stand with which frequency (RFC 5545, 3.3.10); a day of hours and minutes is none."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule that was understood. `anchored`: which days it means depends on where counting begins."""

    text: str
    parts: tuple[tuple[str, str], ...]
    until: date | None = None
    count: int | None = None

    def get(self, name: str) -> str:
        """A part of it; empty where it isn't there."""
        return dict(self.parts).get(name, "")

    @property
    def anchored(self) -> bool:
        """Every second week, three times, or `monthly` without a day: counted from somewhere."""
        return self.get("INTERVAL") not in ("", "1") or self.count is not None or not _stands_alone(self)


@lru_cache(maxsize=4096)
def parse_rule(text: str) -> Recurrence:
    """The rule, if it is one of whole days that ever happens. Raises DomainError in one line."""
    bare = "".join(text.split()).upper().removeprefix("RRULE:")
    if not bare or len(bare) > LONGEST:
        raise _unreadable(text.strip())
    parts: dict[str, str] = {}
    for piece in bare.strip(";").split(";"):
        name, _, value = piece.partition("=")
        if not value or name in parts:
            raise _unreadable(piece)
        parts[name] = value
    rule = _understood(bare, parts)
    if next(_from(rule, EPOCH, EPOCH), None) is None:
        raise DomainError("open_days.bad.never", value=bare[:60])
    return rule


def _unreadable(value: str) -> DomainError:
    return DomainError("open_days.bad.rule", value=value[:60], example=EXAMPLE)


def _understood(text: str, parts: dict[str, str]) -> Recurrence:
    frequency = parts.get("FREQ", "")
    if frequency not in _FITTING:
        value = frequency[:20] or text[:20]
        raise DomainError("open_days.bad.frequency", value=value, known=", ".join(_FITTING))
    for name, value in parts.items():
        if not _CHECKS.get(name, _not_known)(frequency, name, value):
            raise DomainError("open_days.bad.part", value=f"{name}={value}"[:60])
    if "COUNT" in parts and "UNTIL" in parts:
        raise DomainError("open_days.bad.part", value="COUNT, UNTIL")
    until = parts.pop("UNTIL", None)
    count = parts.pop("COUNT", None)
    last = date.fromisoformat(until[:8]) if until else None
    return Recurrence(text.strip(";"), tuple(parts.items()), last, int(count) if count else None)


def _not_known(frequency: str, name: str, value: str) -> bool:
    return False


def _numbers(frequency: str, name: str, value: str) -> bool:
    """A list of numbers within the part's range; below zero counts from the end, but for months."""
    least = 1 if name == "BYMONTH" else -_RANGES[name]
    given = [int(n) if re.fullmatch(r"[+-]?\d{1,3}", n) else 0 for n in value.split(",")]
    return name in _FITTING[frequency] and all(n and least <= n <= _RANGES[name] for n in given)


def _days(frequency: str, name: str, value: str) -> bool:
    found = [_DAY.fullmatch(piece) for piece in value.split(",")]
    counted = [int(day[1]) for day in found if day and day[1]]
    fits = frequency in ("MONTHLY", "YEARLY") or not counted
    most = 5 if frequency == "MONTHLY" else 53
    return all(found) and fits and all(n and abs(n) <= most for n in counted)


def _until(frequency: str, name: str, value: str) -> bool:
    if not re.fullmatch(r"\d{8}(T\d{6}Z?)?", value):
        return False
    try:
        date.fromisoformat(value[:8])
    except ValueError:
        return False
    return True


def _up_to(most: int) -> Callable[[str, str, str], bool]:
    return lambda _, name, value: (
        value.isascii() and value.isdigit() and len(value) < 9 and 0 < int(value) <= most
    )


_CHECKS: dict[str, Callable[[str, str, str], bool]] = {
    "FREQ": lambda *_: True,
    "INTERVAL": _up_to(MOST_APART),
    "COUNT": _up_to(MOST_TIMES),
    "UNTIL": _until,
    "WKST": lambda _, name, value: value in _WEEKDAYS,
    "BYDAY": _days,
    **dict.fromkeys(_RANGES, _numbers),
}


def _stands_alone(rule: Recurrence) -> bool:
    """Whether the rule itself says which days of its month, week or year are meant."""
    named = {name for name, _ in rule.parts}
    return rule.get("FREQ") == "DAILY" or bool(named & {"BYDAY", "BYMONTHDAY", "BYYEARDAY"})


@lru_cache(maxsize=16_384)
def nominal_days(rule: Recurrence, anchor: date, first: date, last: date) -> tuple[date, ...]:
    """The days of the rule from `first` to `last`, counted from `anchor` where that matters."""
    until = min(last, rule.until or last)
    return tuple(
        day for day in takewhile(lambda day: day <= until, _from(rule, anchor, first)) if day >= first
    )


def _from(rule: Recurrence, anchor: date, first: date) -> Iterator[date]:
    """The rule's days, from some day not after `first` on."""
    start = anchor if rule.count is not None else _near(rule, anchor, first)
    filled = rule if _stands_alone(rule) else _filled(rule, anchor)
    days = _daily(filled, start) if rule.get("FREQ") == "DAILY" else _others(filled, start)
    known = (day for day in days if day >= anchor)
    ended = takewhile(lambda day: rule.until is None or day <= rule.until, known)
    return islice(ended, rule.count) if rule.count is not None else ended


def _filled(rule: Recurrence, anchor: date) -> Recurrence:
    """What RFC 5545 takes from the first day, written out."""
    parts = dict(rule.parts)
    if parts["FREQ"] == "WEEKLY" or "BYWEEKNO" in parts:
        parts["BYDAY"] = _WEEKDAYS[anchor.weekday()]
    else:
        parts["BYMONTHDAY"] = str(anchor.day)
    if parts["FREQ"] == "YEARLY" and not parts.keys() & {"BYMONTH", "BYWEEKNO"}:
        parts["BYMONTH"] = str(anchor.month)
    return replace(rule, parts=tuple(parts.items()))


def _near(rule: Recurrence, anchor: date, first: date) -> date:
    """A first day that counts as `anchor` does, but lies close before `first`."""
    apart = int(rule.get("INTERVAL") or 1)
    match rule.get("FREQ"):
        case "YEARLY":
            years = (first.year - anchor.year) // apart * apart
            return date(anchor.year + years, 1, 1)
        case "MONTHLY":
            months = (first.year - anchor.year) * 12 + first.month - anchor.month
            at = anchor.year * 12 + anchor.month - 1 + months // apart * apart
            return date(at // 12, at % 12 + 1, 1)
        case "WEEKLY":
            begins = anchor - timedelta(
                days=(anchor.weekday() - _WEEKDAYS.index(rule.get("WKST") or "MO")) % 7
            )
            return begins + timedelta(days=(first - begins).days // (7 * apart) * 7 * apart)
    return anchor + timedelta(days=(first - anchor).days // apart * apart)


def _others(rule: Recurrence, start: date) -> Iterator[date]:
    """By dateutil. It gives up looking for a next day in the year 9999 only: so it looks from as late a year
    as gives the same days, and a rule that never happens takes a moment, not minutes."""
    ahead = (9_999 - start.year) // CYCLE * CYCLE
    written = ";".join(f"{name}={value}" for name, value in rule.parts)
    first = datetime.combine(start.replace(year=start.year + ahead), time(0))
    found: Any = rrulestr(written, dtstart=first)
    return (day.date().replace(year=day.year - ahead) for day in found)


def _daily(rule: Recurrence, start: date) -> Iterator[date]:
    """Every so many days, of those the ones that fit: dateutil's own search would take minutes for none."""
    weekdays = {_WEEKDAYS.index(day) for day in rule.get("BYDAY").split(",") if day}
    months = {int(month) for month in rule.get("BYMONTH").split(",") if month}
    monthdays = {int(day) for day in rule.get("BYMONTHDAY").split(",") if day}
    apart = timedelta(days=int(rule.get("INTERVAL") or 1))
    day, end = start, start.replace(year=min(start.year + CYCLE, 9_998))
    while day < end:
        from_end = day.day - monthrange(day.year, day.month)[1] - 1
        if (
            (not weekdays or day.weekday() in weekdays)
            and (not months or day.month in months)
            and (not monthdays or not monthdays.isdisjoint((day.day, from_end)))
        ):
            yield day
        day += apart
