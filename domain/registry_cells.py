"""One cell of the registry's file: what it says, or what is wrong with it."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal

from domain.day_words import tidy_day
from domain.errors import DomainError
from domain.hours import parse_hours, write_hours
from domain.recurrence import parse_rule
from domain.registry_book import Cell, Formula, Merged, Value, clean, fold, narrow, without_gaps
from domain.registry_sheets import Column
from domain.terms import check

_MANGLED = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s,;|/\uff0c\u3001\uff1b\u3002]+")


class BadCell(Exception):
    """The cell can't be taken; `key` and `params` say why."""

    def __init__(self, key: str, **params: str | int) -> None:
        super().__init__(key)
        self.key = "registry.problem." + key
        self.params: Mapping[str, str | int] = params


def plain(cell: Cell) -> str:
    """The cell's text. Raises BadCell for formulas, merged cells and dates."""
    if cell is None:
        return ""
    if isinstance(cell, Formula):
        raise BadCell("formula")
    if isinstance(cell, Merged):
        raise BadCell("merged")
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    if isinstance(cell, date):  # Excel makes dates of codes such as 3-1
        raise BadCell("date")
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return _digits(cell)
    return str(cell)


def _digits(number: float) -> str:
    """A number as somebody typed it: 13800000000.0 was a telephone number."""
    if not math.isfinite(number):
        raise BadCell("not_a_number")
    return str(int(number)) if number == int(number) else repr(number)


def read(cell: Cell, column: Column, words: Mapping[str, str]) -> Value:
    """What the cell says, by the column's kind; `words` are its choices. Raises BadCell."""
    if column.kind == "day" and isinstance(cell, date):
        return cell.strftime("%Y-%m-%d")
    text = clean(plain(cell))
    if not text:
        if column.filled:
            raise BadCell("empty")
        return column.default
    value = _READERS[column.kind](text, column, words)
    if isinstance(value, str) and len(value) > column.limit:
        raise BadCell("too_long", limit=column.limit, length=len(value))
    return value


def _code(text: str, column: Column, words: Mapping[str, str]) -> str:
    code = re.sub(r"(?<=\d)\.0$", "", narrow(text))
    if not re.fullmatch(column.pattern, code):
        raise BadCell("bad_code", text=_short(code))
    return code


def _text(text: str, column: Column, words: Mapping[str, str]) -> str:
    return text


def _name(text: str, column: Column, words: Mapping[str, str]) -> str:
    return without_gaps(text)


def _phone(text: str, column: Column, words: Mapping[str, str]) -> str:
    phone = re.sub(r"(?<=\d)\.0$", "", narrow(text))
    if _MANGLED.fullmatch(phone):
        raise BadCell("mangled", text=phone)
    if not re.fullmatch(r"[0-9+()\-\s,;/*#.\u8f6c]+", phone) or not re.search(r"\d{3}", phone):
        raise BadCell("bad_phone", text=_short(phone))
    return phone


def _choice(text: str, column: Column, words: Mapping[str, str]) -> str:
    chosen = words.get(fold(text))
    if chosen is None:
        raise BadCell("unknown_word", text=_short(text))
    return chosen


def _yes(text: str, column: Column, words: Mapping[str, str]) -> bool:
    return _choice(text, column, words) == "yes"


def _degrees(text: str, column: Column, words: Mapping[str, str]) -> float:
    try:
        degrees = float(Decimal(narrow(text).rstrip("°")))
    except ArithmeticError:
        raise BadCell("not_a_number") from None
    if not math.isfinite(degrees):
        raise BadCell("not_a_number")
    return degrees


def _keywords(text: str, column: Column, words: Mapping[str, str]) -> str:
    return " ".join(dict.fromkeys(word for word in _SEPARATORS.split(text) if word))


def _reference(text: str, column: Column, words: Mapping[str, str]) -> str:
    return re.sub(r"(?<=^\d)\.0$|(?<=\d\d)\.0$", "", narrow(text))


def _rule(text: str, column: Column, words: Mapping[str, str]) -> str:
    try:
        return parse_rule(text).text
    except DomainError as bad:
        raise BadCell("never" if bad.key.endswith(".never") else "bad_rule", text=_short(text)) from bad


def _hours(text: str, column: Column, words: Mapping[str, str]) -> str:
    try:
        return write_hours(parse_hours(text))
    except DomainError as bad:
        raise BadCell("bad_hours", text=_short(text)) from bad


def _day(text: str, column: Column, words: Mapping[str, str]) -> str:
    day = tidy_day(narrow(text))
    if day is None or len(day) < len("2026-12-06"):
        raise BadCell("bad_day", text=_short(text))
    return day


def _people(text: str, column: Column, words: Mapping[str, str]) -> str:
    try:
        return check("shift_people", re.sub(r"(?<=\d)\.0$", "", narrow(text)))
    except ValueError:
        raise BadCell("bad_people", text=_short(text)) from None


def _short(text: str) -> str:
    """What is repeated in a mistake's words stays short."""
    return text if len(text) <= 20 else text[:19] + "…"


_READERS: Mapping[str, Callable[[str, Column, Mapping[str, str]], Value]] = {
    "code": _code,
    "text": _text,
    "name": _name,
    "phone": _phone,
    "choice": _choice,
    "yes": _yes,
    "degrees": _degrees,
    "keywords": _keywords,
    "reference": _reference,
    "value": _text,
    "rule": _rule,
    "hours": _hours,
    "day": _day,
    "people": _people,
}
