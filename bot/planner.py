"""Does what is due by the calendar: hand-overs, ratings asked again or closed, everybody's reminders."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from bot.measure import PLANNED
from domain.casework import Now
from handlers import duty_due, handover, ratings, reminders
from handlers.house import House
from handlers.visit import now_of
from storage.unit import UnitOfWork

Part = Callable[[Now], Awaitable[int]]

EVERY = 60.0
"""Seconds between looks."""


@contextmanager
def _uncollected() -> Iterator[None]:
    """Nothing looks for cycles meanwhile: at midnight thousands of letters live at once, and none is garbage.

    A second of five otherwise goes into looking. Whoever else runs meanwhile is only collected later.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Planner:
    """Any number may run: each act and each reminder has a name of its own, so that it is done once.

    A round asks the same number of questions however much is due; what is left over the next one does.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._parts = (self._settle, self._keep_duty, self._remind)

    async def run(self, stop: asyncio.Event) -> None:
        """Look every minute until told to stop. Trouble with one thing doesn't keep back the others."""
        while not stop.is_set():
            try:
                await self._look(self._tried)
            except Exception as trouble:  # noqa: BLE001  # it must outlive a database that is away
                self._house.report(trouble)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY)

    async def round(self) -> int:
        """Do everything that is due now; how many acts and reminders that were."""
        return await self._look(lambda part, now: part(now))

    async def _look(self, how: Callable[[Part, Now], Awaitable[int]]) -> int:
        """All of a round is done as of one moment, by the calendar of that moment."""
        async with self._house.database.reading() as connection:
            uow = UnitOfWork(connection)
            if await uow.restores.pending() is not None:
                return 0  # what is due may have been done after the backup
            now = await now_of(uow, self._house)
        with _uncollected():
            done = sum([await how(part, now) for part in self._parts])
        PLANNED.inc(done)
        return done

    async def _tried(self, part: Part, now: Now) -> int:
        try:
            return await part(now)
        except Exception as trouble:  # noqa: BLE001  # what else is due doesn't wait for it
            self._house.report(trouble)
            return 0

    async def _settle(self, now: Now) -> int:
        """Who has left, and what nobody rates: one transaction."""
        async with self._house.database.writing() as connection:
            uow = UnitOfWork(connection)
            left = await handover.settle(uow, now)
            done = await ratings.settle(uow, now)
        if left or done:
            self._house.posted()
        return len(left) + done

    async def _keep_duty(self, now: Now) -> int:
        await duty_due.settle(self._house, now)
        return 0  # it counts what it looked at, not what it did

    async def _remind(self, now: Now) -> int:
        return await reminders.plan(self._house, now)
