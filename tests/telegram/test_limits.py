"""How fast letters go out: the same rules kept by one process alone and by several through Redis."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from itertools import pairwise

import pytest
import pytest_asyncio

from bot.channels.telegram.limits import (
    BULK_EVERY,
    HORIZON,
    IN_A_SECOND,
    LOOK_AGAIN,
    Limits,
    LimitsAway,
    OwnLimits,
    Place,
    Want,
)
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.shared_limits import SharedLimits
from bot.paced import NotYet
from storage.redis import open_redis
from tests.redis import RedisServer

NEAR = 0.9
"""Seconds that Redis' clock may go on between two calls, on a machine however busy."""


@pytest_asyncio.fixture(params=["own", "shared"])
async def both(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Limits, Limits]]:
    """The same limits as two processes see them; alone, they are one."""
    if request.param == "own":
        own = OwnLimits(lambda: 100.0)
        yield own, own
        return
    request.getfixturevalue("redis_url")
    async for pair in _shared(request.getfixturevalue("redis_server")):
        yield pair


async def _shared(server: RedisServer) -> AsyncIterator[tuple[Limits, Limits]]:
    first, second = open_redis(server.url), open_redis(server.url)
    yield SharedLimits(first, "424242"), SharedLimits(second, "424242")
    await first.aclose()
    await second.aclose()


@pytest.fixture
def limits(both: tuple[Limits, Limits]) -> Limits:
    """The limits as one process sees them."""
    return both[0]


def everybody(count: int, cost: int = 1) -> list[Want]:
    """Letters to so many people."""
    return [Want(str(number), cost) for number in range(count)]


async def test_letters_in_bulk_are_spread_over_time(limits: Limits) -> None:
    places = await limits.places(everybody(60))
    assert all(place.taken for place in places)
    steps = [later.wait - sooner.wait for sooner, later in pairwise(places)]
    assert steps == pytest.approx([BULK_EVERY] * 59, abs=0.001)


async def test_two_processes_share_the_rate(both: tuple[Limits, Limits]) -> None:
    await both[0].places(everybody(30))
    (place,) = await both[1].places([Want("1000")])
    assert place.wait == pytest.approx(1.0, abs=NEAR)


async def test_what_lies_too_far_ahead_takes_no_place(limits: Limits) -> None:
    places = await limits.places(everybody(400))
    taken = [place for place in places if place.taken]
    assert len(taken) == pytest.approx(HORIZON / BULK_EVERY, abs=2)
    assert all(place.wait > HORIZON for place in places if not place.taken)


async def test_one_chat_gets_one_a_second_and_keeps_nobody_elses_place(limits: Limits) -> None:
    first, second, other = await limits.places([Want("1"), Want("1"), Want("2")])
    assert (first.taken, second.taken, other.taken) == (True, False, True)
    assert second.wait == pytest.approx(1.0, abs=NEAR)
    assert other.wait == pytest.approx(BULK_EVERY, abs=NEAR)


async def test_a_letter_of_several_pictures_takes_several_places(limits: Limits) -> None:
    await limits.places([Want("1", cost=9)])
    again, other = await limits.places([Want("1"), Want("2")])
    assert again.wait == pytest.approx(9, abs=NEAR) and not again.taken
    assert other.wait == pytest.approx(9 * BULK_EVERY, abs=NEAR)


async def test_a_group_gets_twenty_a_minute(limits: Limits) -> None:
    _, again = await limits.places([Want("-1001", bulk=False), Want("-1001", bulk=False)])
    assert again.wait == pytest.approx(3, abs=NEAR)


async def test_what_is_urgent_waits_for_no_broadcast(limits: Limits) -> None:
    await limits.places(everybody(200))
    (urgent,) = await limits.places([Want("1000", bulk=False)])
    assert urgent.taken and urgent.wait < NEAR
    (edit,) = await limits.places([Want("1000", bulk=False)])
    assert edit.taken and edit.wait == pytest.approx(1.0, abs=NEAR)


async def test_no_more_than_thirty_are_out_and_each_counts_a_second_longer(
    both: tuple[Limits, Limits],
) -> None:
    first, second = both
    assert [await first.goes(str(n), bulk=True) for n in range(IN_A_SECOND)] == [0.0] * IN_A_SECOND
    assert await second.goes("more", bulk=True) == LOOK_AGAIN
    assert await second.goes("urgent", bulk=False) == 0.0
    await first.came_back("0")
    assert 0 < await second.goes("more", bulk=True) <= LOOK_AGAIN, "it still counts"


async def test_a_429_stops_that_chat_alone(both: tuple[Limits, Limits]) -> None:
    limits, others = both
    await limits.refused("1", 30, bulk=True)
    await limits.refused("1", 30, bulk=True)
    held, free = await others.places([Want("1"), Want("2")])
    assert not held.taken and held.wait == pytest.approx(30, abs=NEAR)
    assert free.taken and free.wait < NEAR
    await others.look()
    assert others.left_alone("1") == pytest.approx(30, abs=NEAR)
    assert (others.left_alone("2"), limits.left_alone("2")) == (0, 0)


async def test_a_shorter_429_does_not_end_a_longer_one(limits: Limits) -> None:
    await limits.refused("1", 30, bulk=False)
    await limits.refused("1", 5, bulk=False)
    (held,) = await limits.places([Want("1")])
    assert held.wait == pytest.approx(30, abs=NEAR)


async def test_letters_refused_to_two_people_hold_the_bulk_but_nothing_urgent(
    both: tuple[Limits, Limits],
) -> None:
    await both[0].refused("1", 7, bulk=True)
    await both[1].refused("2", 7, bulk=True)
    bulk, urgent = await both[1].places([Want("3"), Want("4", bulk=False)])
    assert bulk.wait == pytest.approx(7, abs=NEAR)
    assert urgent.wait < NEAR
    await both[0].look()
    assert both[0].holds() and both[1].holds()


async def test_two_people_who_tap_too_fast_hold_nobody_else(limits: Limits) -> None:
    await limits.refused("1", 7, bulk=False)
    await limits.refused("2", 7, bulk=False)
    (place,) = await limits.places([Want("3")])
    assert place.taken and place.wait < NEAR and not limits.holds()


async def test_a_place_taken_before_a_hold_is_void() -> None:
    limits = Told(Place(0), Place(0), Place(60, taken=False), Place(0))
    await limits.refused("1", 60, bulk=True)
    await Pace(limits).turn(Want("3"))
    await limits.refused("2", 60, bulk=True)
    with pytest.raises(NotYet):
        await Pace(limits).turn(Want("3"))
    await Pace(limits).turn(Want("3", bulk=False))


async def test_nothing_is_kept_in_redis_for_ever(redis_url: str) -> None:
    client = open_redis(redis_url)
    limits = SharedLimits(client, "424242")
    await limits.places(everybody(3))
    await limits.refused("7", 30, bulk=True)
    await limits.refused("8", 30, bulk=True)
    await limits.goes("1", bulk=True)
    keys = await client.keys("*")
    assert len(keys) == 10  # bulk, hold, flooded, held, out, five chats
    for key in keys:
        assert 0 < await client.pttl(key) < 120_000, key
    await client.aclose()


async def test_without_redis_letters_wait(tmp_path: object) -> None:
    client = open_redis(f"unix://{tmp_path}/nobody.sock")
    limits = SharedLimits(client, "424242")
    with pytest.raises(LimitsAway):
        await limits.places(everybody(1))
    with pytest.raises(LimitsAway):
        await limits.look()
    with pytest.raises(LimitsAway):
        await limits.refused("1", 30, bulk=True)
    assert limits.left_alone("1") > 29, "this process knows all the same"
    with pytest.raises(NotYet):
        await Pace(limits).turn(Want("1"))
    await client.aclose()


class Told(OwnLimits):
    """Gives the places it was told, and notes how many asked at a time."""

    def __init__(self, *places: Place) -> None:
        super().__init__()
        self.told = list(places)
        self.asked: list[int] = []

    async def places(self, wants: Sequence[Want]) -> list[Place]:
        self.asked.append(len(wants))
        await asyncio.sleep(0)
        return [self.told.pop(0) for _ in wants]


async def test_those_that_ask_together_ask_once() -> None:
    limits = Told(*[Place(0)] * 5)
    pace = Pace(limits)
    await asyncio.gather(*(pace.turn(Want(str(number))) for number in range(5)))
    assert limits.asked == [5]


async def test_the_thirty_first_goes_when_one_has_counted_its_second() -> None:
    at = [100.0]
    pace = Pace(OwnLimits(lambda: at[0]), second=0.001)
    async with AsyncExitStack() as stack:
        for _ in range(IN_A_SECOND):
            await stack.enter_async_context(pace.going(bulk=True))
        async with pace.going(bulk=False):
            waiting = asyncio.create_task(entered(pace))
            await asyncio.wait({waiting}, timeout=0.02)
            assert not waiting.done()
    at[0] += 1.01
    await waiting


async def entered(pace: Pace) -> None:
    """One more letter goes out."""
    async with pace.going(bulk=True):
        pass


async def test_a_letter_that_shall_not_go_out_any_more_does_not() -> None:
    async def withdrawn() -> bool:
        return False

    assert not await Pace(Told(Place(0))).turn(Want("1"), withdrawn)


async def test_a_letter_not_placed_asks_again_and_gives_up_at_the_horizon() -> None:
    limits = Told(Place(1, taken=False), Place(0))
    await Pace(limits, second=0.001).turn(Want("1"))
    assert limits.asked == [1, 1]
    with pytest.raises(NotYet) as early:
        await Pace(Told(Place(40, taken=False))).turn(Want("1"))
    assert early.value.seconds == 40
