"""Files on their way to WeChat: put there once, good for three days, each kind within its limits."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.channels.recent import Recent
from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.errors import Refused, Trouble
from handlers.ports import Clock
from storage.database import Database
from storage.media import Shelf
from storage.timeline import MediaRows

KEPT = timedelta(days=2, hours=12)
"""The platform keeps a file for three days."""

REMEMBERED = 2000
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """What the platform calls a kind of file, what it takes of it, and in which form."""

    name: str
    most: int
    endings: dict[str, str]
    seconds: float = float("inf")


KINDS = {
    "photo": Kind("image", 10 * MEGABYTE, {"image/jpeg": ".jpg", "image/png": ".png"}),
    "voice": Kind("voice", 2 * MEGABYTE, {"audio/mpeg": ".mp3"}, 60),
    "video": Kind("video", 10 * MEGABYTE, {"video/mp4": ".mp4"}),
}
"""By our kinds. Documents have no message of their own in WeChat: they are read on the page."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of the shelf that WeChat can show."""

    digest: str
    kind: Kind
    mime: str
    path: Path


Find = Callable[[Sequence[int]], Awaitable[list[Piece]]]
"""The files with these numbers that WeChat can show, in order; others are left out."""


def on_shelf(database: Database, shelf: Shelf) -> Find:
    """Files of this shelf, by their rows in this database."""

    async def found(ids: Sequence[int]) -> list[Piece]:
        if not ids:
            return []
        async with database.reading() as connection:
            rows = await MediaRows(connection).by_ids(ids)
        return [piece for number in ids if number in rows and (piece := _piece(shelf, rows[number]))]

    return found


def _piece(shelf: Shelf, row: Any) -> Piece | None:
    kind = KINDS.get(row.kind)
    if kind is None or row.mime not in kind.endings:
        return None
    if row.bytes > kind.most or (row.seconds or 0) > kind.seconds:
        return None
    try:
        return Piece(row.digest, kind, row.mime, shelf.path(row.digest))
    except LookupError:
        return None


class Files:
    """Puts files there and sends them; one that is still there is not put there again."""

    def __init__(self, api: WeChatApi, pieces: Find, clock: Clock) -> None:
        self._api, self.pieces, self._clock = api, pieces, clock
        self._there: Recent[str, tuple[str, datetime]] = Recent(REMEMBERED)

    async def send(self, openid: str, piece: Piece) -> None:
        """One file; one that has vanished there is put there again. Raises Refused, TryLater, Ambiguous."""
        try:
            await self._say(openid, piece, await self._media_id(piece))
        except Refused as refused:
            if refused.trouble != Trouble.MEDIA:
                raise
            self._there.take(piece.digest)
            await self._say(openid, piece, await self._media_id(piece))

    async def _say(self, openid: str, piece: Piece, media_id: str) -> None:
        await self._api.say(openid, piece.kind.name, {"media_id": media_id})

    async def _media_id(self, piece: Piece) -> str:
        known = self._there.get(piece.digest)
        if known and self._clock() < known[1]:
            return known[0]
        name = piece.digest[:12] + piece.kind.endings[piece.mime]
        media_id = await self._api.upload(piece.kind.name, name, piece.mime, piece.path)
        self._there.put(piece.digest, (media_id, self._clock() + KEPT))
        return media_id
