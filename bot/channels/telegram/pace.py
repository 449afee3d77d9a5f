"""Letters wait here for their moment; those that ask at the same time ask in one round trip."""

import asyncio

from bot.channels.telegram.limits import HORIZON, Limits, LimitsAway, Place, Want
from bot.paced import NotYet
from storage.gathering import Gathering

LATE = 0.025
"""Seconds after its moment at which a letter has missed it: sent all the same, it would crowd the next."""

AGAIN = 2.0
"""Seconds until a letter comes back when nobody can say how much was sent."""


class Pace:
    """Gives letters their moments. `second` is how long one of the limits' seconds lasts."""

    def __init__(self, limits: Limits, second: float = 1.0) -> None:
        self.limits = limits
        self._second = second
        self._asking: Gathering[Want, Place] = Gathering(limits.places)

    async def turn(self, want: Want) -> None:
        """Wait until it may go out. Raises NotYet when that would take too long to keep it in hand."""
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
            await asyncio.sleep(due - loop.time())
            on_time = place.taken and loop.time() - due <= LATE
            if on_time and not (want.bulk and self.limits.holds()):
                return
