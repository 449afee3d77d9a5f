"""Calendars over HTTP: `/calendar/<workroom>.ics` for all, `/calendar/own/<token>.ics` for its owner."""

import asyncio
import hashlib
from importlib import import_module
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from handlers import calendars
from handlers.house import House
from handlers.visit import now_of
from storage.unit import UnitOfWork

TYPE = "text/calendar; charset=utf-8"


class Feeds:
    """Reads on each request; nothing is kept."""

    def __init__(self, house: House, language: str) -> None:
        self._house, self._language = house, language

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/calendar/own/{token:str}.ics", self.own),
            Route("/calendar/{code:str}.ics", self.room),
        ]

    async def room(self, request: Request) -> Response:
        """A workroom's open days."""
        code = request.path_params["code"]
        async with self._house.database.reading() as connection:
            uow = UnitOfWork(connection)
            found = await calendars.of_workroom(uow, await now_of(uow, self._house), code)
        if found is None:
            return Response(status_code=404)
        page = f"{self._house.site}/workrooms/{found.room.code}"
        body = await asyncio.to_thread(_ics().room_file, found, self._house.zone, self._say, page)
        return _answer(request, body, "public, max-age=900")

    async def own(self, request: Request) -> Response:
        """A representative's shifts; a wrong address and a revoked one are told alike."""
        token = request.path_params["token"]
        async with self._house.database.reading() as connection:
            uow = UnitOfWork(connection)
            now = await now_of(uow, self._house)
            found = await calendars.of_token(uow, now, self._house.secret, token)
        if found is None:
            return Response(status_code=404)
        return _answer(request, _ics().own_file(found, self._house.zone, self._say), "private, no-cache")

    def _say(self, key: str, **params: Any) -> str:
        return self._house.words.say(self._language, key, params)


def _ics() -> Any:
    """Loaded when the first telephone asks: most processes are never asked."""
    return import_module("bot.ics")


def _answer(request: Request, body: bytes, kept: str) -> Response:
    """The file, or 304 for whoever has it already."""
    tag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": kept, "X-Content-Type-Options": "nosniff"}
    asked = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if tag in asked or "*" in asked:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=TYPE, headers=headers)
