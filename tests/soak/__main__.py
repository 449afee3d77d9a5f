"""`make soak`: the long form, bounded to ten minutes; prints what happened and fails if anything is wrong."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.crowd import crowd
from tests.soak.field import battlefield
from tests.soak.war import Report, campaign


async def fight(people: int, seconds: float, seed: int) -> Report:
    """One campaign in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="workroom-soak-") as folder:
        async with asyncio.timeout(600), battlefield(Path(folder), seed) as ground:
            return await campaign(ground, crowd(ground.api, people, seed), seconds=seconds, every=2.0)


def main() -> int:
    """Fight, tell, judge."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=240)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    report = asyncio.run(fight(given.people, given.seconds, given.seed))
    print(f"seed {given.seed}\n{report.told()}")  # noqa: T201  # whoever runs it reads it
    return int(bool(report.wrong))


if __name__ == "__main__":
    sys.exit(main())
