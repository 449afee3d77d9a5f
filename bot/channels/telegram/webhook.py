"""The address Telegram brings updates to: answered 200 only when they were dealt with.

A direct endpoint: a request and its answer cost little more here than their JSON.
"""

import hmac
import math
from collections.abc import Awaitable, Callable, Mapping

import orjson
from starlette.routing import Route

from bot.channels.telegram.gate import Later
from bot.channels.telegram.reading import Json
from bot.channels.telegram.saying import Call
from bot.direct import Direct, Reply

PATH = "/telegram/webhook"
BODY_LIMIT = 1024 * 1024
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name

Handle = Callable[[Json], Awaitable[Call | None]]
"""Deals with one update and answers it; what it gives rides on the response. Raises Later."""

_SECRET = SECRET_HEADER.lower().encode()
_JSON = ((b"content-type", b"application/json"),)


def webhook(secret: str, handle: Handle) -> Route:
    """The route; without the secret nothing is even read."""
    return Direct(PATH, Webhook(secret, handle))


class Webhook:
    """`bot.direct.Endpoint`."""

    limit = BODY_LIMIT

    def __init__(self, secret: str, handle: Handle) -> None:
        self._secret = secret.encode()
        self._handle = handle

    def refused(self, headers: Mapping[bytes, bytes]) -> Reply | None:
        """401 without the secret."""
        given = headers.get(_SECRET, b"")
        return None if self._secret and hmac.compare_digest(given, self._secret) else (401, (), b"")

    async def answered(self, body: bytes) -> Reply:
        """200 when it is dealt with, with what rides on it; 503 when it is to be brought again."""
        update = _decoded(body)
        if update is None:
            return 400, (), b""
        try:
            riding = await self._handle(update)
        except Later as later:
            return 503, ((b"retry-after", b"%d" % max(1, math.ceil(later.seconds))),), b""
        if riding is None:
            return 200, (), b""
        return 200, _JSON, orjson.dumps({"method": riding.method, **riding.params})


def _decoded(body: bytes) -> Json | None:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    is_update = isinstance(found, dict) and type(found.get("update_id")) is int
    return found if is_update else None
