"""What goes out together: a night's letters and reminders of one seat become one digest, in order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.messages import Message
from domain.people import Seat
from handlers.digests import digest
from handlers.nights import Nights
from storage.outbox import Letter


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes out as one message: one letter, or several that are gathered in a digest."""

    letters: tuple[Letter, ...]
    message: Message

    @property
    def first(self) -> Letter:
        """The letter that was there first."""
        return self.letters[0]

    @property
    def ids(self) -> list[int]:
        """Its letters."""
        return [letter.id for letter in self.letters]

    @property
    def in_bulk(self) -> bool:
        """Whether it waits for the platform's rate: not what is urgent, nor what changes an earlier one."""
        return not self.first.urgent and self.first.edits is None


def sort(
    letters: Sequence[Letter], nights: Nights, now: datetime
) -> tuple[Mapping[int, datetime], list[Letter]]:
    """What their readers' quiet hours hold back, and until when; and what goes out now."""
    waits = {letter.id: nights.waits_until(letter, now) for letter in letters}
    held = {number: until for number, until in waits.items() if until is not None}
    return held, [letter for letter in letters if letter.id not in held]


def bundles(letters: Iterable[Letter], nights: Nights) -> list[Bundle]:
    """What the night kept for one seat, and its reminders, become one digest (part 3, 13)."""
    gathered: dict[Seat, list[Letter]] = {}
    found = []
    for letter in letters:
        if nights.gathers(letter):
            gathered.setdefault(letter.seat, []).append(letter)
        else:
            found.append(Bundle((letter,), letter.message))
    for kept in gathered.values():
        message = kept[0].message if len(kept) == 1 else digest(kept)
        found.append(Bundle(tuple(kept), message))
    return found
