"""The catalogue of words: says a message in somebody's language, and understands which choice they name."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from domain.messages import Choice, Message, Params, Rendered
from domain.people import LANGUAGES
from locales.entries import FOLDER, Book, read
from locales.meaning import namings, normal
from locales.tongue import MissingWords, Tongue

__all__ = ["LANGUAGES", "Catalogue", "MissingWords"]


class Catalogue:
    """`domain.messages.Words`. Languages it doesn't speak are answered in the first it does."""

    def __init__(self, tongues: Mapping[str, Tongue]) -> None:
        self._tongues = dict(tongues)
        self._default = next(iter(self._tongues))
        self._in_turn = {
            name: (tongue, *(other for other in self._tongues.values() if other is not tongue))
            for name, tongue in self._tongues.items()
        }
        """Who is asked what somebody means who speaks this language."""
        self._closest = {name.partition("_")[0]: name for name in reversed(self._tongues)}

    @classmethod
    def load(
        cls,
        folder: Path = FOLDER,
        *,
        zone: str | tzinfo = "Asia/Shanghai",
        clock: Callable[[], datetime] | None = None,
    ) -> "Catalogue":
        """Read every language. `zone` is the district's; with `clock` (aware) dates of another year say so.

        Raises BadCatalogue. Templates are compiled when first said.
        """
        place = ZoneInfo(zone) if isinstance(zone, str) else zone
        today = _today_in(place, clock) if clock else None
        return cls({name: Tongue(_book(name, folder), place, today) for name in LANGUAGES})

    @property
    def languages(self) -> tuple[str, ...]:
        """What is spoken; the default comes first."""
        return tuple(self._tongues)

    def closest(self, spoken: str) -> str:
        """The language for what a channel reports (`zh-hans`, `en-GB`, nothing)."""
        head = spoken.replace("-", "_").partition("_")[0].lower()
        return self._closest.get(head, self._default)

    def render(self, language: str, message: Message) -> Rendered:
        """The message and its buttons' labels in that language. Raises MissingWords."""
        tongue = self._tongue(language)
        rows = tuple([tongue.buttons(row) for row in message.choices])
        text = tongue.say(message.key, message.params)
        told = (message.media, message.replaces, message.wants, message.key, tongue.language)
        return Rendered(text, rows, *told, params=message.params)

    def say(self, language: str, key: str, params: Params | None = None) -> str:
        """One text of the catalogue. Raises MissingWords."""
        return self._tongue(language).say(key, params or {})

    def means(self, language: str, text: str, keys: tuple[str, ...]) -> str | None:
        """The key that the text names by label or keyword, in this language first, then in any other."""
        said = normal(text)
        if not said:
            return None
        for tongue in self._in_turn.get(language) or self._in_turn[self._default]:
            if (key := tongue.named(keys).get(said)) is not None:
                return key
        return None

    def pick(self, language: str, text: str, choices: Sequence[Choice]) -> Choice | None:
        """The choice that the text names; choices with words of their own (registry) count by these."""
        said = normal(text)
        for choice in choices if said else ():
            if choice.params and said in namings(self.say(language, choice.key, choice.params)):
                return choice
        key = self.means(language, text, tuple([choice.key for choice in choices]))
        return next((choice for choice in choices if choice.key == key), None)

    def _tongue(self, language: str) -> Tongue:
        return self._tongues.get(language) or self._tongues[self._default]


def _book(language: str, folder: Path) -> Book:
    return _shipped(language) if folder == FOLDER else read(language, folder)


@cache
def _shipped(language: str) -> Book:
    """The program's own words: they take a while to read and don't change under it, so once a process."""
    return read(language)


def _today_in(zone: tzinfo, clock: Callable[[], datetime]) -> Callable[[], date]:
    return lambda: clock().astimezone(zone).date()
