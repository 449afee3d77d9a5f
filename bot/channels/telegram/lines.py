"""Kept connections for small calls: head and body leave in one piece, the answer is read by httptools.

aiohttp took three times as long for the same call. It does uploads, downloads and proxies (carrier.py).
"""

import asyncio
import math
import ssl
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from httptools import HttpParserError, HttpResponseParser
from yarl import URL

IDLE = 15.0
"""Seconds after which a connection nobody used is not trusted any more."""

FOREVER = math.inf

Answer = tuple[int, bytes]
Place = tuple[str, str, int]
"""Scheme, host, port."""


class Patience(NamedTuple):
    """Seconds: to connect, between two pieces of the answer, in all; None for no limit."""

    connect: float | None
    read: float | None
    total: float | None


class Broken(Exception):
    """The connection ended before the answer was complete."""


class NotOpened(Exception):
    """No connection came about; `late`: not in time."""

    def __init__(self, why: str, *, late: bool = False) -> None:
        super().__init__(why)
        self.late = late


class Line(asyncio.Protocol):
    """One connection; one call at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._parser = HttpResponseParser(self)
        self._body = bytearray()
        self._answer: asyncio.Future[Answer] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._quiet, self._end = FOREVER, FOREVER
        self.usable = False
        self.heard = 0.0

    def connection_made(self, transport: Any) -> None:
        """It is open."""
        self._transport, self.usable = transport, True

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over, whoever ended it."""
        self.usable = False
        if self._timer is not None:
            self._timer.cancel()
        self._fail(Broken())

    def data_received(self, data: bytes) -> None:
        """A piece of the answer; what nobody has asked for ends the connection."""
        self.heard = self._loop.time()
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            self.end()

    def on_body(self, data: bytes) -> None:
        """A piece of the answer's body."""
        self._body += data

    def on_message_complete(self) -> None:
        """The answer is whole; one that only says that another follows is not meant."""
        status, body = self._parser.get_status_code(), bytes(self._body)
        self._body.clear()
        if status < 200:
            return
        answer, self._answer = self._answer, None
        if answer is None or not self._parser.should_keep_alive():
            self.end()
        if answer is not None and not answer.done():
            answer.set_result((status, body))

    async def ask(self, request: bytes, patience: Patience) -> Answer:
        """Send it and give the answer. Raises Broken, TimeoutError: nobody knows what became of it."""
        if self._transport is None or not self.usable:
            raise Broken
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answer = answer
        self.heard = self._loop.time()
        self._quiet = FOREVER if patience.read is None else patience.read
        self._end = FOREVER if patience.total is None else self.heard + patience.total
        self._transport.write(request)
        self._wait_for(min(self._end, self.heard + self._quiet))
        try:
            return await answer
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """Close it; nothing more is heard."""
        self.usable = False
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._transport.abort()

    def _wait_for(self, until: float) -> None:
        """Look then. One look that is due before serves as well: it is not put off at every call."""
        if self._timer is not None and self._timer.when() > until:
            self._timer.cancel()
            self._timer = None
        if self._timer is None and until != FOREVER:
            self._timer = self._loop.call_at(until, self._look)

    def _look(self) -> None:
        """Give up when it takes too long as a whole, or was silent for too long."""
        self._timer = None
        if self._answer is None or not self.usable:
            return
        until = min(self._end, self.heard + self._quiet)
        if until <= self._loop.time():
            self._fail(TimeoutError())
        else:
            self._wait_for(until)

    def _fail(self, why: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(why)


class Lines:
    """Connections by place, the one used last first."""

    def __init__(self, agent: str) -> None:
        self._agent = agent
        self._idle: dict[Place, deque[Line]] = {}
        self._secure: ssl.SSLContext | None = None

    async def post(self, url: URL, body: bytes, headers: Mapping[str, str], patience: Patience) -> Answer:
        """Carry one call. Raises NotOpened: not sent; Broken, TimeoutError, OSError: nobody knows."""
        place, head = _addressed(url, self._agent, tuple(headers.items()))
        request = b"%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)
        line = self._kept(place) or await self._opened(place, patience)
        answer = await line.ask(request, patience)
        if line.usable:
            self._idle.setdefault(place, deque()).append(line)
        return answer

    def close(self) -> None:
        """End all that are idle."""
        for lines in self._idle.values():
            for line in lines:
                line.end()
        self._idle.clear()

    def _kept(self, place: Place) -> Line | None:
        lines = self._idle.get(place)
        trusted = asyncio.get_running_loop().time() - IDLE
        while lines:
            line = lines.pop()
            if line.usable and line.heard >= trusted:
                return line
            line.end()
        return None

    async def _opened(self, place: Place, patience: Patience) -> Line:
        scheme, host, port = place
        loop = asyncio.get_running_loop()
        if scheme == "https" and self._secure is None:
            self._secure = ssl.create_default_context()
        secure = self._secure if scheme == "https" else None
        try:
            async with asyncio.timeout(patience.connect):
                _, line = await loop.create_connection(lambda: Line(loop), host, port, ssl=secure)
        except TimeoutError:
            raise NotOpened("Timed out while connecting", late=True) from None
        except OSError as trouble:
            raise NotOpened(type(trouble).__name__) from None
        return line


@lru_cache(maxsize=64)
def _addressed(url: URL, agent: str, headers: tuple[tuple[str, str], ...]) -> tuple[Place, bytes]:
    """Where such a call goes, and its head but for the body's length: alike for all calls of a method."""
    lines = [
        f"POST {url.raw_path_qs} HTTP/1.1",
        f"Host: {url.host_port_subcomponent}",
        f"User-Agent: {agent}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    if not "".join(lines).isprintable() or " " in url.raw_path_qs:
        raise NotOpened("an address or a header that breaks its line")
    place = (url.scheme, url.raw_host or "", url.port or 0)
    return place, "\r\n".join((*lines, "")).encode("ascii")
