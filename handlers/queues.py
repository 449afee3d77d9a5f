"""One thing at a time for each person, in the order it arrived."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class Busy(Exception):
    """So many of this person's messages wait already that no more are taken: the channel says 'later'."""


class Turns:
    """A first-in-first-out queue for each key; a key nobody waits for takes no memory."""

    def __init__(self, most: int = 64) -> None:
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}
        self._most = most

    @asynccontextmanager
    async def turn(self, key: Hashable) -> AsyncIterator[None]:
        """Wait for one's turn. Raises Busy when the queue is full."""
        queue = self._waiting.get(key)
        if queue is None:
            self._waiting[key] = deque()
        else:
            await self._wait(queue)
        try:
            yield
        finally:
            self._next(key)

    async def _wait(self, queue: deque[asyncio.Future[None]]) -> None:
        if len(queue) >= self._most:
            raise Busy
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine in queue:
                queue.remove(mine)
            elif mine.done() and not mine.cancelled():
                self._pass_on(queue)
            raise

    def _next(self, key: Hashable) -> None:
        queue = self._waiting[key]
        if not self._pass_on(queue):
            del self._waiting[key]

    def _pass_on(self, queue: deque[asyncio.Future[None]]) -> bool:
        while queue:
            following = queue.popleft()
            if not following.done():
                following.set_result(None)
                return True
        return False
