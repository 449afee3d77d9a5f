"""Twenty people at once, each pausing about a second between messages, the postman delivering beside them."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import disk
from benchmarks.figures import Figure
from benchmarks.ground import Ground, filled, service
from benchmarks.people import AtTheDesk, Filing, OnThePage, Resident, pausing

PEOPLE, PAUSE, SECONDS = 20, 1.0, 30.0
P99 = 30.0
"""Milliseconds promised."""


async def measure(folder: Path) -> list[Figure]:
    """The 99th percentile at the desk and through the page."""
    async with service(await filled(folder / "desk")) as ground:
        people = [AtTheDesk(ground.parts.desk, f"crowd-{n}") for n in range(PEOPLE)]
        figures = [disk.commits(folder), await _crowd(ground, people, "20 people at the desk")]
    async with service(await filled(folder / "page")) as ground:
        visitors = [await OnThePage(ground.app).open() for _ in range(PEOPLE)]
        figures.append(await _crowd(ground, visitors, "20 people through the page"))
    figures.append(disk.commits(folder, "the same bare commit afterwards"))
    return figures


async def _crowd(ground: Ground, people: Sequence[Resident], name: str) -> Figure:
    await _warm(ground, people[0])
    stop = asyncio.Event()
    postman = asyncio.create_task(ground.parts.postman.run(stop))
    end = time.monotonic() + SECONDS
    await asyncio.gather(*(_chat(ground, who, seed, end) for seed, who in enumerate(people)))
    stop.set()
    ground.parts.house.posted()
    await postman
    found = ground.watch.together().figure(name)
    assert found.p99 is not None
    return Figure(f"{name}: p99", found.p99, p99=found.p99, times=found.times, limit=P99)


async def _warm(ground: Ground, who: Resident) -> None:
    """Templates and statements are compiled once in a service's life; that once is not in the figures."""
    filing = Filing(who, ground.watch)
    await filing.arrive()
    await filing.file()
    await ground.parts.postman.round()
    ground.watch.kinds.clear()


async def _chat(ground: Ground, who: Resident, seed: int, end: float) -> None:
    filing = Filing(who, ground.watch, alone=False, pause=pausing(PAUSE, seed))
    if seed:  # the first has arrived already
        await filing.arrive()
    while time.monotonic() < end:
        await filing.file()
