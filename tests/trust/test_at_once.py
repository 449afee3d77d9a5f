"""Fifty identical presses in parallel, two people at once, two processes: one effect each (TRUST 19)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.messages import Answer, Press, Text
from tests.chat import Actor
from tests.trust.town import Town, arrival, count, rows
from tests.world import World, world

FIFTY = 50


@pytest.fixture
async def second(service: World, database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Another process of the service, over the same database and Redis."""
    redis = service.parts.settings.redis_url
    async with world(database_url, tmp_path, seed=2, redis=redis) as made:
        made.clock.at = service.clock.at
        yield made


def keys(answers: list[Answer]) -> Counter[str]:
    """How often each was said first."""
    return Counter(answer.messages[0].key if answer.messages else "" for answer in answers)


async def once(town: Town, actor: Actor, data: str, *worlds: World) -> list[Answer]:
    """Fifty different deliveries of one press, together."""
    desks = [made.desk for made in worlds or (town.world,)]
    arrivals = [arrival(actor, n, Press(data)) for n in range(FIFTY)]
    return await asyncio.gather(*(desks[n % len(desks)].handle(one) for n, one in enumerate(arrivals)))


async def _submitted(town: Town) -> tuple[Actor, Actor, str]:
    resident = await town.person("居民")
    liaison = await town.person("联络", await town.place("liaison"))
    return resident, liaison, await town.filed(resident, "楼道灯坏了")


async def test_fifty_presses_of_accept_are_one(town: Town) -> None:
    _, liaison, number = await _submitted(town)
    said = keys(await once(town, liaison, f"do:{number}:accept"))
    assert said == {"done.accept": 1, "case.not_now": FIFTY - 1}
    assert await count(town.world, "events", action="accept") == 1
    assert len(await _letters(town, "notice.accept.filer")) == 1


async def test_fifty_deliveries_of_one_press_are_one_with_the_same_answer(town: Town, second: World) -> None:
    _, liaison, number = await _submitted(town)
    same = arrival(liaison, "same", Press(f"do:{number}:accept"))
    desks = (town.world.desk, second.desk)
    answers = await asyncio.gather(*(desks[n % 2].handle(same) for n in range(FIFTY)))
    assert {answer.messages for answer in answers} == {answers[0].messages}
    assert keys(answers) == {"done.accept": FIFTY}
    assert sum(answer.again for answer in answers) == FIFTY - 1
    assert await count(town.world, "events", action="accept") == 1


async def test_one_request_sent_fifty_times_is_one_case(town: Town, second: World) -> None:
    resident = await town.person("居民")
    await town.press(resident, "go:file")
    await town.send(resident, Text("楼道灯坏了"))
    send = next(b.data for row in resident.answer[-1].buttons for b in row if b.data.endswith(".send"))
    said = await once(town, resident, send, town.world, second)
    assert keys(said)["case.receipt"] == 1
    assert await count(town.world, "cases") == await count(town.world, "rounds") == 1
    assert await count(town.world, "events", action="submit") == 1


async def test_the_same_sending_at_two_processes_is_one_case_and_one_receipt(
    town: Town, second: World
) -> None:
    resident = await town.person("居民")
    await town.press(resident, "go:file")
    await town.send(resident, Text("楼道灯坏了"))
    send = next(b.data for row in resident.answer[-1].buttons for b in row if b.data.endswith(".send"))
    same = arrival(resident, "same", Press(send))
    first, other = await asyncio.gather(town.world.desk.handle(same), second.desk.handle(same))
    assert first.messages == other.messages and first.messages[0].key == "case.receipt"
    assert await count(town.world, "cases") == 1


async def test_of_two_representatives_one_takes_it_and_the_other_is_told_who(
    town: Town, second: World
) -> None:
    _, _, number = await _submitted(town)
    one, other = [await town.person(f"代表{n}", await town.place("representative", index=n)) for n in (0, 1)]
    answers = await asyncio.gather(
        town.world.desk.handle(arrival(one, "t", Press(f"do:{number}:take"))),
        second.desk.handle(arrival(other, "t", Press(f"do:{number}:take"))),
    )
    assert keys(list(answers)) == {"done.take": 1, "case.taken_by": 1}
    assert await count(town.world, "events", action="take") == 1
    assert len(await _letters(town, "notice.take.filer")) == 1


async def test_a_liaison_with_two_windows_does_it_once(town: Town, second: World) -> None:
    _, liaison, number = await _submitted(town)
    phone = await town.person("手机", channel="telegram")
    async with town.world.unit() as uow:
        person, new = [await uow.people.known(a.channel, a.id) for a in (liaison, phone)]
        assert person is not None and new is not None
        await uow.people.join(new.id, person.id, town.world.clock())
        await uow.people.agree(person.id, "abroad", town.world.clock())
    press = Press(f"do:{number}:accept")
    windows = [(town.world, liaison), (second, phone)] * 10
    answers = await asyncio.gather(*(w.desk.handle(arrival(a, n, press)) for n, (w, a) in enumerate(windows)))
    assert keys(list(answers)) == {"done.accept": 1, "case.not_now": 19}
    assert await count(town.world, "events", action="accept") == 1


async def test_rated_twice_at_once_is_rated_once(town: Town, second: World) -> None:
    resident, liaison, number = await _submitted(town)
    await town.press(liaison, f"do:{number}:accept")
    await town.answered(liaison, number)
    presses = [
        arrival(resident, n, Press(f"rate:{number}.1:{how}")) for n, how in enumerate(("very", "not") * 10)
    ]
    desks = (town.world.desk, second.desk)
    answers = await asyncio.gather(*(desks[n % 2].handle(one) for n, one in enumerate(presses)))
    said = keys(list(answers))
    assert said["case.rated_already"] == 19
    assert said["done.rate_very"] + said["done.rate_not"] == 1
    assert await count(town.world, "rounds", rating=None) == said["done.rate_not"]


async def test_undo_against_accept_has_one_winner(town: Town, second: World) -> None:
    resident, liaison, number = await _submitted(town)
    answers = await asyncio.gather(
        town.world.desk.handle(arrival(resident, "u", Press(f"do:{number}:undo"))),
        second.desk.handle(arrival(liaison, "a", Press(f"do:{number}:accept"))),
    )
    done = [a.messages[0].key for a in answers if a.messages[0].key.startswith("done.")]
    assert len(done) == 1
    state = {"done.undo": "withdrawn", "done.accept": "accepted"}[done[0]]
    assert await count(town.world, "cases", state=state) == 1


async def test_a_crowd_on_one_case_is_answered_without_a_bug(town: Town, second: World) -> None:
    _, liaison, number = await _submitted(town)
    crowd = [await town.person(f"代表{n}", await town.place("representative", index=n)) for n in range(4)]
    arrivals = [arrival(a, "t", Press(f"do:{number}:take")) for a in crowd]
    arrivals.append(arrival(liaison, "t", Press(f"do:{number}:accept")))
    desks = (town.world.desk, second.desk)
    answers = await asyncio.gather(*(desks[n % 2].handle(one) for n, one in enumerate(arrivals)))
    said = keys(list(answers))
    assert said["done.take"] == 1
    assert set(said) <= {"done.take", "done.accept", "case.taken_by", "case.not_now"}


async def _letters(town: Town, key: str) -> list[tuple[object, ...]]:
    """Letters with these words."""
    found = (await rows(town.world))["outbox"]
    return [row for row in found if any(isinstance(v, dict) and v.get("key") == key for v in row)]
