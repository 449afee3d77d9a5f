"""Loads the word lists by which guesses are made about residents' words, all languages together."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from domain.people import LANGUAGES
from domain.quiet_words import ClockWords
from domain.suggest import Lexicon, folded
from domain.visits import KINDS, VisitWords
from locales.entries import FOLDER


@cache
def lexicon(folder: Path = FOLDER) -> Lexicon:
    """The lists of `<folder>/<language>/lexicon.toml`; people may write in any language at any time."""
    lists = [tomllib.loads((folder / name / "lexicon.toml").read_text("utf-8")) for name in LANGUAGES]
    dangers = {name: _words(found["danger"].get(name, ()) for found in lists) for name in lists[0]["danger"]}
    words = {name: _words(found[name] for found in lists) for name in _LISTS}
    spoken = _visits([found["visits"] for found in lists])
    return Lexicon(danger=dangers, visits=spoken, clock=_clock(lists), **words)


def _visits(lists: list[Any]) -> VisitWords:
    """The words by which logs of visits are understood, of all languages."""
    kinds = {kind: _words(found["kinds"].get(kind, ()) for found in lists) for kind in KINDS}
    several = {
        name: _words(found[name] for found in lists)
        for name in ("units", "homes", "persons", "places", "done", "fillers")
    }
    days = {folded(word): ago for found in lists for word, ago in found["days"].items()}
    numerals = {word: number for found in lists for word, number in found["numerals"].items()}
    dates = tuple(pattern for found in lists for pattern in found["dates"])
    return VisitWords(kinds=kinds, days=days, dates=dates, numerals=numerals, **several)


def _clock(lists: list[Any]) -> ClockWords:
    """The words of times of day, of all languages."""
    names = ("morning", "afternoon", "night", "oclock", "half")
    said = {name: _words(found["clock"][name] for found in lists) for name in names}
    numerals = {word: number for found in lists for word, number in found["clock"]["numerals"].items()}
    return ClockWords(**said, numerals=numerals)


_LISTS = ("suggestion", "opinion", "harmless", "never", "over", "doubt")


def _words(lists: Iterator[Any]) -> tuple[str, ...]:
    """Folded, each once, the longest first: a phrase goes before a word it holds."""
    return tuple(
        sorted(dict.fromkeys(folded(word) for words in lists for word in words), key=len, reverse=True)
    )
