"""One process of the service: waits for its database, brings it up to date, opens, works, leaves."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot import log, sampling
from bot.health import WITHIN, Health, Probe
from bot.settings import Settings
from bot.wiring import Parts
from handlers.ports import Channel
from storage.database import DatabaseAway
from storage.migrations import alone, file_of, migrate
from storage.postgres import AWAY

STOP_WITHIN = 8.0
"""Seconds that what is in hand has to finish, counted from the signal."""

LOOK_AGAIN = 1.0
"""Seconds between two looks for a database that is away."""

REMIND = 30.0
"""Seconds after which it is said again what is waited for."""

Job = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Duties:
    """What a process does: serve people, deliver letters, do what is due by the calendar."""

    serves: bool = True
    posts: bool = True
    plans: bool = True


class Opened(Protocol):
    """The open parts, with what watches them and what they run."""

    parts: Parts
    probes: dict[str, Probe]
    jobs: list[Job]


@dataclass
class Service:
    """What runs in this process. `opening` opens the parts; `when_open` is told once they are.

    Killed or stopped at any time, it leaves nothing half done; `stop` may be set before it has begun.
    """

    settings: Settings
    health: Health
    opening: Callable[[], AbstractAsyncContextManager[Opened]]
    when_open: Callable[[Any], None]
    sample: bool = False
    channels: Mapping[str, Channel] = field(default_factory=dict)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    _stopped_at: float = 0.0

    def leave(self) -> None:
        """Take nothing new; finish what is in hand within STOP_WITHIN seconds."""
        if not self.stop.is_set():
            self._stopped_at = time.monotonic()
            self.stop.set()

    async def live(self) -> None:
        """The whole life of it. Raises what keeps it from starting, in one clear line."""
        settings = self.settings
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        async with AsyncExitStack() as stack:
            here = await self._opened(stack)
            if here is None:
                return
            self.health.channels.update(here.probes)
            self.channels = here.parts.house.channels
            self.when_open(here)
            self.open.set()
            await self._work(here.jobs)

    async def _opened(self, stack: AsyncExitStack) -> Opened | None:
        """All open over tables that are up to date, however often the server goes away; None: stopped."""
        settings = self.settings
        while not self.stop.is_set():
            await self._database_there()
            if self.stop.is_set():
                break
            try:
                async with alone(settings.database):  # of several that start at once, one does it
                    await migrate(settings.database, settings.home / "backups", settings.pg_programs)
                    await sampling.prepare(settings, wanted=self.sample, progress=log.progress)
                return await stack.enter_async_context(self.opening())
            except Exception as trouble:
                if file_of(settings.database) is not None or not _is_away(trouble):
                    raise
                log.tell("waiting", part="database", reason=type(trouble).__name__)
            await self._pause()
        return None

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), LOOK_AGAIN)

    async def _database_there(self) -> None:
        """Wait for a server as long as it takes: a machine that boots starts everything at once."""
        told = 0.0
        if file_of(self.settings.database) is not None:
            return
        while not self.stop.is_set():
            trouble = await self._trouble()
            if trouble is None:
                return
            if time.monotonic() - told >= REMIND or not told:
                told = time.monotonic()
                log.tell("waiting", part="database", reason=type(trouble).__name__)
            await self._pause()

    async def _trouble(self) -> Exception | None:
        try:
            async with asyncio.timeout(WITHIN):
                await self.health.database()
        except Exception as trouble:  # noqa: BLE001  # whatever it is, it is waited out, and told
            return trouble.__cause__ if isinstance(trouble.__cause__, Exception) else trouble
        return None

    async def _work(self, jobs: Sequence[Job]) -> None:
        """Run the jobs until told to stop. A job never ends by itself: what it raises ends the process."""
        tasks = [asyncio.create_task(job(self.stop)) for job in jobs]
        stopping = asyncio.create_task(self.stop.wait())
        await asyncio.wait({stopping, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        self.leave()
        left = max(0.0, self._stopped_at + STOP_WITHIN - time.monotonic())
        _, late = await asyncio.wait({stopping, *tasks}, timeout=left)
        for task in late:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end


def _is_away(trouble: BaseException | None) -> bool:
    """Whether a server that is not there is at the bottom of it, whoever has wrapped that."""
    while trouble is not None:
        if isinstance(trouble, (DatabaseAway, *AWAY)):
            return True
        trouble = trouble.__cause__ or getattr(trouble, "orig", None)
    return False
