"""The postman: quiet hours and the digest, retries, giving up, letters changed before they went out."""

import sqlalchemy as sa

from domain.messages import Message, Rendered
from domain.people import Seat
from handlers.ports import TryLater
from storage.outbox import NewLetter
from storage.tables import outbox
from tests.chat import Chat
from tests.paper import Paper
from tests.world import World

FILED = """
    居民: (扫码 w_LJ01)
    居民: 同意
    居民: 反映诉求
    居民: {words}
    居民: 提交
"""


class Faulty(Paper):
    """A channel that fails as often as it is told."""

    def __init__(self, trouble: Exception, times: int) -> None:
        super().__init__("web")
        self.trouble, self.times, self.tries = trouble, times, 0

    async def send(self, chat: str, message: Rendered, *, edit: str | None = None) -> str:
        self.tries += 1
        if self.tries <= self.times:
            raise self.trouble
        return await super().send(chat, message, edit=edit)


def use(world: World, channel: Paper) -> None:
    """Take the channel in place of the paper one of its name."""
    channel.said = world.channels[channel.name].said
    world.channels[channel.name] = channel
    world.house.channels[channel.name] = channel  # type: ignore[index]  # a plain dict in tests


async def letter(world: World, seat: Seat, key: str = "a letter") -> None:
    async with world.unit() as uow:
        await uow.outbox.post_all([NewLetter(key, seat, Message("flow.cancelled"))], world.clock())


async def state_of(world: World, key: str) -> str:
    async with world.unit() as uow:
        found = await uow.connection.execute(sa.select(outbox.c.state).where(outbox.c.key == key))
        return str(found.scalar_one())


async def nights(world: World) -> None:
    async with world.unit() as uow:
        await uow.registry.set_setting("quiet_from", "21:00")
        await uow.registry.set_setting("quiet_until", "08:00")


async def test_the_night_keeps_notices_back_and_the_morning_brings_one_digest(chat: Chat) -> None:
    """Part 3, 13: no push from 21:00 to 8:00; what waits comes as one digest, urgent cases apart."""
    await nights(chat.world)
    await chat.actor("联络员")
    await chat("时间: 2026-11-23 21:30" + FILED.format(words="路灯不亮"))
    await chat("""
        居民: 反映诉求
        居民: 井盖松了
        居民: 都不是，是新的诉求
        居民: 提交
        联络员 < 无
        时间: 2026-11-24 07:59
        联络员 < 无
        时间: 2026-11-24 08:00
        联络员 < 2…路灯不亮…井盖松了
        联络员 < 无
    """)


async def test_an_urgent_case_wakes_the_liaison(chat: Chat) -> None:
    await nights(chat.world)
    await chat.actor("联络员")
    await chat("时间: 2026-11-23 23:30" + FILED.format(words="楼道里煤气泄漏"))
    await chat("联络员 < 煤气泄漏 [受理]")


async def test_a_letter_is_tried_again_not_before_it_may(chat: Chat) -> None:
    await chat.actor("居民")
    await chat("居民: (扫码 w_LJ01)\n居民: 同意")
    world = chat.world
    use(world, channel := Faulty(TryLater(30, "429"), times=1))
    await letter(world, Seat("person", 1))
    await world.deliver()
    assert (channel.tries, await state_of(world, "a letter")) == (1, "waiting")
    world.clock.on(seconds=3)
    await world.deliver()
    assert channel.tries == 1, "it was sent before retry_after"
    world.clock.on(seconds=61)
    await world.deliver()
    assert (channel.tries, await state_of(world, "a letter")) == (2, "sent")


async def test_after_a_day_it_is_given_up(chat: Chat) -> None:
    await chat.actor("居民")
    await chat("居民: (扫码 w_LJ01)\n居民: 同意")
    world = chat.world
    use(world, channel := Faulty(TryLater(1, "away"), times=10_000))
    await letter(world, Seat("person", 1))
    for _ in range(60):
        await world.deliver()
        world.clock.on(minutes=31)
    assert await state_of(world, "a letter") == "given_up"
    assert channel.tries < 80, "it waits longer each time"


async def test_the_liaison_hears_that_an_answer_did_not_arrive(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat(FILED.format(words="路灯不亮"))
    chat.world.channels["web"].gone.add(chat.actors["居民"].id)
    await chat("""
        联络员 < {号}
        联络员: 受理
        联络员: 答复居民
        联络员: 路灯修好了。
        联络员: 发给居民
        联络员 < {号}…没能送到居民…打电话 [看详情]
        联络员: 看详情
        机器人: {号}…联系不上
    """)


async def test_a_seat_taken_later_gets_what_had_found_nobody(chat: Chat) -> None:
    await chat(FILED.format(words="路灯不亮"))
    await chat("""
        居民: 我的诉求
        机器人: {号}
    """)
    actor = await chat.actor("联络员")
    actor.seen = 0
    await chat("联络员 < 新诉求 {号}…路灯不亮 [受理]")


async def test_a_letter_that_is_not_out_yet_is_rewritten_instead_of_edited(chat: Chat) -> None:
    """Two representatives: while one is away the other takes the case; the first reads how it stands."""
    await nights(chat.world)
    for name in ("联络员", "党代表", "党代表2"):
        await chat.actor(name)
    await chat("时间: 2026-11-23 21:30" + FILED.format(words="路灯不亮"))
    await chat("""
        居民: 我的诉求
        机器人: {号}
        党代表: 接办 {号}
        时间: 2026-11-24 08:00
        党代表2 < {号}…周文斌
    """)
    said = [message.text for _, message in chat._paper(chat.actors["党代表2"])]
    assert not any("您来办，就选" in text for text in said)


async def test_two_postmen_send_each_letter_once(chat: Chat) -> None:
    await chat.actor("居民")
    await chat("居民: (扫码 w_LJ01)\n居民: 同意")
    world = chat.world
    before = len(chat._paper(chat.actors["居民"]))
    for n in range(30):
        await letter(world, Seat("person", 1), f"letter {n}")
    async with world.unit() as first:
        claimed = await first.outbox.claim(world.clock(), limit=20)
    await world.deliver()
    assert len(chat._paper(chat.actors["居民"])) == before + 10, "what another has claimed is left alone"
    async with world.unit() as later:
        await later.connection.execute(sa.update(outbox).values(leased_until=world.clock()))
    await world.deliver()
    assert len(claimed) == 20
    assert len(chat._paper(chat.actors["居民"])) == before + 30, "a dead postman's letters are taken over"
