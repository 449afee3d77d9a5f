"""A case's term: before it, on it, after it, then up the ladder; each said once, to the right people."""

import pytest
import sqlalchemy as sa

from bot.planner import Planner
from storage.tables import outbox, reminders
from tests.chat import Chat
from tests.reminders.nights import nights

FILED = """
    时间: 2026-11-23 10:00
    居民: (扫码 w_LJ01)
    居民: 同意
    居民: 反映诉求
    居民: 楼道灯不亮
    居民: 提交
    机器人: {号}
"""
"""Filed on a Monday: to be accepted by Tuesday, an opinion by Thursday, an answer by 7 December."""


@pytest.fixture(autouse=True)
async def asleep(chat: Chat) -> None:
    await nights(chat.world)


async def keys(chat: Chat) -> list[str]:
    async with chat.world.unit() as uow:
        found = await uow.connection.execute(
            sa.select(outbox.c.key).where(outbox.c.key.like("remind.liaison.%")).order_by(outbox.c.id)
        )
        return list(found.scalars())


async def test_the_liaison_then_the_office(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat.actor("联络办")
    await chat(FILED)
    await chat("""
        联络员 < 楼道灯不亮
        计划
        联络员 < 无
        联络办 < 2027年的放假通知
        时间: 2026-11-24 00:05
        计划
        联络员 < 无
        时间: 2026-11-24 08:00
        联络员 < {号}「楼道灯不亮」…请您今天受理，11月24日(周二)到期 [受理] [看详情] [提醒设置]
        计划
        联络员 < 无
        时间: 2026-11-25 09:00
        计划
        联络员 < 还等您受理，11月24日(周二)已经过期 [受理]
        联络办 < 无
        时间: 2026-11-27 09:00
        计划
        联络办 < 党代表工作室的{号}过期了…等联络员受理，原定11月24日(周二) [提醒设置]
        联络员 < 还等您受理
        时间: 2026-11-30 09:00
        计划
        联络员 < 无
        联络办 < 2027年的放假通知
        联络办 < 无
    """)


TAKEN = """
    党代表: 接办 {号}
    党代表 < 楼道灯不亮
    联络员 < 楼道灯不亮
    联络员 < 接办
    党代表2 < 楼道灯不亮
"""


async def test_the_representative_then_the_liaison_then_the_office(chat: Chat) -> None:
    for who in ("联络员", "联络办", "党代表", "党代表2"):
        await chat.actor(who)
    await chat(FILED + TAKEN)
    await chat("""
        时间: 2026-11-25 08:30
        计划
        联络办 < 2027年的放假通知
        党代表 < 请您写办理意见，11月26日(周四)到期 [不再提醒这类] [提醒设置]
        联络员 < 无
        时间: 2026-11-26 08:30
        计划
        党代表 < 请您今天写办理意见
        联络员 < 无
        时间: 2026-11-27 08:30
        计划
        党代表 < 还等您写办理意见，11月26日(周四)已经过期
        联络员 < 还等党代表写办理意见，11月26日(周四)已经过期…请您催一催
        联络办 < 无
        时间: 2026-11-28 09:00
        计划
        党代表 < 无
        时间: 2026-12-01 08:30
        计划
        联络办 < 等党代表写办理意见
        党代表 < 还等您写办理意见
        联络员 < 无
        党代表2 < 无
    """)


async def test_what_is_settled_in_the_night_is_not_said_in_the_morning(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat(FILED)
    await chat("""
        联络员 < 楼道灯不亮
        时间: 2026-11-24 00:05
        计划
        时间: 2026-11-24 07:30
        联络员: 受理 {号}
        时间: 2026-11-24 08:00
        联络员 < 无
    """)
    async with chat.world.unit() as uow:
        state = await uow.connection.execute(
            sa.select(outbox.c.state).where(outbox.c.key.like("remind.liaison.%"))
        )
        assert list(state.scalars()) == ["dropped"]


async def test_several_at_once_are_one_digest_by_day_too(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat(FILED)
    await chat("""
        居民: 反映诉求
        居民: 井盖松了
        居民: 提交
        机器人: {号2}
        联络员 < 楼道灯不亮
        联络员 < 井盖松了
        时间: 2026-11-24 10:00
        计划
        联络员 < 有2件事提醒您…1. {号}「楼道灯不亮」：请您受理，11月24日(周二)到期…2. {号2} [提醒设置]
        联络员 < 无
    """)


async def test_a_clock_that_jumps_says_nothing_twice(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat(FILED)
    await chat("""
        时间: 2026-11-24 00:10
        计划
        时间: 2026-11-23 23:10
        计划
        时间: 2026-11-24 01:10
        计划
        时间: 2026-11-24 00:20
        计划
    """)
    assert len(await keys(chat)) == len(set(await keys(chat))) == 1


async def test_two_planners_and_one_that_lost_its_ledger(chat: Chat) -> None:
    """The ledger spares work; that nothing is said twice holds without it, by the outbox alone."""
    await chat.actor("联络员")
    await chat(FILED)
    await chat("时间: 2026-11-24 09:00\n计划")
    other = Planner(chat.world.house)
    assert await other.round() == 0
    async with chat.world.unit() as uow:
        await uow.connection.execute(sa.delete(reminders))
    assert await other.round() > 0
    assert len(await keys(chat)) == 1


@pytest.mark.parametrize("kind", ["soon", "term"])
async def test_what_can_be_switched_off_and_what_cannot(chat: Chat, kind: str) -> None:
    for who in ("党代表", "联络员"):
        await chat.actor(who)
    await chat(FILED)
    refused = (
        "机器人: 职责要求"
        if kind == "term"
        else "机器人: 关掉「期限前一天」…期限前一天：关 [打开：期限前一天]"
    )
    soon = "党代表 < 无" if kind == "soon" else "党代表 < 请您写办理意见"
    await chat(f"""
        党代表: 接办 {{号}}
        党代表 < 楼道灯不亮
        党代表: 提醒设置
        机器人: 提醒设置…期限前一天：开…季度走访：开…不能关的…办事期限到了 [关掉：期限前一天]
        党代表: (按 remind:{kind}:off)
        {refused}
        党代表: (按 remind:{kind}:off)
        {refused}
        时间: 2026-11-25 08:30
        计划
        {soon}
        时间: 2026-11-26 08:30
        计划
        党代表 < 请您今天写办理意见
    """)


@pytest.mark.parametrize(
    "data", ["remind:x:off", "remind:soon:maybe", "remind:soon", "remind::", "remind:soon:off:1"]
)
async def test_forged_buttons_change_nothing(chat: Chat, data: str) -> None:
    await chat.actor("党代表")
    await chat(f"党代表: (按 {data})\n机器人: 没有找到")
    async with chat.world.unit() as uow:
        assert await uow.reminders.mutes() == frozenset()


async def test_a_rating_is_not_asked_again_of_whoever_switched_that_off(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat(FILED)
    await chat("""
        居民: (按 remind:rating:off)
        机器人: 关掉「请您评价」
        联络员: 受理 {号}
        居民 < 受理
        联络员: 答复 {号}
        联络员: 灯已经修好了，今晚会亮。
        联络员: 发给居民
        居民 < 有答复了
        时间: 2026-11-27 09:00
        计划
        居民 < 无
        时间: 2026-12-03 09:00
        计划
        居民 < {号}
    """)
