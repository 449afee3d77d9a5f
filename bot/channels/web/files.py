"""Files the page asks for: its own, never changing under one address, and people's, if they may be seen."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from bot.channels.web.parts import WebParts
from bot.channels.web.places import Place
from bot.channels.web.refusals import Refused
from bot.channels.web.visitors import Visitors
from domain.media import SUFFIXES, MediaGone, MediaRefused
from storage.timeline import MediaRows

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
FOREVER = "public, max-age=31536000, immutable"
POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
SEALED = "default-src 'none'; sandbox"
THUMBNAIL_EDGE = 640


class Static:
    """The page's scripts and styles. `version` stands for all of them and is part of their address."""

    def __init__(self, folder: Path = FOLDER) -> None:
        found = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in TYPES}
        joined = b"".join(name.encode() + b"\0" + data for name, data in found.items())
        self._files = found
        self.version = hashlib.sha256(joined).hexdigest()[:16]

    async def file(self, request: Request) -> Response:
        """One of them. A page from before a deploy gets today's, and is not told to keep it."""
        name = request.path_params["name"]
        if name not in self._files:
            return Response(status_code=404)
        current = request.path_params["version"] == self.version
        headers = {
            "Cache-Control": FOREVER if current else "no-cache",
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
        }
        return Response(self._files[name], 200, headers, TYPES[Path(name).suffix])


@dataclass(frozen=True, slots=True)
class Media:
    """What is on the shelf, for those who may see it; for everybody else it isn't there."""

    parts: WebParts
    visitors: Visitors

    async def whole(self, request: Request, place: Place) -> Response:
        """The file as it is kept; players may ask for parts of it."""
        row = await self._row(request, place)
        try:
            path = self.parts.shelf.path(row.digest)
        except MediaGone:
            raise Refused(404, "not_found") from None
        return FileResponse(path, headers=_headers(row), media_type=row.mime)

    async def thumb(self, request: Request, place: Place) -> Response:
        """A small JPEG of a photo, or of a film's first picture."""
        row = await self._row(request, place)
        try:
            data = await self.parts.shelf.thumbnail(row.digest, THUMBNAIL_EDGE)
        except (MediaGone, MediaRefused):
            raise Refused(404, "not_found") from None
        return Response(data, 200, _headers(row), "image/jpeg")

    async def _row(self, request: Request, place: Place) -> Any:
        visitor = self.visitors.known(request, place)
        number = request.path_params["number"]
        if number >= 2**63 or not await self.parts.may_see(visitor, number):
            raise Refused(404, "not_found")
        async with self.parts.database.reading() as connection:
            found = await MediaRows(connection).by_ids([number])
        if number not in found:
            raise Refused(404, "not_found")
        return found[number]


def _headers(row: Any) -> dict[str, str]:
    """Documents are not ours: they are only downloaded. Names tell nothing about who sent the file."""
    how = "attachment" if row.kind == "document" else "inline"
    return {
        "Content-Disposition": f'{how}; filename="{row.kind}-{row.id}{SUFFIXES.get(row.mime, "")}"',
        "Content-Security-Policy": SEALED,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=3600",
    }
