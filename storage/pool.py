"""Kept connections to PostgreSQL.

asyncpg's own pool gives a connection back in a task of its own: whoever wants to go on waits for another
round of the loop, and under load a round takes as long as a statement.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

IDLE = 300.0
"""Seconds: what stands between two machines forgets a silent connection."""

CLOSES_WITHIN = 5.0
"""Seconds that a server has to say goodbye."""


class Pool:
    """At most `most` connections; who finds them all in use waits for the first that is given back.

    One that lay `idle` for so many seconds is not used again.
    """

    def __init__(self, connect: Callable[[], Awaitable[Any]], most: int, idle: float = IDLE) -> None:
        self._connect, self._room, self._trusted = connect, asyncio.Semaphore(most), idle
        self._idle: deque[tuple[float, Any]] = deque()
        self._closed = False

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """One for the length of the block. Raises what connecting raises.

        One that may be in the midst of something (whoever had it was cancelled) is thrown away.
        """
        async with self._room:
            raw = self._kept() or await self._connect()
            sound = False
            try:
                yield raw
                sound = True
            except Exception:
                sound = not raw.is_in_transaction()
                raise
            finally:
                self._give_back(raw, sound)

    async def close(self) -> None:
        """Close what is idle; what is in use is closed when it is given back."""
        self._closed = True
        idle, self._idle = self._idle, deque()
        await asyncio.gather(*(raw.close(timeout=CLOSES_WITHIN) for _, raw in idle), return_exceptions=True)

    def _kept(self) -> Any:
        """The one used last, if there is one that can be trusted."""
        while self._idle:
            since, raw = self._idle.pop()
            if not raw.is_closed() and time.monotonic() - since < self._trusted:
                return raw
            raw.terminate()
        return None

    def _give_back(self, raw: Any, sound: bool) -> None:
        if sound and not self._closed and not raw.is_closed():
            self._idle.append((time.monotonic(), raw))
        else:
            raw.terminate()
