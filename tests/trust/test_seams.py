"""Sessions in Redis: killed at each of the road's seams, overtaken, emptied: one effect, nobody hangs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.certain import certain
from domain.messages import Answer, Inbound, Press, Start, Text, What
from handlers.desk import Desk
from storage.database import Database, DatabaseAway
from storage.drafts import Draft
from storage.held import keys_of
from storage.postgres import SETTINGS
from storage.redis import Redis
from storage.scripts import Scripts
from storage.sessions import Key
from storage.shared_sessions import Shared
from tests.chat import Actor
from tests.postgres import PostgresServer
from tests.trust.town import Town, arrival, count
from tests.world import World, fill, world

COUNTED = ("cases", "events", "rounds", "outbox", "bindings", "consents", "persons", "identities")


class Killed(BaseException):
    """The process is gone: no handler may catch this."""


class Mortal(Scripts):
    """Redis as a process sees it that is killed before or after its n-th call of a step."""

    def __init__(self, redis: Redis, seam: tuple[str, int]) -> None:
        super().__init__(redis)
        self.when, self.number = seam
        self.calls, self.killed = 0, False

    async def run(self, *given: Any) -> Any:
        """The call, or death; the dead call nothing any more."""
        self.calls += 1
        if self.killed or (self.calls == self.number and self.when == "before"):
            self.killed = True
            raise Killed
        found = await super().run(*given)
        if self.calls == self.number:
            self.killed = True
            raise Killed
        return found


class Halting(Scripts):
    """Redis as a process sees it that stands still before its n-th call, until it is let go."""

    def __init__(self, redis: Redis, number: int) -> None:
        super().__init__(redis)
        self.number, self.calls = number, 0
        self.stands, self.goes = asyncio.Event(), asyncio.Event()

    async def run(self, *given: Any) -> Any:
        """The call, later."""
        self.calls += 1
        if self.calls == self.number:
            self.stands.set()
            await self.goes.wait()
        return await super().run(*given)


@pytest.fixture
async def shared(postgres: PostgresServer, redis_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """The service on PostgreSQL and Redis."""
    template = await postgres.template("filled", fill)
    async with (
        postgres.database(template) as url,
        world(url, tmp_path, redis=redis_url, cut_off="5s") as made,
    ):
        yield made


@pytest.fixture
def town(shared: World) -> Town:
    return Town(shared)


def redis_of(town: Town) -> Redis:
    assert town.world.parts.redis is not None
    return town.world.parts.redis


def process(town: Town, scripts: Scripts) -> Desk:
    """Another process, just started, that reaches Redis through these."""
    house = town.world.house
    return Desk(replace(house, workplace=Shared(house.database, scripts, timedelta(days=7))))


def as_in_service(town: Town) -> None:
    """PostgreSQL waits for a transaction that stands still as long as in service, not as for tests."""
    postgres = certain(town.world.house.database._postgres)
    postgres._settings |= SETTINGS


async def lease_ends(town: Town, inbound: Inbound) -> None:
    """As after LEASE: the lock of whoever was killed is gone."""
    await redis_of(town).delete(keys_of(Key(inbound.channel, inbound.chat, inbound.user))[0])


async def counted(town: Town) -> dict[str, int]:
    return {table: await count(town.world, table) for table in COUNTED}


async def _sending(town: Town, name: str) -> tuple[Actor, What]:
    actor = await town.person(name)
    await town.press(actor, "go:file")
    await town.send(actor, Text("路灯坏了"))
    send = next(b.data for row in actor.answer[-1].buttons for b in row if b.data.endswith(".send"))
    return actor, Press(send)


async def _accepting(town: Town, name: str) -> tuple[Actor, What]:
    resident = await town.person(name)
    number = await town.filed(resident, "路灯坏了")
    liaison = town.actors.get("联络") or await town.person("联络", await town.place("liaison"))
    return liaison, Press(f"do:{number}:accept")


async def _binding(town: Town, name: str) -> tuple[Actor, What]:
    return await town.person(name), Start(f"i_{await town.world.invite(await town.place('officer'))}")


async def _agreeing(town: Town, name: str) -> tuple[Actor, What]:
    actor = Actor(name, "web", f"7{len(town.log)}{name}")
    return actor, Press("agree:basic:w_LJ01")


async def _words(town: Town, name: str) -> tuple[Actor, What]:
    actor = await town.person(name)
    await town.press(actor, "go:file")
    return actor, Text("路灯坏了")


SEAMS = [(when, number) for number in (1, 2, 3) for when in ("before", "after")]


@pytest.mark.postgres
@pytest.mark.parametrize("step", [_sending, _accepting, _binding, _agreeing, _words])
async def test_killed_at_any_seam_and_delivered_again_it_happened_once(town: Town, step: Any) -> None:
    actor, what = await step(town, "甲")  # whoever is needed is there; a seat has somebody who loses it
    await town.world.desk.handle(arrival(actor, "first", what))
    actor, what = await step(town, "乙")
    before = await counted(town)
    await town.world.desk.handle(arrival(actor, "control", what))
    grown = {table: many - before[table] for table, many in (await counted(town)).items()}
    reached = 0
    for place, seam in enumerate(SEAMS):
        actor, what = await step(town, f"人{place}")
        inbound, before = arrival(actor, place, what), await counted(town)
        mortal = Mortal(redis_of(town), seam)
        with suppress(Killed):
            await process(town, mortal).handle(inbound)
        reached += mortal.killed
        await lease_ends(town, inbound)
        answer = await town.world.desk.handle(inbound)
        assert answer.messages and "error" not in answer.messages[0].key, seam
        after = await counted(town)
        assert {table: many - before[table] for table, many in after.items()} == grown, seam
        again = await town.world.desk.handle(inbound)
        assert again.again and again.messages == answer.messages, seam
        assert await counted(town) == after
    assert reached >= 4


@pytest.mark.postgres
@pytest.mark.parametrize("before", [2, 3])
async def test_who_was_overtaken_changes_nothing_any_more(town: Town, before: int) -> None:
    """TRUST 9: it stands still before the commit (2), or before the session is saved (3), past its time.

    In the first case PostgreSQL breaks the transaction off before anything of it could be committed.
    """
    as_in_service(town)
    actor, send = await _sending(town, "居民")
    inbound, halting = arrival(actor, "slow", send), Halting(redis_of(town), before)
    slow = asyncio.create_task(process(town, halting).handle(inbound))
    await halting.stands.wait()
    committed = await count(town.world, "cases")
    assert committed == before - 2
    await lease_ends(town, inbound)
    told = await town.world.desk.handle(arrival(actor, "meanwhile", Text("取消")))
    kept = await town.world.sessions()
    halting.goes.set()
    with pytest.raises(DatabaseAway):  # or one of its kind: Overtaken
        await slow
    assert await count(town.world, "cases") == committed
    assert await town.world.sessions() == kept
    assert told.messages


@pytest.mark.postgres
async def test_what_comes_meanwhile_waits_for_the_other_process(town: Town) -> None:
    actor, send = await _sending(town, "居民")
    halting = Halting(redis_of(town), 2)
    slow = asyncio.create_task(process(town, halting).handle(arrival(actor, "first", send)))
    await halting.stands.wait()
    second = asyncio.create_task(town.world.desk.handle(arrival(actor, "second", Press("go:mine"))))
    done, _ = await asyncio.wait({second}, timeout=0.1)
    assert not done
    halting.goes.set()
    first, listed = await slow, await second
    assert town.number_in(first).replace("-", "")[:4] in listed.messages[0].text.replace("-", "")


@pytest.mark.postgres
async def test_the_same_delivery_at_two_processes_is_answered_alike(town: Town) -> None:
    actor, send = await _sending(town, "居民")
    inbound = arrival(actor, "same", send)
    desks = [town.world.desk, process(town, Scripts(redis_of(town)))]
    answers: list[Answer] = await asyncio.gather(*(desks[n % 2].handle(inbound) for n in range(10)))
    assert {answer.messages for answer in answers} == {answers[0].messages}
    assert sum(not answer.again for answer in answers) == 1
    assert await count(town.world, "cases") == 1


@pytest.mark.postgres
@pytest.mark.parametrize("step", [_sending, _words])
async def test_what_comes_to_three_processes_at_once_is_known_to_all_of_them(town: Town, step: Any) -> None:
    """With a transaction of its own, and with nothing but a draft: who dealt with it says it, then tells."""
    actor, what = await step(town, "居民")
    inbound, halting = arrival(actor, "same", what), Halting(redis_of(town), 2)
    desks = [process(town, halting), *(process(town, Scripts(redis_of(town))) for _ in range(2))]
    first = asyncio.create_task(desks[0].handle(inbound))
    await halting.stands.wait()
    others = [asyncio.create_task(desk.handle(inbound)) for desk in desks[1:]]
    waiting = f"{keys_of(Key(inbound.channel, inbound.chat, inbound.user))[3]}:waits:{inbound.id}"
    while await cast(Awaitable[int], redis_of(town).scard(waiting)) < 2:
        await asyncio.wait(others, timeout=0.01)
    halting.goes.set()
    answers = await asyncio.gather(first, *others)
    assert {answer.messages for answer in answers} == {answers[0].messages}
    assert [(answer.again, answer.elsewhere) for answer in answers] == [
        (False, True),
        (True, True),
        (True, True),
    ]
    heard = asyncio.gather(*(desk.was_said(inbound) for desk in desks[1:]))
    await desks[0].said(inbound)
    assert await heard == [True, True]
    alone = await town.world.desk.handle(inbound)
    assert alone.again and not alone.elsewhere, "one that comes later is answered again: it was asked again"


class Faint(Database):
    """A database that goes away, when told so, before a draft is written by itself."""

    fails = False

    @asynccontextmanager
    async def lightly(self) -> AsyncIterator[AsyncConnection]:
        """Not the first time."""
        if self.fails:
            self.fails = False
            raise DatabaseAway("the drafts")
        async with super().lightly() as connection:
            yield connection


@pytest.mark.postgres
async def test_a_draft_that_could_not_be_kept_is_kept_when_the_words_come_again(town: Town) -> None:
    actor = await town.person("居民")
    faint = Faint(town.world.house.database.engine)
    place = Shared(faint, Scripts(redis_of(town)), timedelta(days=7))
    desk = Desk(replace(town.world.house, workplace=place))
    await desk.handle(arrival(actor, "begun", Press("go:file")))  # the registry is read, and remembered
    words, faint.fails = arrival(actor, "words", Text("楼道灯坏了")), True
    with pytest.raises(DatabaseAway):
        await desk.handle(words)
    assert await count(town.world, "drafts") == 0
    told = await desk.handle(words)
    assert told.again and told.messages[-1].key == "file_request.card"
    assert await count(town.world, "drafts") == 1
    await faint.close()


class Tardy(Database):
    """A database that stands still before a draft is written by itself, until it is let go."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.engine)
        self.stands, self.goes = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def lightly(self) -> AsyncIterator[AsyncConnection]:
        """Later."""
        self.stands.set()
        await self.goes.wait()
        async with super().lightly() as connection:
            yield connection


@pytest.mark.postgres
async def test_a_draft_on_its_way_is_not_written_after_it_was_thrown_away(town: Town) -> None:
    """Another process gets what they say next before the draft is written."""
    actor, tardy = await town.person("居民"), Tardy(town.world.house.database)
    place = Shared(tardy, Scripts(redis_of(town)), timedelta(days=7))
    desk = Desk(replace(town.world.house, workplace=place))
    await desk.handle(arrival(actor, "begun", Press("go:file")))  # the registry is read, and remembered
    writing = asyncio.create_task(desk.handle(arrival(actor, "words", Text("楼道灯坏了"))))
    await tardy.stands.wait()
    cancelling = asyncio.create_task(town.world.desk.handle(arrival(actor, "no", Text("取消"))))
    await asyncio.wait({cancelling}, timeout=0.2)
    tardy.goes.set()
    await writing
    told = await cancelling
    await tardy.close()
    assert told.messages[0].key == "flow.cancelled"
    assert await count(town.world, "drafts") == 0


@pytest.mark.postgres
async def test_who_was_overtaken_keeps_no_draft_either(town: Town) -> None:
    """It stood still after everything was decided, longer than its lease; the clock tells it so."""
    actor, now = await town.person("居民"), [0.0]
    await town.press(actor, "go:file")
    words = arrival(actor, "words", Text("楼道灯坏了"))
    house, scripts = town.world.house, Scripts(redis_of(town))
    slow = Shared(house.database, scripts, timedelta(days=7), lambda: now[0])

    async def overtaken() -> None:
        async with slow.work(Key(words.channel, words.chat, words.user)) as work:
            draft = Draft("file_request", "words", {"words": "楼道灯坏了"}, house.clock())
            await work.uow.drafts.keep(certain(work.met.person).id, draft)
            now[0] += 11
            await lease_ends(town, words)
            await town.world.desk.handle(arrival(actor, "no", Text("取消")))

    with pytest.raises(DatabaseAway):
        await overtaken()
    assert await count(town.world, "drafts") == 0


@pytest.mark.postgres
async def test_redis_emptied_in_mid_conversation_the_draft_is_offered_again(town: Town) -> None:
    """TRUST 8."""
    actor, send = await _sending(town, "居民")
    await town.world.forget_sessions()
    stale = await town.world.desk.handle(arrival(actor, 1, send))
    assert stale.messages[0].key == "flow.stale"
    assert any(b.data == "draft:go" for m in stale.messages for row in m.buttons for b in row)
    going_on = await town.world.desk.handle(arrival(actor, 2, Press("draft:go")))
    assert "路灯坏了" in going_on.messages[-1].text


@pytest.mark.postgres
async def test_keys_expire(town: Town) -> None:
    await _sending(town, "居民")
    redis = redis_of(town)
    week = timedelta(days=7).total_seconds()
    lasting = [await redis.ttl(key) for key in await redis.keys("*")]
    assert lasting
    assert all(0 < seconds <= week for seconds in lasting)


@pytest.mark.postgres
async def test_consent_withdrawn_leaves_nothing_in_redis(town: Town) -> None:
    actor, _ = await _sending(town, "居民")
    await town.send(actor, Text("撤回同意"))
    assert "路灯" not in await town.world.sessions()
