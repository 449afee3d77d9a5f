"""A case's way round has words for everything that can stand in it, and one word never means two commands."""

from collections.abc import Mapping
from typing import get_args

import pytest

from domain.cases import ACTIONS, KINDS, PRIVACIES, RATINGS, STAFF_ORDER, Part, State
from domain.media import Kind
from domain.people import ROLES
from domain.tasks import LEADING
from handlers.commands import COMMANDS
from locales.catalogue import Catalogue
from locales.entries import Book
from tests.words.dynamic import FILERS_OWN
from tests.words.scan import prefixes_of_templates

WAITED_FOR = (Part.LIAISON, Part.HANDLER, Part.CONTACT, Part.CALLER, Part.FILER)

SPOKEN: Mapping[str, tuple[str, ...]] = {
    "case.state.": tuple(State),
    "case.kind.": KINDS,
    "case.privacy.": PRIVACIES,
    "case.turn.": (*WAITED_FOR, Part.OFFICER),
    "case.task.": (*LEADING, "take"),
    "case.rating.": (*RATINGS, "unrated"),
    "case.do.": STAFF_ORDER,
    "case.role.": (*ROLES, "person", "service"),
    "case.route.": ("sent", "acknowledged", "returned", "answered", "relayed", "recalled"),
    "case.extension.": ("asked", "granted", "declined"),
    "case.delivery.": ("waiting", "sent", "unreachable", "given_up", "dropped"),
    "case.delivery_to.": ("filer", "handler"),
    "event.": tuple(ACTIONS),
    "media.this.": get_args(Kind),
    "media.kind.": get_args(Kind),
    "people.role.": ROLES,
}
"""What templates take with the filter `word`, and all that can stand there."""

CHOICES = (
    *(f"case.do.{name}" for name in (*STAFF_ORDER, *FILERS_OWN, "comment", "show", "earlier")),
    *(f"case.rating.{name}" for name in RATINGS),
    *("people.draft_go", "people.draft_new", "people.draft_drop"),
    *("language.zh_CN", "language.en", "list.to_others", "list.to_waiting"),
)
"""What stands under messages outside conversations, where commands are understood first."""


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_whatever_can_stand_there_has_a_word(books: Mapping[str, Book], language: str) -> None:
    entries = books[language].entries
    wanted = {prefix + name for prefix, names in SPOKEN.items() for name in names}
    assert wanted - set(entries) == set()


def test_the_areas_that_templates_take_words_from_are_these(books: Mapping[str, Book]) -> None:
    mine = {"case", "event", "media", "people", "list", "notice", "done"}
    taken = {prefix for prefix in prefixes_of_templates(books.values()) if prefix.split(".")[0] in mine}
    assert taken == set(SPOKEN)


def test_no_command_hides_a_choice(books: Mapping[str, Book], catalogue: Catalogue) -> None:
    """A label or keyword under a case that is a command too could never be chosen by typing it."""
    hidden = {
        (key, name): found
        for language, book in books.items()
        for key in CHOICES
        for name in names_of(book, key)
        if (found := catalogue.means(language, name, tuple(COMMANDS)))
    }
    assert hidden == {}


def test_no_word_is_two_commands(books: Mapping[str, Book], catalogue: Catalogue) -> None:
    wrong = {
        (name, key): found
        for language, book in books.items()
        for key in COMMANDS
        for name in names_of(book, key)
        if (found := catalogue.means(language, name, tuple(COMMANDS))) != key
    }
    assert {pair: found for pair, found in wrong.items() if not together(pair[1], found)} == {}


def together(one: str, other: str | None) -> bool:
    """The two ways to the same choice of a community."""
    return {one, other} <= {"command.home", "command.change_home"}


def names_of(book: Book, key: str) -> list[str]:
    """The label and the keywords of a choice."""
    listed = book.entries.get(f"{key}.words")
    words = listed.texts[0].replace("、", ",").split(",") if listed else []
    return [book.entries[key].texts[0], *(word.strip() for word in words)]
