"""A step beside 1,000 and beside 1,000,000 persons and cases, in one run, on PostgreSQL and Redis.

python -m benchmarks.million                  # a few minutes, most of them spent on the million
python -m benchmarks.million --cases 100000
"""

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import uvloop

from benchmarks import size, years
from benchmarks.figures import Figure, show
from benchmarks.ground import service
from bot import sampling
from bot.settings import settings
from storage.migrations import migrate
from tests.postgres import running_postgres
from tests.redis import running_redis

FEW, MANY = 1_000, 1_000_000


async def measure(folder: Path, many: int) -> list[Figure]:
    """Ratios of medians; both databases stand in one server and are asked in turn."""
    async with AsyncExitStack() as stack:
        postgres = stack.enter_context(running_postgres())
        grounds = []
        for count in (FEW, many):
            redis = stack.enter_context(running_redis())
            url, home = await stack.enter_async_context(postgres.database()), folder / str(count)
            home.mkdir()
            given = settings(home=home, database_url=url, redis_url=redis.url, _env_file=None)
            await migrate(url)
            await sampling.prepare(given, wanted=True)
            began = time.monotonic()
            await years.grow(url, count)
            told = await years.rows(url, ("persons", "cases", "events", "outbox"))
            sys.stderr.write(f"{count}: {told} in {time.monotonic() - began:.0f} s\n")
            grounds.append(await stack.enter_async_context(service(given)))
        await asyncio.sleep(5)  # PostgreSQL writes out what it was given
        return await size.compared(grounds)


def main() -> int:
    """Measure; 1 when a promise is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.million", description=__doc__)
    parser.add_argument("--cases", type=int, default=MANY)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = uvloop.run(measure(Path(folder), given.cases))
    show(f"{given.cases} persons and cases against {FEW}, on PostgreSQL and Redis", figures)
    return int(any(figure.holds is False for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
