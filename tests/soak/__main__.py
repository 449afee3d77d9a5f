"""`make soak`: the long form, bounded to ten minutes; prints what happened and fails if anything is wrong."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.crowd import HEARD, crowd
from tests.soak.district import invited
from tests.soak.field import battlefield
from tests.soak.war import Report, campaign


async def fight(people: int, seconds: float, seed: int) -> Report:
    """One campaign in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="workroom-soak-") as folder:
        async with asyncio.timeout(600), battlefield(Path(folder), seed, second=0.5) as ground:
            ground.doubled = 1.0
            people_there = crowd(ground.api, people, seed, await invited(ground.url, HEARD), thinks=8.0)
            return await campaign(ground, people_there, seconds=seconds, every=4.0, total=True)


def main() -> int:
    """Fight, tell, judge."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=240)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    report = asyncio.run(fight(given.people, given.seconds, given.seed))
    print(f"seed {given.seed}\n{report.told()}", flush=True)  # noqa: T201  # whoever runs it reads it
    return int(bool(report.wrong))


if __name__ == "__main__":
    sys.exit(main())
