"""The words of the registry's file, from the locale: what is accepted in it, and how mistakes are told."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from domain.messages import Params
from domain.registry_book import Problem, Vocabulary, fold
from domain.registry_sheets import CHOICES, SHEETS, Sheet

LANGUAGES = ("zh_CN", "en")


class Says(Protocol):
    """What is needed of the catalogue."""

    def say(self, language: str, key: str, params: Params | None = None) -> str:
        """One text of the catalogue."""


def vocabulary(words: Says, languages: Iterable[str] = LANGUAGES) -> Vocabulary:
    """Every name a sheet, a column or a choice may have, in all the languages, and its own in the code."""
    spoken = tuple(languages)
    sheets = _meanings(words, spoken, {f"registry.sheet.{sheet.name}": sheet.name for sheet in SHEETS})
    choices = {
        group: _meanings(words, spoken, {f"registry.choice.{group}.{one}": one for one in members})
        for group, members in CHOICES.items()
    }
    return Vocabulary(sheets, {sheet.name: _columns(words, spoken, sheet) for sheet in SHEETS}, choices)


def _meanings(words: Says, spoken: tuple[str, ...], keys: Mapping[str, str]) -> dict[str, str]:
    """What each name of these keys means."""
    return {name: one for key, one in keys.items() for name in _names(words, spoken, key)}


def _columns(words: Says, spoken: tuple[str, ...], sheet: Sheet) -> dict[str, str]:
    """Headers of one sheet; a column's own names go before the further ones of another."""
    own: dict[str, str] = {}
    further: dict[str, str] = {}
    for column in sheet.columns:
        key = f"registry.column.{column.name}"
        own |= {fold(name): column.name for name in (column.name, *(words.say(lang, key) for lang in spoken))}
        further |= dict.fromkeys(_names(words, spoken, key), column.name)
    return further | own


def _names(words: Says, spoken: tuple[str, ...], key: str) -> list[str]:
    names = [key.rpartition(".")[2]]
    for language in spoken:
        names += [words.say(language, key), *words.say(language, key + ".words").split()]
    return [fold(name) for name in names]


class Telling:
    """Says mistakes and names of the registry in one language."""

    def __init__(self, words: Says, language: str) -> None:
        self.words, self.language = words, language

    def say(self, key: str, **params: Any) -> str:
        """`registry.<key>` in this language."""
        return self.words.say(self.language, "registry." + key, params)

    def sheet(self, name: str) -> str:
        """A sheet's title; a file's name stays as it is."""
        return self.say("sheet." + name) if any(sheet.name == name for sheet in SHEETS) else name

    def column(self, name: str) -> str:
        """A column's header, "" for none."""
        return self.say("column." + name) if name else ""

    def problem(self, problem: Problem) -> str:
        """What is wrong, without the place."""
        params = dict(problem.params)
        if "target" in params:
            params["target"] = self.sheet(str(params["target"]))
        return self.words.say(self.language, problem.key, params)

    def place(self, problem: Problem) -> str:
        """Where it is wrong."""
        return self.say(
            "place", sheet=self.sheet(problem.sheet), row=problem.row, column=self.column(problem.column)
        )

    def line(self, problem: Problem) -> str:
        """The mistake in one line, with its place where it has one."""
        place, text = self.place(problem), self.problem(problem)
        return self.say("line", place=place, text=text) if place else text

    def as_json(self, problem: Problem) -> Mapping[str, Any]:
        """The mistake for programs and people."""
        return {
            "sheet": problem.sheet,
            "row": problem.row,
            "column": problem.column,
            "problem": problem.key.rpartition(".")[2],
            "place": self.place(problem),
            "text": self.problem(problem),
        }
