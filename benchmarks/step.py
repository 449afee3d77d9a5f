"""One step of a conversation, alone: from the channel's parsing to the answer ready, commit included."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks import disk
from benchmarks.figures import Figure
from benchmarks.ground import Ground, filled, service
from benchmarks.people import AtTheDesk, Filing, OnThePage, Resident

PEOPLE = 40
FILED = 3
"""Requests each of them files."""

MEDIAN = 3.0
"""Milliseconds promised."""


async def measure(folder: Path) -> list[Figure]:
    """Each kind of step at the desk, all of them together, and all of them through the page's addresses."""
    figures = [disk.commits(folder)]
    async with service(await filled(folder / "desk")) as ground:
        await _played(ground, [AtTheDesk(ground.parts.desk, f"bench-{n}") for n in range(PEOPLE)])
        figures += [samples.figure(name) for name, samples in ground.watch.kinds.items()]
        figures.append(ground.watch.together().figure("a step at the desk", limit=MEDIAN))
    async with service(await filled(folder / "page")) as ground:
        await _played(ground, [await OnThePage(ground.app).open() for _ in range(PEOPLE)])
        figures.append(ground.watch.together().figure("a step through the page, transcript kept"))
    return figures


async def _played(ground: Ground, people: Sequence[Resident]) -> None:
    warm = Filing(people[0], ground.watch)
    await warm.arrive()
    await warm.file()
    ground.watch.kinds.clear()  # templates and statements are compiled once in a service's life
    for who in people[1:]:
        filing = Filing(who, ground.watch)
        await filing.arrive()
        for _ in range(FILED):
            await filing.file()
