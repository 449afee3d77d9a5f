"""One thing at a time for each person, in the order it arrived."""

import asyncio
from collections import deque
from collections.abc import Hashable


class Busy(Exception):
    """So many of this person's messages wait already that no more are taken: the channel says 'later'."""


class Turns:
    """A first-in-first-out queue for each key; a key nobody waits for takes no memory."""

    def __init__(self, most: int = 64) -> None:
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}
        self._most = most

    def turn(self, key: Hashable) -> "Turn":
        """Entering waits for one's turn. Raises Busy when the queue is full."""
        return Turn(self, key)

    async def wait(self, key: Hashable) -> None:
        """Wait until nobody else has this key; `next` must follow. Raises Busy."""
        queue = self._waiting.get(key)
        if queue is None:
            self._waiting[key] = deque()
        else:
            await self._wait(queue)

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

    def next(self, key: Hashable) -> None:
        """Whoever waits longest has it now."""
        queue = self._waiting[key]
        if not queue or not self._pass_on(queue):
            del self._waiting[key]

    def _pass_on(self, queue: deque[asyncio.Future[None]]) -> bool:
        while queue:
            following = queue.popleft()
            if not following.done():
                following.set_result(None)
                return True
        return False


class Turn:
    """One's turn, while the block lasts. A class: as a generator it took thrice the time at every message."""

    def __init__(self, turns: Turns, key: Hashable) -> None:
        self._turns, self._key = turns, key

    async def __aenter__(self) -> None:
        await self._turns.wait(self._key)

    async def __aexit__(self, *trouble: object) -> None:
        self._turns.next(self._key)
