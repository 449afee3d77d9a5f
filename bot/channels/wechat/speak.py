"""Fits an answer into the one text that a passive answer is: choices become numbers to write back."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from bot.channels.parting import split
from conversations.questions import is_question, is_way
from domain.messages import Button, Rendered

TEXT_LIMIT = 1800
"""Bytes of a text: 600 Chinese characters. The platform's own limit is 2048 (error 45002)."""

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
        last = [together] if fits else [self.body[-1], *split(self.choices, TEXT_LIMIT, weight)]
        return [*self.body[:-1], *last]


def weight(text: str) -> int:
    """Bytes."""
    return len(text.encode("utf-8", "surrogatepass"))


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
        choices = _choices(numbered, language, say)
    body = split(plain(below(*blocks)), TEXT_LIMIT, weight)
    media = tuple(one for message in messages for one in message.media)
    return Said(tuple(body), plain(choices), media, language)


def number(messages: Sequence[Rendered]) -> list[list[tuple[int, Button]]]:
    """Each message's choices with their numbers, counted as the desk counts them (`Visit.shown`)."""
    asking = [place for place, message in enumerate(messages) if message.buttons]
    alone = bool(asking) and any(is_question(b.data) for b in _buttons(messages[asking[-1]]))
    counting = count(1)
    return [
        [(next(counting), button) for button in _buttons(message)] if not alone or place == asking[-1] else []
        for place, message in enumerate(messages)
    ]


def joined(messages: Sequence[Rendered]) -> Rendered:
    """The same as one message to push, its buttons those that numbers count."""
    said = [message.text.strip() for message in messages]
    rows = tuple((button,) for numbered in number(messages) for _, button in numbered)
    media = tuple(one for message in messages for one in message.media)
    return replace(messages[-1], text=below(*said), buttons=rows, media=media)


def _buttons(message: Rendered) -> list[Button]:
    return [button for row in message.buttons for button in row]


def _choices(numbered: Sequence[tuple[int, Button]], language: str, say: Say) -> str:
    """The lines under a text: numbers to write back, then what is said as words."""
    lines = [f"{place} {button.label}" for place, button in numbered if not is_way(button.data)]
    ways = [button.label for _, button in numbered if is_way(button.data)]
    if lines:
        lines.insert(0, say(language, "passive.numbers", {}))
    if ways:
        lines.append(say(language, "passive.ways", {"ways": ways}))
    return "\n".join(lines)


def plain(text: str) -> str:
    """What people wrote makes no links."""
    return _TAG.sub(_NO_TAG, text)
