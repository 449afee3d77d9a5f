"""What is said again, when nobody knows whether the first time arrived (docs/decisions/0020)."""

from domain.people import Seat
from handlers.ports import Ambiguous
from storage.outbox import Letter

SAID, SAID_COUNTED = 4, 2
"""Times in all that a thing is said while its arrival stays in doubt; fewer where they are counted."""

REMINDERS = frozenset({"notice.digest"})
"""Letters that only repeat what stands in one's list."""


def pause(doubts: int) -> float:
    """Seconds until it is said again: 2, 8, 32. A platform that hangs for half a minute is waited out."""
    return 2.0 * 4.0 ** (doubts - 1)


def may_repeat(doubts: int, doubt: Ambiguous) -> bool:
    """Whether it is said once more after so many times in doubt, of which this was the last."""
    return doubts < (SAID_COUNTED if doubt.counted else SAID)


def is_told(letter: Letter, key: str) -> bool:
    """Whether this letter, worded by `key`, says of itself that it may have been there before.

    Staff hear of work: the second notice shows the same case, and its buttons are judged anew at each press.
    Danger must be short. Anything else that a resident reads twice looks like two things that happened.
    """
    again = bool(letter.doubts) or letter.taken_over
    return again and is_resident(letter.seat) and not letter.urgent and key not in REMINDERS


def is_resident(seat: Seat) -> bool:
    """Whether it is somebody's own letter, not one to a seat of the staff."""
    return seat.role == "person"
