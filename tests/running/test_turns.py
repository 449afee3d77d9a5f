"""What one process does at a time: one has the turn, and another takes over when it dies or leaves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.turns import Turns
from storage.database import Database, open_database
from storage.leases import Lease

SHORT, LONG = timedelta(seconds=0.3), timedelta(minutes=5)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(open_database(database_url))
    yield opened
    await opened.close()


class Job:
    """Notes who works."""

    def __init__(self) -> None:
        self.working: list[str] = []
        self.changed = asyncio.Event()

    def of(self, name: str) -> "Worker":
        return Worker(self, name)


class Worker:
    def __init__(self, job: Job, name: str) -> None:
        self.job, self.name = job, name

    async def __call__(self, stop: asyncio.Event) -> None:
        self.job.working.append(self.name)
        self.job.changed.set()
        await stop.wait()
        self.job.working.remove(self.name)


async def test_two_never_work_at_the_same_time_and_one_takes_over(database: Database) -> None:
    job, stops = Job(), {"a": asyncio.Event(), "b": asyncio.Event()}
    tasks = {}
    for name, stop in stops.items():
        job.changed.clear()
        turns = Turns(database, "telegram", every=0.05, lasts=LONG)
        tasks[name] = asyncio.create_task(turns(job.of(name), stop))
        if name == "a":
            await job.changed.wait()
    assert job.working == ["a"]
    job.changed.clear()
    stops["a"].set()
    await tasks["a"]
    await job.changed.wait()
    assert job.working == ["b"]
    stops["b"].set()
    await tasks["b"]
    assert job.working == []


async def test_the_lease_of_a_dead_process_runs_out(database: Database) -> None:
    dead, heir = (Lease(database, "telegram", name, LONG) for name in ("dead", "heir"))
    assert await dead.take()
    assert not await heir.take()
    assert await Lease(database, "telegram", "dead", SHORT).take(), "its last renewal before it died"
    job, stop = Job(), asyncio.Event()
    living = asyncio.create_task(Turns(database, "telegram", every=0.05, lasts=LONG)(job.of("heir"), stop))
    await job.changed.wait()
    assert not await dead.take()
    stop.set()
    await living
    assert await dead.take()


async def test_who_has_lost_the_lease_stops_working(database: Database) -> None:
    job, stop = Job(), asyncio.Event()
    turns = Turns(database, "telegram", every=0.05, lasts=SHORT)
    living = asyncio.create_task(turns(job.of("a"), stop))
    await job.changed.wait()
    async with asyncio.timeout(30):
        thief = Lease(database, "telegram", "thief", timedelta(seconds=60))
        await turns._lease.give_back()
        while not await thief.take():
            await turns._lease.give_back()
        job.changed.clear()
        while job.working:
            await asyncio.wait({living}, timeout=0.01)
    stop.set()
    await living
    assert await thief.take()


async def test_what_the_job_raises_comes_out(database: Database) -> None:
    async def broken(stop: asyncio.Event) -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await Turns(database, "telegram", every=0.05)(broken, asyncio.Event())
