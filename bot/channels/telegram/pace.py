"""Letters wait here for their moment; those that ask at the same time ask in one round trip."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from itertools import count

from bot.channels.telegram.limits import HORIZON, Limits, LimitsAway, Place, Want
from bot.paced import NotYet
from storage.gathering import Gathering

LEAD = 0.1
"""Seconds before its moment at which it is looked whether it shall still go out: looking takes time."""

AGAIN = 2.0
"""Seconds until a letter comes back when nobody can say how much was sent."""


Still = Callable[[], Awaitable[bool]]


async def _always() -> bool:
    return True


class Pace:
    """Gives letters their moments. `second` is how long one of the limits' seconds lasts."""

    def __init__(self, limits: Limits, second: float = 1.0) -> None:
        self.limits = limits
        self._second = second
        self._numbers = count(1)
        self._door = asyncio.Lock()
        self._asking: Gathering[Want, Place] = Gathering(limits.places)

    async def turn(self, want: Want, still: Still = _always) -> bool:
        """Wait until it may go out; False when, shortly before, `still` says that it shall not any more.

        Raises NotYet when that would take too long to keep it in hand.
        """
        loop = asyncio.get_running_loop()
        last = loop.time() + HORIZON * self._second
        while True:
            try:
                place = await self._asking.ask(want)
            except LimitsAway:
                raise NotYet(AGAIN) from None
            due = loop.time() + place.wait * self._second
            if not place.taken and due > last:
                raise NotYet(place.wait)
            await asyncio.sleep(due - LEAD - loop.time())
            if place.taken and not await still():
                return False
            await asyncio.sleep(due - loop.time())
            if place.taken and not (want.bulk and self.limits.holds()):
                return True

    @asynccontextmanager
    async def going(self, *, bulk: bool) -> AsyncIterator[None]:
        """While a letter goes out. In bulk, it waits first while as many are out as may be. Raises NotYet."""
        letter = str(next(self._numbers))
        try:
            async with self._door if bulk else nullcontext():  # the others need not ask meanwhile
                while wait := await self.limits.goes(letter, bulk=bulk):
                    if self.limits.holds():
                        raise NotYet(AGAIN)
                    await asyncio.sleep(wait * self._second)
        except LimitsAway:
            raise NotYet(AGAIN) from None
        try:
            yield
        finally:
            with suppress(LimitsAway):  # then it counts until its longest time is over
                await self.limits.came_back(letter)
