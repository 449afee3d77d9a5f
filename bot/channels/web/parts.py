"""What the web chat is put together from; everything it needs is handed to it here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.channels.web.channel import WebChannel
from domain.messages import Answer, Inbound
from handlers.house import Speech
from handlers.ports import Clock
from storage.database import Database
from storage.media import Shelf


class Door(Protocol):
    """The desk, as far as a channel knows it."""

    async def handle(self, inbound: Inbound) -> Answer:
        """What to answer to this."""


async def _no_payload(role: str) -> str:
    return ""


async def _no_language(visitor: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class WebParts:
    """Explicit parts of the page's server side.

    `may_see(visitor, media id)` says whether a file may be shown. `first_payload(role)` is what a
    visitor of the sample's `/as/<role>/` starts with while nothing was said there (an invite, say);
    `language_of(visitor)` is the language they chose, if any. `secret` signs the cookies.
    """

    desk: Door
    channel: WebChannel
    database: Database
    words: Speech
    shelf: Shelf
    clock: Clock
    secret: bytes
    may_see: Callable[[str, int], Awaitable[bool]]
    public_url: str = ""
    language: str = "zh_CN"
    sample: bool = False
    first_payload: Callable[[str], Awaitable[str]] = _no_payload
    language_of: Callable[[str], Awaitable[str | None]] = _no_language

    async def speaks(self, visitor: str | None, spoken: str) -> str:
        """What the page speaks: the language they chose, or else what their browser asks for."""
        chosen = await self.language_of(visitor) if visitor else None
        return chosen or (self.words.closest(spoken) if spoken else self.language)
