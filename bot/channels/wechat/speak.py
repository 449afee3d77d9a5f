"""Fits an answer into the one text that a passive answer is: choices become numbers to write back."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from bot.channels.parting import columns, split
from conversations.questions import is_question, is_way
from domain.messages import Button, Rendered

TEXT_LIMIT = 1800
"""Bytes of a text: 600 Chinese characters. The platform's own limit is 2048 (error 45002)."""

COLUMNS = 34
"""Half-width columns of a line on a phone of 360 px with WeChat's larger type."""

BETWEEN, BULLET = "  ", "·"

_TAG = re.compile("<(?=[A-Za-z/!])")
_NO_TAG = chr(0xFF1C)
"""WeChat makes links of `<a href=…>` in a text: in what people wrote the sign becomes its wide twin."""

Say = Callable[[str, str, Mapping[str, Any]], str]
"""A text of the catalogue: language, key, parameters."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as text: `body` in parts that each fit, the choices below it, and files of the shelf."""

    body: tuple[str, ...]
    choices: str = ""
    media: tuple[int, ...] = ()
    language: str = ""

    @property
    def parts(self) -> list[str]:
        """The texts to send, in order; the choices stand under the last."""
        together = below(self.body[-1], self.choices)
        fits = weight(together) <= TEXT_LIMIT
        last = [together] if fits else [self.body[-1], *_parted(self.choices)]
        return [*self.body[:-1], *last]


def weight(text: str) -> int:
    """Bytes."""
    return len(text.encode("utf-8", "surrogatepass"))


def _parted(text: str) -> list[str]:
    """Texts that each fit; most do as they are, and one look at the whole tells."""
    return [text] if weight(text) <= TEXT_LIMIT else split(text, TEXT_LIMIT, weight)


def below(*texts: str) -> str:
    """One under the other, a blank line between; empty ones are left out."""
    return "\n\n".join(text for text in texts if text)


def compose(messages: Sequence[Rendered], say: Say) -> Said:
    """The messages of one answer as one."""
    language = next((message.language for message in messages if message.language), "")
    blocks, choices = [], ""
    for message, numbered in zip(messages, number(messages), strict=True):
        if choices:  # of an earlier message: its lines stay where they are
            blocks.append(choices)
        blocks.append(message.text.strip())
        choices = _choices(_unsaid(numbered, message.text), language, say)
    body = _parted(plain(below(*blocks)))
    media = tuple(one for message in messages for one in message.media)
    return Said(tuple(body), plain(choices), media, language)


Numbered = Sequence[Sequence[tuple[int, Button]]]
"""Rows of choices, each with the number that chooses it; 0 where only its words do."""


def number(messages: Sequence[Rendered]) -> list[Numbered]:
    """Each message's choices with their numbers, counted as the desk counts them (`Visit.shown`).

    Where a question stands, only its own choices are counted.
    """
    asking = [place for place, message in enumerate(messages) if message.buttons]
    alone = bool(asking) and any(is_question(b.data) for row in messages[asking[-1]].buttons for b in row)
    counting = count(1)

    def counted(place: int) -> int:
        return next(counting) if not alone or place == asking[-1] else 0

    return [
        [[(counted(place), button) for button in row] for row in message.buttons]
        for place, message in enumerate(messages)
    ]


def joined(messages: Sequence[Rendered]) -> Rendered:
    """The same as one message to push, its buttons those that numbers count."""
    said = [message.text.strip() for message in messages]
    counted = ([b for place, b in row if place] for numbered in number(messages) for row in numbered)
    rows = tuple(tuple(row) for row in counted if row)
    media = tuple(one for message in messages for one in message.media)
    return replace(messages[-1], text=below(*said), buttons=rows, media=media)


def _unsaid(numbered: Numbered, text: str) -> Numbered:
    """Without those that stand in the text already, under the same number: lists of cases."""
    said = {line.partition(". ")[0]: line.replace("-", "") for line in text.splitlines()}

    def is_said(place: int, button: Button) -> bool:
        about = button.data.rpartition(":")[2].replace("-", "")
        return bool(about) and about in said.get(str(place), "")

    return [[(place, b) for place, b in row if not is_said(place, b)] for row in numbered]


def _choices(numbered: Numbered, language: str, say: Say) -> str:
    """The lines under a text: numbers to write back, then what is said as words."""
    counted = [[(place, b) for place, b in row if not (place and is_way(b.data))] for row in numbered]
    ways = [button.label for row in numbered for place, button in row if place and is_way(button.data)]
    lines = [line for row in counted for line in _lines(row)]
    if any(place for row in counted for place, _ in row):
        lines.insert(0, say(language, "passive.numbers", {}))
    if ways:
        lines.append(say(language, "passive.ways", {"ways": ways}))
    return "\n".join(lines)


def _lines(row: Sequence[tuple[int, Button]]) -> list[str]:
    """A line for each choice; small ones of one row share a line where a phone shows it whole."""
    named = [f"{place or BULLET} {button.label}" for place, button in row]
    together = BETWEEN.join(named)
    small = all(button.minor for _, button in row) and columns(together) <= COLUMNS
    return [together] if small and named else named


def plain(text: str) -> str:
    """What people wrote makes no links."""
    return _TAG.sub(_NO_TAG, text)
