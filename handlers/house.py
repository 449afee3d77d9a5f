"""What the desk is wired with: one plain object made at start, the same in tests with other edges."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from domain.messages import Choice, Words
from domain.suggest import Lexicon
from handlers.ports import Channel, Clock
from storage.database import Database
from storage.media import Shelf
from storage.work import Workplace


class Speech(Words, Protocol):
    """The catalogue as the desk uses it."""

    def pick(self, language: str, text: str, choices: tuple[Choice, ...]) -> Choice | None:
        """Which of the choices a text names."""

    def closest(self, spoken: str) -> str:
        """The language for what a channel reports."""


@dataclass(frozen=True, slots=True)
class House:
    """Database, where steps are done, words, shelf for files, channels by name, clock, randomness, secret.

    `choose(n)` gives a random number below n. `posted` is called after a commit that put letters into
    the outbox. `report` takes an unforeseen error and gives the reference that people may quote.
    `site` is where the web page stands, for links.
    `plain(language, text)` says in that language what could be plainer in a text (EXPERIENCE 19).
    `address` is where the service is reached, without a slash at its end.
    """

    database: Database
    workplace: Workplace
    words: Speech
    shelf: Shelf
    channels: Mapping[str, Channel]
    clock: Clock
    choose: Callable[[int], int]
    secret: bytes
    lexicon: Lexicon
    zone: tzinfo
    language: str
    posted: Callable[[], None]
    report: Callable[[BaseException], str]
    site: str = ""
    plain: Callable[[str, str], Sequence[str]] | None = None
    address: str = ""
