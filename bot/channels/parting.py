"""How wide a text is on a phone, and where to cut one that is too long."""

import unicodedata
from collections.abc import Callable

_ENDS = frozenset(".!?;" + chr(0x3002) + chr(0xFF01) + chr(0xFF1F) + chr(0xFF1B))
"""What ends a sentence, the ideographic full stop and the full-width marks too."""


def split(text: str, limit: int, cost: Callable[[str], int]) -> list[str]:
    """The text in parts of at most `limit`, cut at a line's or a sentence's end where there is one.

    `cost` is what one character counts.
    """
    found, rest = [], text.strip()
    while (most := _within(rest, limit, cost)) < len(rest):
        at = _border(rest, most)
        found.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*found, rest]


def _within(text: str, limit: int, cost: Callable[[str], int]) -> int:
    """How many characters from the start fit."""
    spent = 0
    for count, character in enumerate(text):
        spent += cost(character)
        if spent > limit:
            return count
    return len(text)


def _border(text: str, most: int) -> int:
    """Where to cut, in the second half of what fits: a line's end before a sentence's before a blank."""
    for fits in (lambda c: c == "\n", lambda c: c in _ENDS, str.isspace):
        for at in range(most - 1, most // 2 - 1, -1):
            if fits(text[at]):
                return at + 1
    return most


def columns(text: str) -> int:
    """Half-width columns: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
