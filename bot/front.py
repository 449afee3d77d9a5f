"""What stands before the application: a direct way to the webhook, and answers that leave in one piece."""

import asyncio
from typing import Any

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.direct import Direct, Endpoint, Exchange

ENOUGH = 64 * 1024
"""Bytes that wait at the most to be written together with more."""


class Front:
    """Goes straight to the first route, if it is `Direct`: router and middlewares cost as much as it."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    def direct(self, method: bytes, url: bytes) -> Endpoint | None:
        """What answers there directly."""
        first = self._first()
        if first is None or method != b"POST" or url != first.path.encode():
            return None
        return first.direct

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request over."""
        if scope["type"] == "http":
            first = self._first()
            if first is not None and first.is_for(scope):
                return await first.app(scope, receive, send)
        return await self._app(scope, receive, send)

    def _first(self) -> Direct | None:
        first = next(iter(self._app.router.routes), None)
        return first if isinstance(first, Direct) else None


class OneWrite(HttpToolsProtocol):
    """uvicorn's own protocol, but head and body go out in one system call: they are what costs most.

    A request for an `Endpoint` that follows no unanswered one is an `Exchange`; everything else goes its way.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come."""
        super().connection_made(Gathered(transport, self.loop))  # type: ignore[arg-type]

    def on_headers_complete(self) -> None:
        """The body follows."""
        endpoint = self._endpoint()
        if endpoint is None:
            super().on_headers_complete()
        else:
            self.cycle = Exchange(self, endpoint)  # type: ignore[assignment]  # all that the protocol asks of it

    def _endpoint(self) -> Endpoint | None:
        before: Any = self.cycle
        if not isinstance(self.app, Front) or (before is not None and not before.response_complete):
            return None
        if self.expect_100_continue or self.parser.should_upgrade():
            return None
        return self.app.direct(self.parser.get_method(), self.url)


class Gathered:
    """A transport that writes at the end of the loop's round what was given to it in that round."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._pieces: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write it soon, in its order."""
        if not data:
            return
        if not self._pieces:
            self._loop.call_soon(self._flush)
        self._pieces.append(data)
        self._size += len(data)
        if self._size > ENOUGH:
            self._flush()

    def close(self) -> None:
        """Close it; what was given before goes out first."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        pieces, self._pieces, self._size = self._pieces, [], 0
        if pieces and not self._transport.is_closing():
            self._transport.write(pieces[0] if len(pieces) == 1 else b"".join(pieces))
