"""Fits texts and buttons to what Telegram takes and a phone shows.

Texts go out without a parse mode: what looks like markup arrives as it was written, nothing needs escaping.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from bot.channels import parting
from domain.messages import Button

TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
"""Counted in UTF-16 units, the strictest way of counting characters."""

COLUMNS = 36
"""Half-width columns of a row of buttons on a phone of 360 px; each button loses two to its edges."""

IN_A_ROW, IN_ALL = 8, 100

Keyboard = dict[str, list[list[dict[str, Any]]]]
"""An inline keyboard as the Bot API takes it."""


def units(text: str) -> int:
    """The length of a text as Telegram counts at its strictest."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """The text in parts of at most `limit` units, cut where a reader would pause."""
    return parting.split(text, limit, lambda character: 2 if ord(character) > 0xFFFF else 1)


def keyboard(rows: Sequence[Sequence[Button]]) -> Keyboard | None:
    """The buttons below a message; rows too wide for a phone are folded."""
    folded: list[list[dict[str, Any]]] = []
    room = IN_ALL
    for row in rows:
        fitting = row[:room]
        room, size = room - len(fitting), _in_a_row(tuple([button.label for button in fitting]))
        for start in range(0, len(fitting), size):
            piece = fitting[start : start + size]
            folded.append([{"text": label, "callback_data": data} for data, label, _ in piece])
    return {"inline_keyboard": folded} if folded else None


@lru_cache(4096)
def _in_a_row(labels: tuple[str, ...]) -> int:
    """How many of them stand beside each other, when as few even rows as possible show every label whole."""
    if len(labels) < 2:
        return 1
    widest = max(map(_columns, labels)) + 2
    most = max(1, min(IN_A_ROW, COLUMNS // widest))
    count = -(-len(labels) // most)
    return -(-len(labels) // count)


def _columns(label: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in label)
