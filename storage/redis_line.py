"""One kept connection to Redis: calls go out as they come, answers are told in their order.

The library opens it (address, password, TLS); what it did for each answer afterwards took five times as long.
"""

import asyncio
from collections import deque
from typing import Any

import hiredis
from redis.exceptions import BusyLoadingError, NoScriptError, ResponseError
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import TimeoutError as Slow

from storage.redis import ANSWERS_WITHIN, Redis

_NOT_YET = object()

_REFUSALS = {"NOSCRIPT": NoScriptError, "LOADING": BusyLoadingError, "MASTERDOWN": BusyLoadingError}
"""What Redis says that is nobody's mistake; one that has just started, or lost its master, counts as away."""


def _refusal(text: str) -> Exception:
    return _REFUSALS.get(text.partition(" ")[0], ResponseError)(text)


def _unheard(told: "asyncio.Future[Any]") -> None:
    if not told.cancelled():
        told.exception()  # asyncio must not complain of it


class Line(asyncio.Protocol):
    """Calls packed by hiredis; whoever goes away before their answer is passed over."""

    def __init__(self, connection: Any) -> None:
        """`connection`: one of the library's, open and used by nobody else from now on."""
        self.connection = connection
        self._loop = asyncio.get_running_loop()
        self._transport: Any = connection._writer.transport
        self._before: asyncio.BaseProtocol = self._transport.get_protocol()
        self._reader = hiredis.Reader(replyError=_refusal, notEnoughData=_NOT_YET)
        self._waiting: deque[tuple[float, asyncio.Future[Any]]] = deque()
        self._pieces: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None
        self.usable = True
        self._transport.set_protocol(self)

    def ask(self, packed: bytes) -> "asyncio.Future[Any]":
        """The answer to come; an error among answers is raised. Raises Lost, Slow (then it may have run)."""
        if not self.usable:
            raise Lost("closed")
        told: asyncio.Future[Any] = self._loop.create_future()
        self._waiting.append((self._loop.time(), told))
        if not self._pieces:
            self._loop.call_soon(self._flush)
        self._pieces.append(packed)
        if self._timer is None:
            self._timer = self._loop.call_later(ANSWERS_WITHIN, self._look)
        return told

    def data_received(self, data: bytes) -> None:
        """A piece of the answers."""
        self._reader.feed(data)
        try:
            while (answer := self._reader.gets()) is not _NOT_YET:
                _, told = self._waiting.popleft()
                if told.done():
                    continue
                if isinstance(answer, Exception):
                    told.set_exception(answer)
                else:
                    told.set_result(answer)
        except (hiredis.ProtocolError, IndexError):  # not a Redis, or an answer nobody has asked for
            self.end(Lost("no answer of Redis"))

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over, whoever ended it."""
        self._fail(Lost("closed by Redis"))
        self._before.connection_lost(exc)  # the library waits for it

    def end(self, why: Exception) -> None:
        """Close it; whoever waits is told why."""
        self._fail(why)
        self._transport.abort()

    def _flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        if self.usable:
            self._transport.write(pieces[0] if len(pieces) == 1 else b"".join(pieces))

    def _look(self) -> None:
        """Too long without an answer: it counts as away, and what is still under way must answer nobody."""
        self._timer = None
        if not self._waiting:
            return
        left = self._waiting[0][0] + ANSWERS_WITHIN - self._loop.time()
        if left <= 0:
            self.end(Slow("no answer in time"))
        else:
            self._timer = self._loop.call_later(left, self._look)

    def _fail(self, why: Exception) -> None:
        self.usable = False
        if self._timer is not None:
            self._timer.cancel()
        waiting, self._waiting = self._waiting, deque()
        for _, told in waiting:
            if not told.done():
                told.set_exception(why)


class Lines:
    """The line of a process: opened when it is first needed, and anew when it was lost."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._line: Line | None = None
        self._opening: asyncio.Task[Line] | None = None

    async def ask(self, packed: bytes) -> Any:
        """Redis' answer. Raises what `storage.redis.AWAY` names, ResponseError.

        A line that was lost (a restart) is opened anew, once, and the call repeated: it may run twice.
        """
        try:
            return await (self._usable() or await self._opened()).ask(packed)
        except Lost:
            return await (await self._opened()).ask(packed)

    def tell(self, packed: bytes) -> None:
        """Ask without waiting for the answer, if the line is open."""
        if (line := self._usable()) is not None:
            line.ask(packed).add_done_callback(_unheard)

    def _usable(self) -> Line | None:
        return self._line if self._line is not None and self._line.usable else None

    async def _opened(self) -> Line:
        """One opens it for all, and all are told how that went: one after the other would wait for ever."""
        if self._opening is None:
            self._opening = asyncio.create_task(self._open())
            self._opening.add_done_callback(self._is_opened)
        return await asyncio.shield(self._opening)

    def _is_opened(self, opening: "asyncio.Task[Line]") -> None:
        self._opening = None
        if not opening.cancelled():
            opening.exception()  # whoever asked may have gone away; asyncio must not complain of that

    async def _open(self) -> Line:
        if (line := self._usable()) is not None:
            return line
        pool: Any = self._redis.connection_pool
        if self._line is not None:
            lost, self._line = self._line, None
            await lost.connection.disconnect(nowait=True)
            await pool.release(lost.connection)
        self._line = Line(await pool.get_connection())
        return self._line
