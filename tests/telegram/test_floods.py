"""More than can be dealt with stays with Telegram; who floods is slowed alone."""

import asyncio
from typing import Any

import pytest

from bot.channels.telegram import gate
from bot.channels.telegram.gate import BURST, Gate, Later
from storage.database import DatabaseAway
from storage.redis import AWAY
from tests.telegram.live import Live


def test_a_person_gets_a_burst_and_then_a_few_each_second() -> None:
    at = [50.0]
    door = Gate(lambda: at[0])

    def tried(who: str) -> float:
        try:
            door.enter(who)
        except Later as later:
            return later.seconds
        door.leave()
        return 0.0

    assert [tried("1") for _ in range(BURST)] == [0.0] * BURST
    assert tried("1") == pytest.approx(0.25)
    assert tried("2") == 0.0, "only who floods is slowed"
    at[0] += 0.25
    assert (tried("1"), tried("1") > 0) == (0.0, True)
    at[0] += 60
    assert [tried("1") for _ in range(BURST)] == [0.0] * BURST


def test_a_full_house_lets_nobody_in_until_somebody_leaves() -> None:
    door = Gate()
    for n in range(gate.IN_HAND):
        door.enter(str(n))
    with pytest.raises(Later):
        door.enter("new")
    door.leave()
    door.enter("new")
    with pytest.raises(Later):
        door.enter("newer")


async def test_a_flood_is_slowed_without_loss_and_without_others(hooked: Live) -> None:
    flooder, aunt = await hooked.resident(), await hooked.resident(1002)
    hooked.telegram._gate = Gate(lambda: 50.0)  # time stands still: the flood can't outlast the burst
    before = len(hooked.desk.arrived)
    for n in range(BURST + 10):
        await flooder.says(f"/help {n}")
    await hooked.api.waits_until(
        lambda: any(attempt.status == 503 for attempt in hooked.api.updates.attempts)
    )
    await aunt.says("路灯不亮")
    await aunt.waits_for(lambda message: "提交" in message.labels)
    assert len(hooked.desk.arrived) - before == BURST + 1
    hooked.telegram._gate = Gate()
    await hooked.quiet()
    told = [inbound.id for inbound in hooked.desk.arrived[before:]]
    assert len(told) == len(set(told)) == BURST + 11


@pytest.mark.parametrize("trouble", [DatabaseAway("away"), AWAY[0]("away"), AWAY[1]("away")])
async def test_what_is_away_leaves_the_update_with_telegram(hooked: Live, trouble: Exception) -> None:
    aunt = await hooked.resident()
    before = len(aunt.sees())
    hooked.desk.troubles = [trouble] * 3
    await aunt.says("路灯不亮")
    await aunt.waits_for(lambda message: "提交" in message.labels)
    await hooked.quiet()
    assert [attempt.status for attempt in hooked.api.updates.attempts[-4:]] == [503, 503, 503, 200]
    assert all(attempt.delay >= 1 for attempt in hooked.api.updates.attempts[-4:-1])
    assert len(aunt.sees()) == before + 1
    assert hooked.desk.reported == []


async def test_fifty_at_once_are_all_answered(hooked: Live) -> None:
    """TRUST 1, the short form: nothing lost, nothing answered 5xx."""
    people = [hooked.api.user(3000 + n) for n in range(50)]
    await asyncio.gather(*(one.says("/start w_LJ01") for one in people))
    await asyncio.gather(*(one.waits_for(_any) for one in people))
    await hooked.quiet()
    assert {attempt.status for attempt in hooked.api.updates.attempts} == {200}


def _any(message: Any) -> bool:
    return bool(message.labels)
