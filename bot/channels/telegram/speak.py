"""Fits texts and buttons to what Telegram takes and a phone shows.

Texts go out without a parse mode: what looks like markup arrives as it was written, nothing needs escaping.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from domain.messages import Button

TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
"""Counted in UTF-16 units, the strictest way of counting characters."""

COLUMNS = 36
"""Half-width columns of a row of buttons on a phone of 360 px; each button loses two to its edges."""

IN_A_ROW, IN_ALL = 8, 100

Keyboard = dict[str, list[list[dict[str, Any]]]]
"""An inline keyboard as the Bot API takes it."""

_ENDS = frozenset(".!?;" + chr(0x3002) + chr(0xFF01) + chr(0xFF1F) + chr(0xFF1B))
"""What ends a sentence, the ideographic full stop and the full-width marks too."""


def units(text: str) -> int:
    """The length of a text as Telegram counts at its strictest."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """The text in parts of at most `limit` units, cut at a line's or a sentence's end where there is one."""
    found, rest = [], text.strip()
    while units(rest) > limit:
        at = _border(rest, _within(rest, limit))
        found.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*found, rest]


def _within(text: str, limit: int) -> int:
    """How many characters from the start fit into so many units."""
    spent = 0
    for count, character in enumerate(text):
        spent += 2 if ord(character) > 0xFFFF else 1
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


def keyboard(rows: Sequence[Sequence[Button]]) -> Keyboard | None:
    """The buttons below a message; rows too wide for a phone are folded."""
    folded: list[list[dict[str, Any]]] = []
    room = IN_ALL
    for row in rows:
        fitting = row[:room]
        room -= len(fitting)
        folded += [[{"text": b.label, "callback_data": b.data} for b in piece] for piece in _folded(fitting)]
    return {"inline_keyboard": folded} if folded else None


def _folded(row: Sequence[Button]) -> Iterator[Sequence[Button]]:
    """A row in as few even rows as show every label whole."""
    if not row:
        return
    widest = max(_columns(button.label) for button in row) + 2
    most = max(1, min(IN_A_ROW, COLUMNS // widest))
    count = -(-len(row) // most)
    size = -(-len(row) // count)
    for start in range(0, len(row), size):
        yield row[start : start + size]


@lru_cache(4096)
def _columns(label: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in label)
