"""Files from the shelf on their way to Telegram."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from domain.media import MP4, SUFFIXES, Kind, MediaGone
from storage.database import Database
from storage.media import Shelf
from storage.timeline import MediaRows

ALBUM = 10
"""Pictures, or documents, that go out as one album."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file to send; `name` is what its receiver sees, and tells nothing of who sent it first."""

    kind: Kind
    mime: str
    content: Path | bytes
    name: str = ""

    async def read(self) -> bytes:
        """The bytes."""
        content = self.content
        return content if isinstance(content, bytes) else await asyncio.to_thread(content.read_bytes)

    @property
    def shape(self) -> Kind:
        """How Telegram shows it: a video that phones can't play is a document there."""
        return "document" if self.kind == "video" and self.mime != MP4 else self.kind


Media = Callable[[Sequence[int]], Awaitable[list[Piece]]]
"""Finds files by their ids on the shelf; what was forgotten is left out."""


def shelf_media(database: Database, shelf: Shelf) -> Media:
    """Files of this shelf, by their rows in this database."""

    async def found(ids: Sequence[int]) -> list[Piece]:
        async with database.reading() as connection:
            rows = await MediaRows(connection).by_ids(ids)
        return list(_pieces(shelf, [rows[number] for number in ids if number in rows]))

    return found


def _pieces(shelf: Shelf, rows: Sequence[object]) -> Iterator[Piece]:
    for row in rows:
        digest, kind, mime = (getattr(row, name) for name in ("digest", "kind", "mime"))
        try:
            yield Piece(kind, mime, shelf.path(digest), digest[:12] + SUFFIXES.get(mime, ""))
        except MediaGone:
            continue


def albums(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces in the order given, neighbours that may share an album together; voices stay alone."""
    found: list[list[Piece]] = []
    for shape, group in groupby(pieces, key=_album_of):
        members = list(group)
        size = 1 if shape == "voice" else ALBUM
        found += [members[start : start + size] for start in range(0, len(members), size)]
    return found


def _album_of(piece: Piece) -> str:
    return "seen" if piece.shape in ("photo", "video") else piece.shape
