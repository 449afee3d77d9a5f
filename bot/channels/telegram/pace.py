"""Letters wait here for their moment; those that ask at the same time ask in one round trip."""

import asyncio

from bot.channels.telegram.limits import HORIZON, Limits, LimitsAway, Place, Want
from bot.paced import NotYet

LATE = 0.025
"""Seconds after its moment at which a letter has missed it: sent all the same, it would crowd the next."""

AGAIN = 2.0
"""Seconds until a letter comes back when nobody can say how much was sent."""

Asked = tuple[Want, "asyncio.Future[Place]"]


class Pace:
    """Gives letters their moments. `second` is how long one of the limits' seconds lasts."""

    def __init__(self, limits: Limits, second: float = 1.0) -> None:
        self.limits = limits
        self._second = second
        self._asked: list[Asked] = []
        self._asking: asyncio.Task[None] | None = None

    async def turn(self, want: Want) -> None:
        """Wait until it may go out. Raises NotYet when that would take too long to keep it in hand."""
        loop = asyncio.get_running_loop()
        last = loop.time() + HORIZON * self._second
        while True:
            place = await self._ask(want)
            due = loop.time() + place.wait * self._second
            if not place.taken and due > last:
                raise NotYet(place.wait)
            await asyncio.sleep(due - loop.time())
            if place.taken and loop.time() - due <= LATE:
                return

    async def _ask(self, want: Want) -> Place:
        found: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        self._asked.append((want, found))
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_all())
        return await found

    async def _ask_all(self) -> None:
        """While one round trip is under way, the next ones to ask gather."""
        while self._asked:
            asked, self._asked = self._asked, []
            try:
                places = await self.limits.places([want for want, _ in asked])
            except LimitsAway:
                _fail(asked, NotYet(AGAIN))
            except Exception as bug:  # noqa: BLE001  # whoever asked is told
                _fail(asked, bug)
            else:
                for (_, future), place in zip(asked, places, strict=True):
                    if not future.done():
                        future.set_result(place)
        self._asking = None


def _fail(asked: list[Asked], trouble: Exception) -> None:
    for _, future in asked:
        if not future.done():
            future.set_exception(trouble)
