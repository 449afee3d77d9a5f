"""What stands before the application: a direct way to the webhook, and answers that leave in one piece."""

import asyncio
from typing import Any

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.direct import Direct, Endpoint, Exchange

ENOUGH = 64 * 1024
"""Bytes that wait at the most to be written together with more."""


WHOLE_WITHIN = 30.0
"""Seconds within which a request is whole; a long body has a second more for each SLOWEST bytes."""

SLOWEST = 4096
"""Bytes a second of somebody's slow line."""

HEAD_LIMIT = 64 * 1024
"""Bytes of a request's head."""

LINGERS, THROWN_AWAY = 2.0, 2 * 1024 * 1024
"""Seconds, and bytes, for which the rest of a refused request is still taken, to be thrown away."""


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

    _timer: asyncio.TimerHandle | None = None
    _since: float | None = None
    """Since when a request is waited for that isn't whole."""
    _came = 0
    _in_head = True
    _left = False
    """Whether the last answer of this connection is given."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come."""
        super().connection_made(Gathered(transport, self.loop))  # type: ignore[arg-type]
        self._wait_for_it()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over, whoever ended it."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A piece of a request, or of several."""
        if self._since is None:
            self._wait_for_it()
        self._came += len(data)
        super().data_received(data)
        if self._in_head and self._came > HEAD_LIMIT and not self.transport.is_closing():
            self.send_400_response("Too long a head.")

    def on_message_begin(self) -> None:
        """What came before has nothing to do with it."""
        super().on_message_begin()
        self._wait_for_it()

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._since, self._came, self._in_head = None, 0, True
        super().on_message_complete()

    def _wait_for_it(self) -> None:
        """One look that is due serves for all requests of the connection: no timer for each."""
        self._since, self._came, self._in_head = self.loop.time(), 0, True
        if self._timer is None:
            self._timer = self.loop.call_later(WHOLE_WITHIN, self._look)

    def _look(self) -> None:
        """Close it when its request takes too long to come; not when it's us who read nothing meanwhile."""
        self._timer = None
        if self._since is None or self.transport.is_closing():
            return
        left = self._since + WHOLE_WITHIN + self._came / SLOWEST - self.loop.time()
        if left > 0:
            self._timer = self.loop.call_later(left, self._look)
        elif self.flow.read_paused:
            self._timer = self.loop.call_later(WHOLE_WITHIN, self._look)
        else:
            self.transport.close()

    def on_headers_complete(self) -> None:
        """The body follows."""
        self._in_head = False
        if self._left:  # it came in one piece with a request after which nothing is answered any more
            return
        endpoint = self._endpoint()
        if endpoint is None:
            super().on_headers_complete()
        else:
            self.cycle = Exchange(self, endpoint)  # type: ignore[assignment]  # all that the protocol asks of it

    def leave(self, comes_more: bool) -> None:
        """The last answer is given: what was sent behind it, or is still coming, is not dealt with."""
        self._left = True
        self.server_state.total_requests += 1
        self.pipeline.clear()
        if self._timer is not None:
            self._timer.cancel()
        if comes_more and self.transport.can_write_eof():
            Lingering(self, self.loop).begin()
        else:
            self.transport.close()

    def _endpoint(self) -> Endpoint | None:
        before: Any = self.cycle
        if not isinstance(self.app, Front) or (before is not None and not before.response_complete):
            return None
        if self.expect_100_continue or self.parser.should_upgrade():
            return None
        return self.app.direct(self.parser.get_method(), self.url)


class Lingering(asyncio.Protocol):
    """Takes the rest of a refused request and throws it away, for a moment.

    Closed at once, the connection would be reset by what still comes, and the answer lost on its way.
    """

    def __init__(self, before: OneWrite, loop: asyncio.AbstractEventLoop) -> None:
        self._before, self._transport, self._room = before, before.transport, THROWN_AWAY
        self._timer = loop.call_later(LINGERS, self._transport.close)

    def begin(self) -> None:
        """Say that nothing more will be said, and go on listening."""
        self._transport.write_eof()
        self._transport.set_protocol(self)
        self._before.flow.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Nobody wants it."""
        self._room -= len(data)
        if self._room < 0:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Most clients go as soon as they have read the answer."""
        self._timer.cancel()
        self._before.connection_lost(exc)
        del self._before, self._timer, self._transport  # each of them knows of this one


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

    def write_eof(self) -> None:
        """Nothing more will be written; what was given before goes out first."""
        self._flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Close it; what was given before goes out first."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        pieces, self._pieces, self._size = self._pieces, [], 0
        if pieces and not self._transport.is_closing():
            self._transport.write(pieces[0] if len(pieces) == 1 else b"".join(pieces))
