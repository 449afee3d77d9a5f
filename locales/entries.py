"""Reads the catalogues: gettext files whose msgid is a key and whose msgstr is a Jinja2 template."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from gettext import c2py
from pathlib import Path
from types import CodeType

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent

WORDS = ".words"
"""Ends the key of an entry that lists keywords for a choice: `menu.help.words`."""


class BadCatalogue(ValueError):
    """A catalogue that must not be used: a key twice, a key without words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One key's words: one text, or one for each plural form; `notes` are the translator's comments."""

    key: str
    texts: tuple[str, ...]
    notes: tuple[str, ...]
    file: str
    plural: bool

    def note(self, name: str) -> str | None:
        """What the comment `name: …` says, or None."""
        said = (note.partition(":") for note in self.notes)
        return next((rest.strip() for head, _, rest in said if head.strip() == name), None)


@dataclass(frozen=True, slots=True)
class Book:
    """Everything said in one language; `form(n)` is the plural form for a count.

    What is worked out of its texts when they are first needed is kept with it, for all who read it: `codes`
    of templates by their text, `labels` and `keywords` of choices by their key. No clock or zone is in these.
    """

    language: str
    entries: Mapping[str, Entry]
    form: Callable[[int], int]
    codes: dict[str, CodeType] = field(default_factory=dict, repr=False, compare=False)
    labels: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    keywords: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)


def read(language: str, folder: Path = FOLDER) -> Book:
    """All `<folder>/<language>/*.po` as one book. Raises BadCatalogue."""
    entries: dict[str, Entry] = {}
    form: Callable[[int], int] = c2py("0")
    for path in sorted((folder / language).glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language, abort_invalid=True)
        form = c2py(catalogue.plural_expr)
        for entry in _entries(catalogue, path.name):
            if entry.key in entries:
                raise BadCatalogue(f"{language}: {entry.key} in {entries[entry.key].file} and {entry.file}")
            entries[entry.key] = entry
    return Book(language, entries, form)


def _entries(messages: Catalog, file: str) -> Iterator[Entry]:
    for message in messages:
        if not message.id:
            continue  # the header
        ids = _each(message.id)
        texts = _each(message.string)
        if not texts or not all(texts) or message.fuzzy:
            raise BadCatalogue(f"{file}: {ids[0]} has no words, or doubtful ones (fuzzy)")
        yield Entry(ids[0], texts, tuple(message.user_comments), file, len(ids) > 1)


def _each(found: str | Iterable[str] | None) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else tuple(found or ())
