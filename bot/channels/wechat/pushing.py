"""What a message becomes when it is pushed: its words first, then its files, each a message of its own."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.files import Files, Piece
from bot.channels.wechat.speak import TEXT_LIMIT, Say, below, compose, number, plain, weight
from domain.messages import Button, Rendered

IN_A_MENU = 5
"""Choices that a msgmenu shows; more are numbers under the text."""

SHORT = 600
"""Bytes of a text that the platform found too long, though it should have fitted."""

CHOICE_BYTES = 120
"""Bytes of a choice's line in a msgmenu."""

Send = Callable[[str], Awaitable[None]]
"""Sends it to this openid. Raises Refused, TryLater, Ambiguous."""


@dataclass(frozen=True, slots=True)
class Part:
    """One customer-service message."""

    send: Send
    shorter: Send | None = None


class Pushing:
    """Makes the parts of a message. `say` gives texts of the catalogue, `page` the page's address."""

    def __init__(self, api: WeChatApi, files: Files, say: Say, page: Callable[[], str]) -> None:
        self._api, self._files, self._say, self._page = api, files, say, page

    async def parts(self, message: Rendered, room: int) -> list[Part]:
        """At most `room` messages, and at least one: what doesn't fit is said to wait on the page."""
        pieces = await self._files.pieces(message.media)
        words = self._words(message)
        shown = pieces[: max(0, room - len(words))]
        if len(words) > room or len(shown) < len(message.media):
            words = self._words(message, most=max(1, room), more=True)
            shown = pieces[: max(0, room - len(words))]
        return [*words, *(Part(self._file(piece)) for piece in shown)]

    def _words(self, message: Rendered, most: int = 0, *, more: bool = False) -> list[Part]:
        """The texts; `more` says below that the rest is on the page, and cuts to `most` messages."""
        if not message.text.strip() and not message.buttons and not more:
            return []
        note = self._say(message.language, "wechat.more", {"page": self._page()}) if more else ""
        numbered = [choice for rows in number([message]) for row in rows for choice in row]
        in_menu = 0 < len(numbered) <= IN_A_MENU
        said = compose([_bare(message) if in_menu else message], self._say)
        texts = said.parts
        if most:
            texts = texts[:most]
        texts[-1] = below(_cut(texts[-1], TEXT_LIMIT - weight(note) - 4), note) if note else texts[-1]
        plain_ones = [Part(self._text(text), self._text(_cut(text, SHORT))) for text in texts]
        if not in_menu:
            return plain_ones
        short = self._menu(_cut(texts[-1], SHORT), numbered)
        return [*plain_ones[:-1], Part(self._menu(texts[-1], numbered), short)]

    def _text(self, text: str) -> Send:
        return lambda openid: self._api.say(openid, "text", {"content": text})

    def _menu(self, text: str, numbered: Sequence[tuple[int, Button]]) -> Send:
        rows = [
            {"id": button.data, "content": _cut(plain(f"{place} {button.label}"), CHOICE_BYTES)}
            for place, button in numbered
        ]
        menu: dict[str, Any] = {"head_content": text, "list": rows, "tail_content": ""}
        return lambda openid: self._api.say(openid, "msgmenu", menu)

    def _file(self, piece: Piece) -> Send:
        async def send(openid: str) -> None:
            await self._files.send(openid, piece)

        return send


def _bare(message: Rendered) -> Rendered:
    return Rendered(message.text, language=message.language)


def _cut(text: str, most: int) -> str:
    """The text, its end left out where it is longer than so many bytes."""
    if weight(text) <= most:
        return text
    return text.encode()[: most - 3].decode(errors="ignore").rstrip() + "…"
