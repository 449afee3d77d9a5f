"""The registry's file as it was read, the mistakes in it, and the same thing understood."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

Value = str | float | bool | None
Record = Mapping[str, Value]
"""A row understood; what it refers to is named by code."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes: its value can't be trusted, so it is refused."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A cell swallowed by a merged one above or before it."""


Cell = str | int | float | bool | date | datetime | time | Formula | Merged | None


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A sheet as it was read: its title, and its rows with the numbers a spreadsheet shows."""

    title: str
    rows: Iterable[tuple[int, tuple[Cell, ...]]]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where (0 and "" mean the whole sheet or file), and which words explain it."""

    sheet: str
    row: int
    column: str
    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every word that names a sheet, a column of a sheet, or one of a set of choices; all folded."""

    sheets: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    choices: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Book:
    """The whole file understood: by sheet, by code; a sheet that isn't in it isn't here either.

    `rows` remembers where each record stood; `ignored` are titles of sheets nobody asked for.
    """

    records: Mapping[str, Mapping[str, Record]]
    rows: Mapping[str, Mapping[str, int]]
    ignored: tuple[str, ...] = ()

    def of(self, sheet: str) -> Mapping[str, Record]:
        """The sheet's records by code, none when the sheet is missing."""
        return self.records.get(sheet, {})


@dataclass(frozen=True, slots=True)
class Understood:
    """What came of reading: the book, and all its mistakes (none: it may be imported)."""

    book: Book
    problems: tuple[Problem, ...]


_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_SPACES = re.compile(r"\s+")
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")


def clean(text: str) -> str:
    """Without what can't be seen (controls, zero-width, direction marks), spaces collapsed."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", text.replace("\t", " "))).strip()


def narrow(text: str) -> str:
    """Fullwidth letters, digits and signs as plain ones, for codes, numbers and telephone numbers."""
    return unicodedata.normalize("NFKC", clean(text)).strip()


def fold(text: str) -> str:
    """The form in which names of sheets, columns and choices are compared."""
    plain = re.sub(r"\s", "", narrow(text)).casefold().strip("*:")
    return re.sub(r"(?<=.)\([^()]*\)$", "", plain).strip("*:")  # whoever fills it in may add (required)


def without_gaps(name: str) -> str:
    """A Chinese name without the blanks that people put in to align columns (张　三)."""
    return _BETWEEN_HAN.sub("", clean(name))
