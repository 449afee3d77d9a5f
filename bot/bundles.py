"""What goes out together: letters of one night become one digest, one person's letters stay in order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.calendar import Calendar
from domain.messages import Choice, Message
from domain.people import Seat
from storage.outbox import Letter

IN_A_DIGEST = 10
"""Letters named in one digest; more are counted."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes out as one message: one letter, or several held back by the quiet hours."""

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


def sort(letters: Sequence[Letter], calendar: Calendar, now: datetime) -> tuple[list[Letter], list[Letter]]:
    """What the quiet hours hold back, and what goes out now. Urgent letters and edits never wait."""
    quiet = calendar.is_quiet(now)
    held = [letter for letter in letters if quiet and not letter.urgent and letter.edits is None]
    kept = {letter.id for letter in held}
    return held, [letter for letter in letters if letter.id not in kept]


def bundles(letters: Iterable[Letter], calendar: Calendar) -> list[Bundle]:
    """Several letters that the night kept for one seat become one digest (part 3, 13)."""
    nightly: dict[Seat, list[Letter]] = {}
    found = []
    for letter in letters:
        if letter.edits is None and not letter.urgent and calendar.is_quiet(letter.made_at):
            nightly.setdefault(letter.seat, []).append(letter)
        else:
            found.append(Bundle((letter,), letter.message))
    for kept in nightly.values():
        message = kept[0].message if len(kept) == 1 else digest(kept)
        found.append(Bundle(tuple(kept), message))
    return found


def digest(letters: Sequence[Letter]) -> Message:
    """One message that names each case with what happened to it, and opens it."""
    named: dict[str, dict[str, object]] = {}
    for letter in letters:
        params = letter.message.params
        if number := params.get("number"):
            named[number] = {
                "number": number,
                "about": params.get("about", ""),
                "key": letter.message.key,
                "action": params.get("action", ""),
            }
    shown = list(named.values())[:IN_A_DIGEST]
    rows = tuple((Choice(f"show:{n['number']}", "notice.digest_show", n),) for n in shown)
    return Message(
        "notice.digest", {"items": shown, "count": len(named), "more": len(named) - len(shown)}, rows
    )
