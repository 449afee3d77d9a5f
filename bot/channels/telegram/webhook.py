"""The address Telegram brings updates to: answered 200 only when they were dealt with.

A plain ASGI endpoint: a request and its answer cost little more here than their JSON.
"""

import hmac
import math
from collections.abc import Awaitable, Callable

import orjson
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.channels.telegram.gate import Later
from bot.channels.telegram.reading import Json
from bot.channels.telegram.saying import Call
from bot.front import Direct

PATH = "/telegram/webhook"
BODY_LIMIT = 1024 * 1024
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name

Handle = Callable[[Json], Awaitable[Call | None]]
"""Deals with one update and answers it; what it gives rides on the response. Raises Later."""

_SECRET = SECRET_HEADER.lower().encode()
_NOTHING = [(b"content-length", b"0")]


def webhook(secret: str, handle: Handle) -> Route:
    """The route; without the secret nothing is even read."""
    return Direct(PATH, Webhook(secret, handle), methods=["POST"])


class Webhook:
    """The endpoint as an ASGI application."""

    def __init__(self, secret: str, handle: Handle) -> None:
        self._secret = secret.encode()
        self._handle = handle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        status, headers, body = await self._answered(dict(scope["headers"]), receive)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answered(
        self, headers: dict[bytes, bytes], receive: Receive
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        given = headers.get(_SECRET, b"")
        if not self._secret or not hmac.compare_digest(given, self._secret):
            return 401, _NOTHING, b""
        found = await _body(headers, receive)
        if found is None:
            return 413, _NOTHING, b""
        update = _decoded(found)
        if update is None:
            return 400, _NOTHING, b""
        try:
            riding = await self._handle(update)
        except Later as later:
            wait = b"%d" % max(1, math.ceil(later.seconds))
            return 503, [*_NOTHING, (b"retry-after", wait)], b""
        if riding is None:
            return 200, _NOTHING, b""
        body = orjson.dumps({"method": riding.method, **riding.params})
        return 200, [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))], body


async def _body(headers: dict[bytes, bytes], receive: Receive) -> bytes | None:
    """The body, empty when the sender went away, or None as soon as it is too long."""
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and int(declared) > BODY_LIMIT:
        return None
    found = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        found += message.get("body", b"")
        if len(found) > BODY_LIMIT:
            return None
        if not message.get("more_body", False):
            return bytes(found)


def _decoded(body: bytes) -> Json | None:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    is_update = isinstance(found, dict) and type(found.get("update_id")) is int
    return found if is_update else None
