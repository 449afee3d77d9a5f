"""One language: its entries, their templates compiled when first said, the names of its choices."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, tzinfo
from typing import Any

from jinja2 import StrictUndefined, Template, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.messages import Button, Choice
from locales.cleaning import cleaned
from locales.entries import WORDS, Book
from locales.formats import Formats
from locales.meaning import keywords, normal

MENUS = 1_000
"""Menus whose names are kept ready; there are a few hundred."""


class MissingWords(KeyError):
    """A key that a language doesn't have: a bug, never shown to people."""

    def __init__(self, key: str, language: str) -> None:
        super().__init__(key)
        self.key, self.language = key, language

    def __str__(self) -> str:
        return f"no words for {self.key!r} in {self.language}"


def environment() -> ImmutableSandboxedEnvironment:
    """What templates are compiled with: plain text (channels escape), and nothing undefined passes."""
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


_GAP = re.compile(r"\{\{ ([a-z]\w*) \}\}")


class Gapped:
    """A template that only puts parameters between words, said without the engine: most buttons are."""

    def __init__(self, text: str) -> None:
        self._parts = _GAP.split(text)  # names at the odd places
        self.names = self._parts[1::2]

    @staticmethod
    def is_enough(text: str) -> bool:
        """Whether the template is nothing else."""
        return "{" not in _GAP.sub("", text)

    def render(self, params: Mapping[str, Any]) -> str:
        """As the engine's. Raises UndefinedError."""
        parts = self._parts.copy()
        try:
            parts[1::2] = [str(params[name]) for name in self.names]
        except KeyError as absent:
            raise UndefinedError(f"{absent} is undefined") from None
        return "".join(parts)


class Tongue:
    """Says the entries of one book."""

    def __init__(self, book: Book, zone: tzinfo, today: Callable[[], date] | None = None) -> None:
        self._book, self.language = book, book.language
        self._environment = environment()
        formats = Formats(book.language, self._pattern, self.say, zone, today)
        self._environment.filters.update(formats.filters())
        self._templates: dict[str, Template | Gapped | str] = {}
        self._plain_labels: dict[str, str] = {}
        self._named: dict[tuple[str, ...], dict[str, str]] = {}

    def say(self, key: str, params: Mapping[str, Any]) -> str:
        """The key's words with clean parameters. Raises MissingWords; an absent parameter is a bug too."""
        try:
            template = self._template(self._text(key, params))
            if isinstance(template, str):
                return template
            return template.render({name: cleaned(params[name]) for name in params}).strip()
        except MissingWords:
            raise
        except Exception as trouble:
            trouble.add_note(f"while saying {key!r} in {self._book.language}")
            raise

    def buttons(self, row: Sequence[Choice]) -> tuple[Button, ...]:
        """A row of choices, each with its words on one line. Raises as `say`."""
        known = self._plain_labels
        return tuple(
            [
                Button(c.data, known[c.key] if c.key in known and not c.params else self._button(c), c.minor)
                for c in row
            ]
        )

    def _button(self, choice: Choice) -> str:
        label = " ".join(self.say(choice.key, choice.params).split())
        if not choice.params:
            self._plain_labels[choice.key] = label
        return label

    def label(self, key: str) -> str:
        """A choice's words, ready to compare; nothing when they need parameters."""
        labels = self._book.labels
        if key not in labels:
            try:
                labels[key] = normal(self.say(key, {}))
            except UndefinedError:
                labels[key] = ""
        return labels[key]

    def keywords(self, key: str) -> frozenset[str]:
        """The other names of a choice, ready to compare."""
        known = self._book.keywords
        if key not in known:
            entry = self._book.entries.get(key + WORDS)
            known[key] = keywords(entry.texts[0]) if entry else frozenset()
        return known[key]

    def named(self, keys: tuple[str, ...]) -> dict[str, str]:
        """The keys by what names them: labels before other names, the first of equals."""
        if keys not in self._named:
            found = {word: key for key in reversed(keys) for word in self.keywords(key)}
            found.update({self.label(key): key for key in reversed(keys)})
            found.pop("", None)
            if len(self._named) >= MENUS:
                self._named.clear()
            self._named[keys] = found
        return self._named[keys]

    def _text(self, key: str, params: Mapping[str, Any]) -> str:
        entry = self._book.entries.get(key)
        if entry is None:
            raise MissingWords(key, self._book.language)
        return entry.texts[self._book.form(int(params["n"]))] if entry.plural else entry.texts[0]

    def _compiled(self, text: str) -> Template:
        codes = self._book.codes
        if text not in codes:
            codes[text] = self._environment.compile(text)  # takes far longer than saying it
        # A chain of maps, as make_globals gives, would be walked at every rendering.
        return Template.from_code(self._environment, codes[text], dict(self._environment.globals))

    def _pattern(self, key: str) -> str:
        return self._text(key, {})

    def _template(self, text: str) -> Template | Gapped | str:
        known = self._templates.get(text)
        if known is None:
            known = self._templates[text] = self._made(text)
        return known

    def _made(self, text: str) -> Template | Gapped | str:
        if "{" not in text:
            return text.strip()
        return Gapped(text) if Gapped.is_enough(text) else self._compiled(text)
