"""A notice of working days as it arrives: a CSV table or an iCalendar file, neither of them trusted."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any

from domain.errors import DomainError
from domain.holiday_notice import Line
from domain.registry_book import clean, fold

MOST = 1_000
"""Rows or events."""

Names = Callable[[str], Sequence[str]]
"""The words that name a column or a kind of day, in all languages (`holidays.word.<name>.words`)."""

COLUMNS = ("first", "last", "kind", "name")
_WRITTEN = re.compile(r"(\d{4})[-/.\u5e74](\d{1,2})[-/.\u6708](\d{1,2})\u65e5?")
_APPLE = {"WORK-HOLIDAY": False, "ALTERNATE-WORKDAY": True}


def lines_of(text: str, names: Names) -> list[Line]:
    """The text's lines, understood or not. Raises DomainError when it is neither table nor calendar."""
    lines = _calendar(text, names) if "BEGIN:VCALENDAR" in text[:1_000].upper() else _table(text, names)
    if len(lines) > MOST:
        raise DomainError("holidays.file.too_big", most=MOST)
    return lines


def _table(text: str, names: Names) -> list[Line]:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error:
        raise DomainError("holidays.file.unreadable") from None
    filled = [(number, row) for number, row in enumerate(rows, start=1) if any(map(clean, row))]
    if not filled:
        return []
    known = {fold(word): column for column in COLUMNS for word in names(column)}
    places = {known[fold(cell)]: place for place, cell in enumerate(filled[0][1]) if fold(cell) in known}
    if not {"first", "kind"} <= places.keys():
        raise DomainError("holidays.file.no_header")
    return [_line(number, row, places, names) for number, row in filled[1:]]


def _line(number: int, row: Sequence[str], places: dict[str, int], names: Names) -> Line:
    cell = {name: clean(row[place]) if place < len(row) else "" for name, place in places.items()}
    first = _date(cell["first"])
    last = _date(cell["last"]) if cell.get("last") else first
    return Line(
        number, first, last, _kind(cell["kind"], names), cell.get("name", "")[:40], " ".join(row).strip()
    )


def _date(text: str) -> date | None:
    found = _WRITTEN.fullmatch(text.replace(" ", ""))
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _kind(text: str, names: Names) -> bool | None:
    """Whether the word names a working day; a free one; or neither."""
    for kind, workday in (("work", True), ("free", False)):
        if fold(text) in map(fold, names(kind)):
            return workday
    return None


def _calendar(text: str, names: Names) -> list[Line]:
    try:
        # Loaded when somebody brings such a file: 3 MiB.
        events = list(import_module("icalendar").Calendar.from_ical(text).walk("VEVENT"))
    except (ValueError, IndexError, KeyError, TypeError):
        raise DomainError("holidays.file.unreadable") from None
    return [_event(number, event, names) for number, event in enumerate(events, start=1)]


def _event(number: int, event: Any, names: Names) -> Line:
    title = clean(str(event.get("SUMMARY", "")))
    first, end = _day(event, "DTSTART"), _day(event, "DTEND")
    last = first if first is None or end is None or end <= first else end - timedelta(days=1)
    marked = _APPLE.get(str(event.get("X-APPLE-SPECIAL-DAY", "")).upper())
    workday = marked if marked is not None else _told(title, names)
    return Line(number, first, last, workday, _feast(title, names), title)


def _day(event: Any, name: str) -> date | None:
    value = getattr(event.get(name), "dt", None)
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _told(title: str, names: Names) -> bool | None:
    """What the title says: a calendar's titles hold more than the word."""
    folded = title.casefold()
    if _holds(folded, names("work")):
        return True
    return False if _holds(folded, names("free")) else None


def _holds(text: str, words: Iterable[str]) -> bool:
    return any(word.casefold() in text for word in words)


def _feast(title: str, names: Names) -> str:
    """The feast's name, without the word for the kind of day and what stands in brackets."""
    bare = re.sub(r"[(\uff08][^)\uff09]*[)\uff09]", "", title)
    for word in sorted((*names("work"), *names("free")), key=len, reverse=True):
        bare = bare.replace(word, "")
    return clean(bare)[:40]


def _delimiter(text: str) -> str:
    """Comma, or what else parts the header's names."""
    header = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t", key=header.count)


def text_of(data: bytes) -> str | None:
    """A file's text: UTF-8, or GB 18030 as Chinese spreadsheets write it; None for something else."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None
