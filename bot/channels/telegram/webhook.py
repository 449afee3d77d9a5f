"""The address Telegram brings updates to: answered 200 only when they were dealt with."""

import hmac
import math
from collections.abc import Awaitable, Callable

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram.answering import Later
from bot.channels.telegram.reading import Json

PATH = "/telegram/webhook"
BODY_LIMIT = 1024 * 1024
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name

Handle = Callable[[Json], Awaitable[None]]
"""Deals with one update and answers it. Raises Later."""


def webhook(secret: str, handle: Handle) -> Route:
    """The route; without the secret nothing is even read."""

    async def receive(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=401)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        update = _decoded(body)
        if update is None:
            return Response(status_code=400)
        try:
            await handle(update)
        except Later as later:
            return _later(later)
        return Response()

    return Route(PATH, receive, methods=["POST"])


async def _body(request: Request) -> bytes | None:
    """The body, or None as soon as it is too long."""
    found = bytearray()
    declared = request.headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared) > BODY_LIMIT:
        return None
    try:
        async for piece in request.stream():
            found += piece
            if len(found) > BODY_LIMIT:
                return None
    except ClientDisconnect:
        return b""
    return bytes(found)


def _decoded(body: bytes) -> Json | None:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    is_update = isinstance(found, dict) and type(found.get("update_id")) is int
    return found if is_update else None


def _later(later: Later) -> Response:
    return Response(
        status_code=429 if later.busy else 503, headers={"Retry-After": str(max(1, math.ceil(later.seconds)))}
    )
