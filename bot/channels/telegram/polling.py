"""Long polling: chats side by side, each in order; an offset is confirmed once all before it is committed."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from bot.channels.telegram.answering import Answering, Owed
from bot.channels.telegram.calls import Calls
from bot.channels.telegram.errors import UNAUTHORISED, Flooded, Refused, Trouble
from bot.channels.telegram.gate import Later
from bot.channels.telegram.parse import UPDATES, Arrival
from bot.channels.telegram.reading import Json

T = TypeVar("T")

LONG_POLL = 30
"""Seconds Telegram keeps a request that has nothing to bring."""

SLOW = 1.0
"""Seconds an update may hold up the next request; then newer ones are fetched beside it."""

LEAVE = 3.0
"""Seconds given to what is in hand when the service stops."""

AT_ONCE = 32
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
GIVE_FOR = 600.0
"""Seconds during which an answer is tried again."""


TO_BE_LOOKED_AT = (*UNAUTHORISED, 409)
"""Refusals that don't pass by themselves: a token revoked, another poller."""


class Source:
    """getUpdates as decoded JSON."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def updates(self, offset: int, wait: int, limit: int = 100) -> list[Json]:
        """Updates from this number on; those before it are confirmed. Raises as a call does."""
        asked = {"offset": offset, "timeout": wait, "limit": limit, "allowed_updates": UPDATES}
        found = await self._calls.call("getUpdates", asked, waits=wait)
        return list(found) if isinstance(found, list) else []


class Polling:
    """Fetches updates until told to stop; `second` is how long its seconds of waiting last."""

    def __init__(
        self,
        source: Source,
        answering: Answering,
        report: Callable[[BaseException], str],
        second: float = 1.0,
    ) -> None:
        self._source, self._answering, self._report, self._second = source, answering, report, second
        self._next = 0
        self._open: set[int] = set()
        self._done: set[int] = set()
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._giving: set[asyncio.Task[None]] = set()
        self._chats: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._stuck: set[str] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._wait = 0.0
        self._stop = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop`; what is in hand is finished within seconds."""
        self._stop = stop
        while not stop.is_set():
            for update in await self._fetch():
                self._start(update)
            if self._in_hand:
                await self._until_stop(asyncio.wait(self._in_hand.values(), timeout=SLOW * self._second))
            self._settle()
            await self._pause()
        await self._leave()

    # --- fetching ----------------------------------------------------------------------------------------

    async def _fetch(self) -> list[Json]:
        """What is new; an empty list after a fault, which makes the next round wait."""
        wait = 0 if self._in_hand else LONG_POLL
        try:
            found = await self._until_stop(self._source.updates(self._next, wait))
        except Flooded as flood:
            self._wait = flood.seconds
        except Refused as refused:
            if refused.status in TO_BE_LOOKED_AT:
                self._report(refused)
            self._back_off()
        except Trouble:
            self._back_off()
        else:
            self._wait = 0.0
            return [update for update in found or () if self._is_new(update)]
        return []

    def _is_new(self, update: Json) -> bool:
        number = update.get("update_id")
        return isinstance(number, int) and number not in self._done and number not in self._in_hand

    def _back_off(self) -> None:
        self._wait = min(LONGEST_WAIT, self._wait * 2 or FIRST_WAIT)

    async def _pause(self) -> None:
        if self._wait:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), self._wait * self._second)

    # --- taking ------------------------------------------------------------------------------------------

    def _start(self, update: Json) -> None:
        number = int(update["update_id"])
        self._open.add(number)
        self._in_hand[number] = asyncio.create_task(self._take(update))

    async def _take(self, update: Json) -> None:
        arrived = self._answering.read(update)
        chat = arrived.inbound.chat if isinstance(arrived, Arrival) else ""
        if not chat:
            await self._answering.take(arrived)
            return
        async with self._chats.setdefault(chat, asyncio.Lock()), self._room:
            if chat in self._stuck:  # an earlier one of this chat comes again: this one waits behind it
                raise Later(FIRST_WAIT)
            try:
                owed = await self._answering.take(arrived)
            except Later:
                self._stuck.add(chat)
                raise
            if owed is not None:
                self._in_background(self._give(owed))

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._giving.add(task)
        task.add_done_callback(self._giving.discard)

    async def _give(self, owed: Owed) -> None:
        """Answer; a fault is waited out here, since the update itself is confirmed already."""
        spent = 0.0
        while True:
            try:
                await self._answering.give(owed)
                return
            except Later as later:
                spent += later.seconds
                if spent > GIVE_FOR:
                    self._report(later)
                    return
                await asyncio.sleep(later.seconds * self._second)

    def _settle(self) -> None:
        """Move the offset up to the first update that is not committed; failed ones are fetched again."""
        self._stuck.clear()
        for number, task in list(self._in_hand.items()):
            if task.done():
                del self._in_hand[number]
                self._note(number, task)
        self._next = min(self._open) if self._open else max(self._done, default=self._next - 1) + 1
        self._done = {number for number in self._done if number >= self._next}

    def _note(self, number: int, task: asyncio.Task[None]) -> None:
        trouble = task.exception()
        if isinstance(trouble, Later):
            self._wait = max(self._wait, trouble.seconds)
            return
        if trouble is not None:  # a bug of our own: kept for ever, this update would hold up everybody
            self._report(trouble)
        self._open.discard(number)
        self._done.add(number)

    # --- leaving -----------------------------------------------------------------------------------------

    async def _until_stop(self, work: Coroutine[Any, Any, T]) -> T | None:
        """The work's result, or None when the service stops before."""
        task, stopping = asyncio.create_task(work), asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            await _cancelled(task, stopping)

    async def _leave(self) -> None:
        """Finish what is in hand and confirm it."""
        under_way = [*self._in_hand.values(), *self._giving]
        if under_way:
            await asyncio.wait(under_way, timeout=LEAVE * self._second)
        self._settle()
        await _cancelled(*self._in_hand.values(), *self._giving)
        if self._next:
            with suppress(*Trouble, TimeoutError):
                await asyncio.wait_for(self._source.updates(self._next, 0, 1), LEAVE * self._second)


async def _cancelled(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
