"""Who unfollows is forgotten: no trace of the openid stays; the case does, without them."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.certain import certain
from domain.messages import Start
from storage.columns import metadata
from storage.redis import open_redis
from storage.unit import UnitOfWork
from storage.wechat import Standing
from tests.chat import Actor
from tests.wechat.ground import Ground, ground
from tests.world import copy_of

CANARY = "oCanaryBirdInTheMine"
NAME = "金丝雀阿姨"


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[Ground]:
    """The service, both kinds of database."""
    async with ground(database_url, tmp_path) as made:
        yield made


async def hits(office: Ground, *canaries: str) -> list[str]:
    """Every table that still holds one of these."""
    found = []
    async with office.world.unit() as uow:
        for table in metadata.sorted_tables:
            rows = await uow.connection.execute(sa.select(table))
            found += [table.name for row in rows if any(canary in repr(tuple(row)) for canary in canaries)]
    return found


async def filed(office: Ground) -> str:
    """A resident with a name, a request, an account book and a draft under way."""
    await office.sits("oLiaison", "联络员")
    await office.agrees(CANARY, "w_LJ01")
    async with office.world.unit() as uow:
        person = await uow.people.known("wechat", CANARY)
        assert person is not None
        await uow.people.change(person.id, name=NAME)
        await uow.followers.agree((await _standing(uow)).identity, "T", 1)
    number = await office.files(CANARY)
    await office.taps("oLiaison", f"do:{number}:accept")
    await office.says(CANARY, "反映诉求")
    assert {"identities", "outbox", "sessions"} <= set(await hits(office, CANARY))
    return number


async def _standing(uow: UnitOfWork) -> Standing:
    return certain(await uow.followers.standing(CANARY))


async def test_nothing_of_who_unfollows_stays_but_the_case(office: Ground) -> None:
    number = await filed(office)
    for _ in range(2):  # brought again
        assert await office.event(CANARY, "unsubscribe") == ""
    assert await hits(office, CANARY, NAME) == []
    async with office.world.unit() as uow:
        case = await uow.cases.by_number(number)
        assert case is not None and "打滑" in case.words and case.workroom
        events = await uow.timeline.of_case(case.id, staff=True)
        assert [event.action for event in events] == ["submit", "accept"]
    await office.taps("oLiaison", f"do:{number}:answer")
    await office.says("oLiaison", "已经修好。")
    await office.says("oLiaison", "发给居民")
    assert await office.letters("notice.answer.filer") == ["unreachable"]
    assert "没能送到居民手机上" in office.said("oLiaison")[-1].text


async def test_who_comes_back_is_a_stranger(office: Ground) -> None:
    number = await filed(office)
    await office.event(CANARY, "unsubscribe")
    office.world.clock.on(minutes=5)
    await office.agrees(CANARY)
    assert number[:4] not in await office.says(CANARY, "我的诉求")


async def test_who_is_known_elsewhere_stays_a_person(office: Ground) -> None:
    number = await filed(office)
    async with office.world.unit() as uow:
        person = await uow.people.known("wechat", CANARY)
        assert person is not None
        await uow.people.identify(person.id, "web", "v" * 32, "v" * 32, office.world.clock())
    await office.event(CANARY, "unsubscribe")
    assert await hits(office, CANARY) == []
    async with office.world.unit() as uow:
        still = await uow.people.known("web", "v" * 32)
        case = await uow.cases.by_number(number)
    assert still is not None and case is not None
    assert (still.id, still.name, still.consents) == (case.person, NAME, frozenset({"basic"}))


async def test_the_page_inside_wechat_goes_with_it(office: Ground) -> None:
    await filed(office)
    moment: datetime = office.world.clock()
    async with office.world.unit() as uow:
        standing = await _standing(uow)
        visitor = await uow.followers.call_visitor(standing.identity, "p" * 32)
        await uow.people.identify(standing.person, "web", visitor, visitor, moment)
    await office.chat.send(Actor("她", "web", visitor), Start())
    async with office.world.unit() as uow:
        await uow.transcript(visitor).say({"text": "您好"}, moment)
    await office.event(CANARY, "unsubscribe")
    assert await hits(office, CANARY, NAME, "p" * 32) == []


async def test_staff_who_unfollow_leave_their_seat_empty(office: Ground) -> None:
    await office.sits(CANARY, "联络员")
    await office.event(CANARY, "unsubscribe")
    seat = await office.chat.seat("联络员")
    async with office.world.unit() as uow:
        assert await uow.people.holder(seat) is None


async def test_conversations_in_redis_go_too(filled: Path, tmp_path: Path, redis_url: str) -> None:
    redis = open_redis(redis_url)
    try:
        async with ground(copy_of(filled, tmp_path), tmp_path, redis, redis_url=redis_url) as office:
            await office.agrees(CANARY)
            await office.says(CANARY, "反映诉求")
            assert any(CANARY.encode() in key for key in await redis.keys())
            await office.event(CANARY, "unsubscribe")
            assert not [key for key in await redis.keys() if CANARY.encode() in key]
    finally:
        await redis.aclose()
