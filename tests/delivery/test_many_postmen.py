"""Many postmen over one database: each letter once, and taken over only from the dead (TRUST 4, 6)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.measure import registry
from bot.paced import NotYet
from bot.postman import FOR_ONE, Postman
from domain.messages import Message, Rendered
from domain.people import Seat
from storage.database import Database, DatabaseAway
from storage.outbox import NewLetter
from storage.tables import identities, outbox, persons
from tests.paper import Paper
from tests.world import World, world

LETTERS, PEOPLE = 500, 100


class Wall(Paper):
    """Paper that several processes write on."""

    def __init__(self, name: str = "web") -> None:
        super().__init__(name)
        self.count: Counter[str] = Counter()

    async def send(self, chat: str, message: Rendered, *, edit: str | None = None) -> str:
        self.count[chat] += 1
        await asyncio.sleep(0)
        return await super().send(chat, message, edit=edit)


async def people(town: World, number: int) -> None:
    """So many residents with a web page each."""
    now = town.clock()
    async with town.unit() as uow:
        who = [{"id": 1000 + n, "language": "zh_CN", "created_at": now} for n in range(number)]
        await uow.connection.execute(sa.insert(persons), who)
        places = [
            {"channel": "web", "user": f"u{n}", "chat": f"u{n}", "person_id": 1000 + n, "seen_at": now}
            for n in range(number)
        ]
        await uow.connection.execute(sa.insert(identities), places)
        for n in range(number):
            await uow.people.agree(1000 + n, "basic", now)


async def post(town: World, letters: int, among: int) -> None:
    """So many letters to these people, in turn."""
    new = [
        NewLetter(f"letter {n}", Seat("person", 1000 + n % among), Message("flow.cancelled"))
        for n in range(letters)
    ]
    async with town.unit() as uow:
        await uow.outbox.post_all(new, town.clock())


async def states(town: World) -> Counter[str]:
    """How many letters are in each state."""
    async with town.unit() as uow:
        return Counter((await uow.connection.execute(sa.select(outbox.c.state))).scalars())


@asynccontextmanager
async def towns(url: str, folder: Path, count: int) -> AsyncIterator[list[World]]:
    """So many processes' worlds over one database, each with connections of its own, one wall for all."""
    wall = Wall()
    async with AsyncExitStack() as stack:
        found = []
        for n in range(count):
            made = await stack.enter_async_context(world(url, folder / str(n)))
            made.house.channels["web"] = wall  # type: ignore[index]  # a plain dict in tests
            found.append(made)
        yield found


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_eight_postmen_send_five_hundred_letters_once(database_url: str, tmp_path: Path) -> None:
    async with towns(database_url, tmp_path, 8) as processes:
        await people(processes[0], PEOPLE)
        await post(processes[0], LETTERS, PEOPLE)
        await asyncio.gather(*(one.deliver() for one in processes))
        wall = processes[0].house.channels["web"]
        assert isinstance(wall, Wall)
        assert sum(wall.count.values()) == LETTERS
        assert set(wall.count.values()) == {LETTERS // PEOPLE}
        assert await states(processes[0]) == Counter(sent=LETTERS)


async def test_a_dead_postmans_letters_are_taken_over_and_a_live_ones_never(service: World) -> None:
    service.house.channels["web"] = wall = Wall()  # type: ignore[index]  # a plain dict in tests
    await people(service, 2)
    await post(service, 2, 2)
    async with service.unit() as dead:
        claimed = await dead.outbox.claim(service.clock(), 1)
    service.clock.on(hours=1)  # somebody's clock jumps: leases are counted by the database's
    await service.deliver()
    assert sum(wall.count.values()) == 1
    async with service.unit() as uow:
        await uow.connection.execute(sa.update(outbox).values(leased_until=_ago(1)))
        await uow.outbox.renew([letter.id for letter in claimed])
    await service.deliver()
    assert sum(wall.count.values()) == 1, "it was leased anew"
    async with service.unit() as uow:
        await uow.connection.execute(sa.update(outbox).values(leased_until=_ago(1)))
    await service.deliver()
    assert sum(wall.count.values()) == 2


def _ago(seconds: float) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


class Slow(Wall):
    """A channel with limits: its turns come when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.waiting = 0
        self.asked = asyncio.Event()
        self.too_far: float | None = None

    async def turn(
        self, chat: str, message: Rendered, still: Callable[[], Awaitable[bool]], *, bulk: bool
    ) -> bool:
        """Wait for the test."""
        self.waiting += 1
        self.asked.set()
        if self.too_far is not None and bulk:
            raise NotYet(self.too_far)
        if bulk:
            await self.open.wait()
        return await still()

    async def deliver(
        self, chat: str, message: Rendered, *, edit: str | None = None, bulk: bool = True
    ) -> str:
        """As paper does."""
        return await self.send(chat, message, edit=edit)


async def test_what_waits_for_its_moment_is_given_back_when_the_postman_leaves(service: World) -> None:
    service.house.channels["web"] = slow = Slow()  # type: ignore[index]  # a plain dict in tests
    await people(service, 3)
    await post(service, 3, 3)
    stop, postman = asyncio.Event(), Postman(service.house, asyncio.Event())
    running = asyncio.create_task(postman.run(stop))
    await asyncio.wait_for(slow.asked.wait(), 60)
    stop.set()
    await asyncio.wait_for(running, 60)
    async with service.unit() as uow:
        rows = (await uow.connection.execute(sa.select(outbox.c.leased_until, outbox.c.tries))).all()
    assert [tuple(row) for row in rows] == [(None, 0)] * 3
    slow.open.set()
    await service.deliver()
    assert sum(slow.count.values()) == 3


async def test_a_letter_whose_turn_is_far_off_goes_back_and_is_no_attempt(service: World) -> None:
    service.house.channels["web"] = slow = Slow()  # type: ignore[index]  # a plain dict in tests
    await people(service, 1)
    await post(service, 1, 1)
    slow.too_far = 30.0
    await service.deliver()
    service.clock.on(seconds=29)
    await service.deliver()
    assert slow.waiting == 1
    service.clock.on(seconds=2)
    slow.too_far = None
    slow.open.set()
    await service.deliver()
    async with service.unit() as uow:
        tries = (await uow.connection.execute(sa.select(outbox.c.tries))).scalar_one()
    assert (sum(slow.count.values()), tries) == (1, 1)


async def test_many_letters_to_one_person_do_not_fill_the_hands(service: World) -> None:
    service.house.channels["web"] = slow = Slow()  # type: ignore[index]  # a plain dict in tests
    slow.open.set()
    await people(service, 1)
    await post(service, 20, 1)
    assert await service.postman.round() == FOR_ONE
    for _ in range(10):
        service.clock.on(seconds=5)
        await service.deliver()
    assert sum(slow.count.values()) == 20


async def test_a_case_comes_before_what_goes_to_everybody(service: World) -> None:
    service.house.channels["web"] = Wall()  # type: ignore[index]  # a plain dict in tests
    await people(service, 3)
    await post(service, 3, 3)
    service.clock.on(seconds=5)
    urgent = NewLetter("urgent", Seat("person", 1000), Message("flow.cancelled"), urgent=True)
    async with service.unit() as uow:
        await uow.outbox.post_all([urgent], service.clock())
        (first,) = await uow.outbox.claim(service.clock(), 1)
        assert first.urgent


class Faint(Database):
    """A database that is away as often as it is told, once somebody has been written to."""

    def __init__(self, database: Database, wall: Wall, times: int) -> None:
        super().__init__(database.engine)
        self._one_writer = database._one_writer
        self._wall, self.times = wall, times

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """The real transaction, or none."""
        if self._wall.count and self.times:
            self.times -= 1
            raise DatabaseAway("away")
        async with super().writing() as connection:
            yield connection


async def test_what_was_sent_is_written_down_when_the_database_is_back(service: World) -> None:
    service.house.channels["web"] = wall = Wall()  # type: ignore[index]  # a plain dict in tests
    await people(service, 1)
    await post(service, 1, 1)
    faint = Faint(service.house.database, wall, 2)
    await Postman(replace(service.house, database=faint), asyncio.Event()).round()
    await faint.close()
    assert faint.times == 0
    assert await states(service) == Counter(sent=1)
    assert sum(wall.count.values()) == 1


async def test_what_a_dead_postman_had_is_counted(service: World) -> None:
    service.house.channels["web"] = Wall()  # type: ignore[index]  # a plain dict in tests
    await people(service, 2)
    await post(service, 2, 2)
    async with service.unit() as dead:
        await dead.outbox.claim(service.clock(), 1)
        await dead.connection.execute(sa.update(outbox).values(leased_until=_ago(1)))
    before = registry.get_sample_value("workroom_letters_taken_over_total") or 0.0
    await service.deliver()
    assert registry.get_sample_value("workroom_letters_taken_over_total") == before + 1


async def test_nothing_goes_to_who_withdrew_while_it_waited(service: World) -> None:
    service.house.channels["web"] = slow = Slow()  # type: ignore[index]  # a plain dict in tests
    await people(service, 1)
    await post(service, 1, 1)
    delivering = asyncio.create_task(service.deliver())
    await asyncio.wait_for(slow.asked.wait(), 60)
    async with service.unit() as uow:
        await uow.people.disagree(1000, service.clock())
    slow.open.set()
    await delivering
    assert sum(slow.count.values()) == 0
