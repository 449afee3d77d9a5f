"""Does what is due by the calendar: hand-overs, ratings asked again or closed, everybody's reminders."""

import asyncio
from contextlib import suppress

from handlers import duty_due, handover, ratings, reminders
from handlers.house import House
from handlers.visit import now_of
from storage.unit import UnitOfWork

EVERY = 60.0
"""Seconds between looks."""


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
            for part in self._parts:
                try:
                    await part()
                except Exception as trouble:  # noqa: BLE001  # it must outlive a database that is away
                    self._house.report(trouble)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY)

    async def round(self) -> int:
        """Do everything that is due now; how many acts and reminders that were."""
        return sum([await part() for part in self._parts])

    async def _settle(self) -> int:
        """Who has left, and what nobody rates: one transaction."""
        async with self._house.database.writing() as connection:
            uow = UnitOfWork(connection)
            now = await now_of(uow, self._house)
            left = await handover.settle(uow, now)
            done = await ratings.settle(uow, now)
        if left or done:
            self._house.posted()
        return len(left) + done

    async def _keep_duty(self) -> int:
        return await duty_due.settle(self._house)

    async def _remind(self) -> int:
        return await reminders.plan(self._house)
