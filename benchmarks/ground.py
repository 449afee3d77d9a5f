"""A whole service on the embedded default in a folder of its own, with its statements counted."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette

from benchmarks.figures import Counter, Stopwatch
from bot import health, sampling, serve
from bot.settings import Settings, settings
from bot.wiring import Parts
from storage.migrations import migrate


@dataclass(frozen=True, slots=True)
class Ground:
    """The service with a stopwatch; `app` answers over ASGI what the server would be asked."""

    parts: Parts
    app: Starlette
    watch: Stopwatch


async def filled(home: Path) -> Settings:
    """Settings of a data folder whose database holds the sample district; the folder above it is there."""
    given = settings(home=home, _env_file=None)
    home.mkdir(exist_ok=True)  # noqa: ASYNC240  # nobody waits yet
    await migrate(given.database)
    await sampling.prepare(given, wanted=True)
    return given


@asynccontextmanager
async def service(given: Settings) -> AsyncIterator[Ground]:
    """The parts as `workroom serve` puts them together; postman and planner run only when asked to."""
    async with serve.opened(given) as opened:
        counter = Counter()
        opened.parts.house.database.watch(counter)
        watch = health.Health(given)
        app = Starlette(routes=[*watch.routes(), *opened.routes])
        try:
            yield Ground(opened.parts, app, Stopwatch(counter))
        finally:
            opened.parts.house.shelf.close()
            await watch.close()


def until(seconds: float) -> float:
    """The moment so many seconds from now, by the loop's kind of clock."""
    return time.monotonic() + seconds
