"""How many keep a workroom's shifts: its own number, set by the liaison or the office."""

from collections import Counter

from tests.chat import Chat
from tests.duty.ground import open_on, roster
from tests.duty.test_transcripts import hear
from tests.world import World

SET = """
    联络员: 改开放日
    联络员: 每班人数
    机器人: 每班安排几个人？现在是{now}人。 [1人] [4人] [和全区一样]
    联络员: {wanted}
    机器人: {answer}
"""


async def places(service: World) -> set[int]:
    """How many places the shifts to come have."""
    return set(Counter(one.slot.shift.id for one in await roster(service)).values())


async def test_more_people_make_holes_and_fewer_take_away_only_holes(chat: Chat) -> None:
    await chat.actor("联络员")
    await open_on(chat.world)
    await hear(chat)
    kept = [one.name for one in await roster(chat.world)]
    await chat(SET.format(now=2, wanted="3人", answer="每班安排3人。…多出6个空缺。"))
    assert await places(chat.world) == {3}
    await chat("联络员: 值班表\n机器人: 空缺1人")
    await chat("党代表: (按 duty:holes:1.0)")
    hole = next(one.slot for one in await roster(chat.world) if one.slot.holder is None)
    await chat(f"党代表: (按 duty:take:{hole.id})\n党代表: (按 duty:absent:{hole.id})\n党代表: 出差")
    await chat(SET.format(now=3, wanted="1人", answer="每班安排1人。…去掉"))
    after = [one.name for one in await roster(chat.world)]
    assert [name for name in after if name] == kept, "nobody loses a place"
    assert after.count("") <= 1, "what something was said about stays"
    await chat(SET.format(now=1, wanted="和全区一样", answer="每班安排2人，和全区一样。"))


async def test_rosters_to_come_are_made_for_so_many(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat(SET.format(now=2, wanted="1人", answer="每班安排1人。…往后排班都按这个人数。"))
    await open_on(chat.world)
    assert await places(chat.world) == {1}


async def test_never_more_places_than_people(chat: Chat) -> None:
    await chat.actor("联络员")
    await open_on(chat.world)
    await chat(SET.format(now=2, wanted="4人", answer="每班安排4人"))
    async with chat.world.unit() as uow:
        room = await uow.registry.workroom_by_code("LJ01")
        assert room is not None
        people = len(await uow.registry.representatives(room.id))
    assert await places(chat.world) == {min(4, people)}
