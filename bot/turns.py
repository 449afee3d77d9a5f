"""Does in one process what only one may do; another takes over within seconds when it dies."""

import asyncio
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any

from bot import log, measure
from storage.database import Database, DatabaseAway
from storage.leases import LASTS, Lease

Job = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
InTurn = Callable[[Job, asyncio.Event], Awaitable[None]]
"""Runs a job until told to stop, while no other process runs it."""

EVERY = 3.0
"""Seconds between two tries for the lease, or two renewals of it."""


def process_name() -> str:
    """This process, unlike any other that runs or ran."""
    return f"{socket.gethostname()[:40]}.{secrets.token_hex(8)}"


class Turns:
    """Runs a job whenever this process holds the lease for it."""

    def __init__(self, database: Database, name: str, every: float = EVERY, lasts: timedelta = LASTS) -> None:
        self._lease = Lease(database, name, process_name(), lasts)
        self._every, self._lasts = every, lasts.total_seconds()

    async def __call__(self, job: Job, stop: asyncio.Event) -> None:
        """Run the job here or stand by, until told to stop. Raises what the job raises."""
        while not stop.is_set():
            if await self._take():
                await self._hold(job, stop)
            await _until(stop, self._every)

    async def _hold(self, job: Job, stop: asyncio.Event) -> None:
        ours = asyncio.Event()
        work = asyncio.create_task(job(ours))
        measure.POLLING.set(1)
        log.tell("lease", name=self._lease.name, held=True)
        try:
            await self._while_held(work, stop)
        finally:
            ours.set()
            await asyncio.wait({work})
            measure.POLLING.set(0)
            log.tell("lease", name=self._lease.name, held=False)
            with suppress(DatabaseAway):  # then it runs out by itself
                await self._lease.give_back()
        work.result()

    async def _while_held(self, work: "asyncio.Task[None]", stop: asyncio.Event) -> None:
        """Return when told to stop, when the job ends, or when others may think that we are gone."""
        stopping = asyncio.create_task(stop.wait())
        sure_until = time.monotonic() + self._lasts
        try:
            while True:
                await asyncio.wait({work, stopping}, timeout=self._every, return_when=asyncio.FIRST_COMPLETED)
                if work.done() or stop.is_set():
                    return
                asked = time.monotonic()
                if await self._take():
                    sure_until = asked + self._lasts
                elif time.monotonic() + self._every >= sure_until:
                    return
        finally:
            stopping.cancel()

    async def _take(self) -> bool:
        try:
            return await self._lease.take()
        except DatabaseAway:
            return False


async def _until(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
