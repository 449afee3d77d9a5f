"""One-time codes: once, for one account, in time; guessing is slow; no link joins a device (TRUST 16)."""

import asyncio

import pytest

from domain.codes import INVITE_LENGTH, MOVE_LENGTH, digest, draw
from domain.messages import Answer, Inbound, Start, Text
from storage.tries import MOST
from tests.chat import Actor
from tests.trust.town import Town, count, rows, stored


def keys(answer: Answer) -> list[str]:
    return [message.key for message in answer.messages]


async def test_a_used_invite_binds_nobody_else(town: Town) -> None:
    seat = await town.place("liaison")
    code = await town.world.invite(seat)
    first, second = await town.person("甲"), await town.person("乙")
    assert keys(await town.send(first, Start(f"i_{code}")))[0] == "people.bound"
    assert keys(await town.send(second, Start(f"i_{code}"))) == ["people.invite_invalid"]
    assert await count(town.world, "bindings", ended_at=None) == 1


async def test_who_has_used_an_invite_hears_it_again_as_long_as_the_seat_is_theirs(town: Town) -> None:
    """The first answer may have been lost; and a link is pressed twice."""
    seat = await town.place("liaison")
    code, after = await town.world.invite(seat), await town.world.invite(seat)
    first, second = await town.person("甲"), await town.person("乙")
    await town.send(first, Start(f"i_{code}"))
    assert keys(await town.send(first, Start(f"i_{code}")))[0] == "people.bound"
    assert await count(town.world, "bindings") == 1
    await town.send(second, Start(f"i_{after}"))
    assert keys(await town.send(first, Start(f"i_{code}"))) == ["people.invite_invalid"]
    assert await count(town.world, "bindings", ended_at=None) == 1


async def test_an_expired_and_a_revoked_invite_bind_nobody(town: Town) -> None:
    seat, actor = await town.place("liaison"), await town.person("甲")
    old, revoked = await town.world.invite(seat), await town.world.invite(seat)
    async with town.world.unit() as uow:
        assert await uow.codes.revoke(digest(town.world.house.secret, revoked), town.world.clock())
    assert keys(await town.send(actor, Start(f"i_{revoked}"))) == ["people.invite_invalid"]
    town.world.clock.on(days=7, seconds=1)
    assert keys(await town.send(actor, Start(f"i_{old}"))) == ["people.invite_invalid"]
    assert await count(town.world, "bindings") == 0


async def test_an_invite_tried_by_many_at_once_binds_one(town: Town) -> None:
    code = await town.world.invite(await town.place("representative"))
    crowd = [await town.person(f"人{n}") for n in range(6)]
    said = await asyncio.gather(*(town.send(actor, Start(f"i_{code}")) for actor in crowd))
    assert sorted(keys(answer)[0] for answer in said) == ["people.bound"] + ["people.invite_invalid"] * 5
    assert await count(town.world, "bindings") == 1


async def test_the_same_delivery_again_answers_the_same(town: Town) -> None:
    code, actor = await town.world.invite(await town.place("officer")), await town.person("甲")
    first = await town.send(actor, Start(f"i_{code}"))
    again = await town.send(actor, Start(f"i_{code}"), again=True)
    assert again.again and again.messages == first.messages


@pytest.mark.parametrize("length", [INVITE_LENGTH, MOVE_LENGTH])
async def test_ten_tries_a_minute_are_evaluated_and_nobody_else_is_held_up(town: Town, length: int) -> None:
    assert MOST == 10
    guesser, other = await town.person("猜"), await town.person("旁人")
    wrong = {INVITE_LENGTH: "people.invite_invalid", MOVE_LENGTH: "people.move_invalid"}[length]
    told = [keys(await town.send(guesser, Text(_guess(n, length)))) for n in range(MOST + 5)]
    assert told == [[wrong]] * MOST + [["people.too_many_tries"]] * 5
    code = await town.world.invite(await town.place("liaison"))
    assert keys(await town.send(guesser, Start(f"i_{code}"))) == ["people.too_many_tries"]
    assert keys(await town.send(other, Text(_guess(99, length)))) == [wrong]
    town.world.clock.on(seconds=59)
    assert keys(await town.send(guesser, Start(f"i_{code}"))) == ["people.too_many_tries"]
    town.world.clock.on(seconds=2)
    assert keys(await town.send(guesser, Start(f"i_{code}")))[0] == "people.bound"


async def test_tries_of_one_person_count_together_wherever_they_come_from(town: Town) -> None:
    guesser = await town.person("猜")
    crowd = [Inbound("web", f"{n}", guesser.id, f"g{n}", Text(_guess(n, 12))) for n in range(MOST * 3)]
    said = await asyncio.gather(*(town.world.desk.handle(one) for one in crowd))
    assert sum(keys(answer) == ["people.invite_invalid"] for answer in said) == MOST


async def test_a_code_that_is_kept_cannot_be_read(town: Town) -> None:
    code, actor = await town.world.invite(await town.place("liaison")), await town.person("甲")
    assert code not in await stored(town.world)
    shown = await town.send(actor, Text("换设备"))
    assert keys(shown) == ["people.move_code"]
    async with town.world.unit() as uow:
        assert await uow.codes.use_invite(code, 1, town.world.clock()) is None


async def _move_code(town: Town, actor: Actor) -> str:
    code = draw(MOVE_LENGTH, town.world.house.choose)
    async with town.world.unit() as uow:
        person = await uow.people.known(actor.channel, actor.id)
        assert person is not None
        await uow.codes.prepare_move(digest(town.world.house.secret, code), person.id, town.world.clock())
    return code


async def test_a_link_cannot_carry_somebodys_cases_away(town: Town) -> None:
    attacker, victim = await town.person("坏人"), await town.person("居民")
    number = await town.filed(victim, "悄悄的事", "anonymous")
    code = await _move_code(town, attacker)
    before = await rows(town.world)
    for payload in (f"m_{code}", f"i_{code}", f"w_{code}"):
        await town.send(victim, Start(payload))
    await town.send(victim, Text(f"/start m_{code}"))
    assert {t: r for t, r in (await rows(town.world)).items() if t != "code_tries"} == {
        t: r for t, r in before.items() if t != "code_tries"
    }
    assert keys(await town.press(attacker, f"show:{number}")) == ["error.not_found"]


async def test_a_device_code_works_once_and_for_half_an_hour(town: Town) -> None:
    old, new, third = [await town.person(name) for name in ("旧", "新", "别人")]
    number = await town.filed(old, "路灯坏了")
    late, code = await _move_code(town, old), await _move_code(town, old)
    assert keys(await town.send(new, Text(code.lower())))[0] == "people.moved"
    assert keys(await town.press(new, f"show:{number}")) == ["case.for_filer"]
    assert keys(await town.send(third, Text(code))) == ["people.move_invalid"]
    town.world.clock.on(minutes=31)
    assert keys(await town.send(third, Text(late))) == ["people.move_invalid"]
    assert keys(await town.press(third, f"show:{number}")) == ["error.not_found"]


def _guess(number: int, length: int) -> str:
    """A code nobody was given."""
    return f"Z{chr(65 + number % 8)}{chr(74 + number // 8)}".ljust(length, "9")
