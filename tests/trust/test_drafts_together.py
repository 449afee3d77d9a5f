"""Drafts of many people are written together; one that can't be written keeps back nobody else's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.certain import certain
from domain.messages import Press, Text
from handlers.desk import Desk
from storage.database import Database, DatabaseAway
from storage.drafts import Draft, row_of
from storage.drafts_beside import Nobodys, keep_together
from storage.held import keys_of
from storage.scripts import Scripts
from storage.sessions import Key
from storage.shared_sessions import Shared
from storage.statements import Row
from tests.postgres import PostgresServer
from tests.trust.town import Town, arrival, count
from tests.world import World, fill, world

pytestmark = pytest.mark.postgres


@pytest.fixture
async def town(postgres: PostgresServer, redis_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """On PostgreSQL and Redis."""
    template = await postgres.template("filled", fill)
    async with postgres.database(template) as url, world(url, tmp_path, redis=redis_url) as made:
        yield Town(made)


class Tardy(Database):
    """A database that stands still before drafts are written, until it is let go.

    `wrote`: how many times.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database.engine)
        self.stands, self.goes, self.wrote = asyncio.Event(), asyncio.Event(), 0

    @asynccontextmanager
    async def lightly(self) -> AsyncIterator[AsyncConnection]:
        """Later."""
        self.stands.set()
        await self.goes.wait()
        self.wrote += 1
        async with super().lightly() as connection:
            yield connection


def _row(world: World, person: int, step: str = "card") -> Row:
    return row_of(person, Draft("file_request", step, {"words": "路灯坏了"}, world.house.clock()))


async def _person(town: Town, name: str) -> int:
    actor = await town.person(name)
    async with town.world.unit() as uow:
        return certain(await uow.people.known(actor.channel, actor.id)).id


async def test_one_bad_row_fails_alone(town: Town) -> None:
    database = town.world.house.database
    good, other = [await _person(town, name) for name in ("甲", "乙")]
    rows = [[_row(town.world, good)], [_row(town.world, 10**9)], [_row(town.world, other, "x" * 100)]]
    kept, nobodys, too_long = await keep_together(database, rows)
    assert kept is None and isinstance(nobodys, Nobodys)
    assert too_long is not None and not isinstance(too_long, DatabaseAway)
    assert await count(town.world, "drafts") == 1
    [alone] = await keep_together(database, rows[1:2])
    assert isinstance(alone, Nobodys)


async def test_who_is_forgotten_at_that_moment_is_a_stranger_when_the_words_come_again(town: Town) -> None:
    """And the two whose drafts were in the same batch notice nothing."""
    people = [await town.person(name) for name in ("甲", "乙", "丙")]
    tardy, redis = Tardy(town.world.house.database), certain(town.world.parts.redis)
    place = Shared(tardy, Scripts(redis), timedelta(days=7))
    desk = Desk(replace(town.world.house, workplace=place))
    for actor in people:
        await desk.handle(arrival(actor, f"begun{actor.name}", Press("go:file")))
    words = [arrival(actor, f"words{actor.name}", Text("楼道灯坏了")) for actor in people]
    first = asyncio.create_task(desk.handle(words[0]))
    await tardy.stands.wait()
    others = [asyncio.create_task(desk.handle(one)) for one in words[1:]]
    while len(place.drafts._gathered) < 2:
        await asyncio.wait(others, timeout=0.001)
    async with town.world.unit() as uow:
        gone = certain(await uow.people.known(people[2].channel, people[2].id))
        await uow.people.forget_newcomer(gone.id)
    tardy.goes.set()
    told = [(await one).messages[-1].key for one in (first, others[0])]
    assert told == ["file_request.card"] * 2
    with pytest.raises(Nobodys):
        await others[1]
    assert tardy.wrote == 4, "one alone; two together, then each of them by itself"
    assert not await redis.exists(*keys_of(Key(words[2].channel, words[2].chat, words[2].user)))
    again = await desk.handle(words[2])
    assert not again.stored and again.messages[-1].key == "consent.basic"
    assert await count(town.world, "drafts") == 2
    await tardy.close()
