"""Addresses that take a short body and give a short answer: no router, no middleware, no pieces.

What stands between a web server and an application cost more for a webhook than what the webhook does.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from bot import log

Headers = Sequence[tuple[bytes, bytes]]
Reply = tuple[int, Headers, bytes]
"""Status, further headers, body."""

TOO_LONG: Reply = (413, (), b"")
FAILED: Reply = (500, (), b"")


class Endpoint(Protocol):
    """What stands at the address. It answers for every error itself; `limit`: bytes of a body."""

    limit: int

    def refused(self, headers: Mapping[bytes, bytes]) -> Reply | None:
        """The answer to one whose body is not even read; None when it is to be read."""

    async def answered(self, body: bytes) -> Reply:
        """The answer to the whole body."""


class Direct(Route):
    """The route to it, for POST. A server that knows `Exchange` does not even come here."""

    def __init__(self, path: str, endpoint: Endpoint) -> None:
        super().__init__(path, AsApplication(endpoint), methods=["POST"])
        self.direct = endpoint

    def is_for(self, scope: Scope) -> bool:
        """Whether the request is for this route."""
        return bool(scope["path"] == self.path and scope["method"] == "POST")


class AsApplication:
    """The same as an ASGI application, for servers that speak only that."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        status, headers, body = await self._reply(scope, receive)
        length = (b"content-length", b"%d" % len(body))
        await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
        await send({"type": "http.response.body", "body": body})

    async def _reply(self, scope: Scope, receive: Receive) -> Reply:
        headers = dict(scope["headers"])
        refused = self._endpoint.refused(headers) or _too_long(headers, self._endpoint.limit)
        if refused is not None:
            return refused
        found = bytearray()
        while True:
            message = await receive()
            found += message.get("body", b"")
            if len(found) > self._endpoint.limit:
                return TOO_LONG
            if not message.get("more_body", False):
                break
        try:
            return await self._endpoint.answered(bytes(found))
        except Exception as bug:  # noqa: BLE001  # a server must go on
            return _failed(bug)


class Exchange:
    """One request and its answer, in the place of uvicorn's `RequestResponseCycle`.

    The protocol sets `disconnected` and `keep_alive`, adds to `body`, and calls `message_event.set()` when
    something has come or the client has gone.
    """

    def __init__(self, protocol: Any, endpoint: Endpoint) -> None:
        self._protocol, self._endpoint = protocol, endpoint
        self.body = bytearray()
        self.more_body = True
        self.disconnected = self.response_complete = self._begun = False
        parser = protocol.parser
        self.keep_alive: bool = parser.get_http_version() != "1.0" and parser.should_keep_alive()
        headers = dict(protocol.headers)
        refused = endpoint.refused(headers) or _too_long(headers, endpoint.limit)
        if refused is not None:
            self.keep_alive = False  # what follows of it is not looked at
            self._reply(refused)

    @property
    def message_event(self) -> "Exchange":
        """What is set when something has come: no attribute, for it would hold itself."""
        return self

    def set(self) -> None:
        """Something has come: answer once it is all there."""
        if self._begun or self.response_complete or self.disconnected:
            return
        if len(self.body) > self._endpoint.limit:
            self.keep_alive = False
            self._reply(TOO_LONG)
        elif self.more_body:
            self._protocol.flow.resume_reading()
        else:
            self._begun = True
            task = asyncio.get_running_loop().create_task(self._answer())
            self._protocol.tasks.add(task)
            task.add_done_callback(self._protocol.tasks.discard)

    async def _answer(self) -> None:
        try:
            reply = await self._endpoint.answered(bytes(self.body))
        except Exception as bug:  # noqa: BLE001  # a server must go on
            reply = _failed(bug)
        if not self.disconnected:
            self._reply(reply)

    def _reply(self, reply: Reply) -> None:
        status, headers, body = reply
        pieces = [STATUS_LINE[status]]
        for name, value in (*self._protocol.server_state.default_headers, *headers):
            pieces += (name, b": ", value, b"\r\n")
        if not self.keep_alive:
            pieces.append(b"connection: close\r\n")
        pieces += (b"content-length: %d\r\n\r\n" % len(body), body)
        self._protocol.transport.write(b"".join(pieces))
        self.response_complete = True
        if self.keep_alive:
            self._protocol.on_response_complete()
        else:
            self._protocol.leave(self.more_body)


def _too_long(headers: Mapping[bytes, bytes], limit: int) -> Reply | None:
    declared = headers.get(b"content-length", b"")
    return TOO_LONG if declared.isdigit() and int(declared) > limit else None


def _failed(bug: Exception) -> Reply:
    """A bug is logged once, and the client is told that there was one."""
    log.report(bug)
    return FAILED
