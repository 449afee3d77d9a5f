"""Does what is due by the calendar: asks for the rating again, closes what nobody rates."""

import asyncio
from contextlib import suppress

from bot.measure import PLANNED
from domain.effects import Act
from domain.errors import DomainError
from handlers import duty_due, handover
from handlers.casework import perform
from handlers.house import House
from handlers.visit import now_of
from storage.cases import Changed
from storage.unit import UnitOfWork

EVERY = 60.0
"""Seconds between looks."""


class Planner:
    """Any number may run: each act has a key of its own, so that it is done once."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def run(self, stop: asyncio.Event) -> None:
        """Look every minute until told to stop."""
        while not stop.is_set():
            try:
                await self.round()
            except Exception as trouble:  # noqa: BLE001  # the planner must outlive a database that is away
                self._house.report(trouble)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY)

    async def round(self) -> int:
        """Do everything that is due now; how many acts were done."""
        async with self._house.database.writing() as connection:
            uow = UnitOfWork(connection)
            if await uow.restores.pending() is not None:  # what is due may have been done after the backup
                return 0
            now = await now_of(uow, self._house)
            await handover.settle(uow, now)
            due = await uow.lists.due(now.today)
        done = 0
        for number, round_number, action, count in due:
            done += await self._act(Act(number, action, f"{number}.{round_number}.{count}"))
        await duty_due.settle(self._house)
        return done

    async def _act(self, act: Act) -> int:
        """One act in a transaction of its own; what somebody else has settled meanwhile is left."""
        with suppress(Changed, DomainError):
            async with self._house.database.writing() as connection:
                uow = UnitOfWork(connection)
                done = await perform(uow, await now_of(uow, self._house), None, act)
            self._house.posted()
            PLANNED.inc(not done.repeated)
            return int(not done.repeated)
        return 0
