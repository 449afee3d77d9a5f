"""接办: one gets the case, the other is told who did, however close together they press."""

import asyncio

from domain.messages import Answer, Inbound, Press
from tests.chat import Actor, Chat
from tests.staff.beginning import filed


async def test_the_second_is_told_who_was_faster(chat: Chat) -> None:
    await chat.actor("党代表2")
    await filed(chat)
    await chat("""
        党代表2 < {号} [接办]
        党代表: 接办
        机器人: 由您来办 [办理意见] [转给同事]
        居民 < {号}…周文斌
        联络员 < {号}…周文斌
        党代表2: (按 do:{号}:take)
        机器人: {号}已由周文斌接办
    """)


async def test_the_notice_shows_who_took_it(chat: Chat) -> None:
    await filed(chat)
    await chat("""
        党代表: 接办
    """)
    liaison = await chat.actor("联络员")
    first = chat.world.channels[liaison.channel].said[liaison.id][0][1]
    assert "周文斌" in first.text
    assert "case.do.accept" not in {b.data for row in first.buttons for b in row}


async def test_a_crowd_of_presses_is_one_taking(chat: Chat) -> None:
    await filed(chat)
    both = [await chat.actor("党代表"), await chat.actor("党代表2")]
    number = chat.numbers["0"].replace("-", "")
    press = f"do:{number}:take"
    await asyncio.gather(*(presses(chat, actor, press) for actor in both + both))
    later = await asyncio.gather(*(presses(chat, actor, press) for actor in both))
    async with chat.world.unit() as uow:
        case = await uow.cases.by_number(number)
        assert case is not None and case.representative is not None
        taker = await uow.registry.representative(case.representative)
        events = await uow.timeline.of_case(case.id, staff=True)
    assert taker is not None
    assert [event.action for event in events] == ["submit", "take"]
    assert all(taker.name in answer.messages[0].text for answer in later)


async def test_of_two_at_once_one_gets_it_and_one_hears_of_it(chat: Chat) -> None:
    await filed(chat)
    both = [await chat.actor("党代表"), await chat.actor("党代表2")]
    number = chat.numbers["0"].replace("-", "")
    said = await asyncio.gather(*(presses(chat, actor, f"do:{number}:take") for actor in both))
    assert sorted(answer.messages[0].key for answer in said) == ["case.taken_by", "done.take"]


async def presses(chat: Chat, actor: Actor, data: str) -> Answer:
    """The press alone, without the postman's round: so that several can be under way."""
    actor.sent += 1
    inbound = Inbound(actor.channel, actor.id, actor.id, str(actor.sent), Press(data))
    return await chat.world.desk.handle(inbound)
