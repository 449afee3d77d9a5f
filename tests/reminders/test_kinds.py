"""Every kind of reminder as its receiver reads it: before it is due, on it, after it; not what has passed."""

import pytest

from tests.chat import Chat
from tests.duty.ground import give, open_on
from tests.reminders.nights import nights, no_open_days


@pytest.fixture(autouse=True)
async def asleep(chat: Chat) -> None:
    await nights(chat.world)
    await no_open_days(chat.world)


@pytest.fixture
async def on_duty(chat: Chat) -> None:
    """On Thursday the 26th the first representative is on duty."""
    await chat("时间: 2026-11-23 10:00")
    for who in ("党代表", "党代表2"):
        await chat.actor(who)
        await chat(f"{who}: (按 remind:visit:off)")
    await open_on(chat.world)
    await give(chat, 0, "党代表")
    await give(chat, 1, None)
    await chat.world.deliver()
    for who in ("党代表", "党代表2"):
        actor = chat.actors[who]
        actor.seen = len(chat.world.channels["web"].said.get(actor.id, []))


async def test_a_shift_the_evening_before_and_that_morning(chat: Chat, on_duty: None) -> None:
    await chat("""
        时间: 2026-11-25 17:59
        计划
        党代表 < 无
        时间: 2026-11-25 18:00
        计划
        党代表 < 明天您值班：11月26日(周四) 8:00–11:00…临江路58号 [看这次班] [不再提醒这类] [提醒设置]
        时间: 2026-11-26 07:59
        计划
        党代表 < 无
        时间: 2026-11-26 08:00
        党代表 < 今天您值班：8:00–11:00
        计划
        党代表 < 无
        党代表2 < 无
    """)


async def test_a_shift_in_the_afternoon_is_told_of_in_the_morning(chat: Chat) -> None:
    await chat.actor("党代表")
    await open_on(chat.world, hours="14:00-17:00")
    await give(chat, 0, "党代表")
    await chat("""
        党代表: (按 remind:eve:off)
        机器人: 关掉「值班前一天晚上」
        时间: 2026-11-25 18:30
        计划
        时间: 2026-11-26 00:05
        计划
        时间: 2026-11-26 08:00
        党代表 < 今天您值班：14:00–17:00…到了请签到。 [签到] [提醒设置]
        计划
        党代表 < 无
        党代表: (按 remind:shift:off)
        机器人: 职责要求
    """)


async def test_whoever_no_longer_keeps_the_shift_hears_nothing(chat: Chat, on_duty: None) -> None:
    """Found in the night, said in the morning: by then somebody else keeps it, or it was called off."""
    await chat("时间: 2026-11-26 00:05\n计划")
    await give(chat, 0, "党代表2")
    await chat("""
        时间: 2026-11-26 07:30
        计划
        时间: 2026-11-26 08:00
        党代表 < 无
        党代表2 < 今天您值班
    """)


async def test_own_quiet_hours_hold_back_the_evening_but_not_the_duty(chat: Chat, on_duty: None) -> None:
    await chat("""
        党代表: 免打扰
        党代表: 19:00-9:00
        党代表: 免打扰
        党代表: 17:30-7:00
        时间: 2026-11-25 18:00
        计划
        党代表 < 无
        时间: 2026-11-26 07:01
        党代表 < 无
    """)
    await open_on(chat.world, hours="8:30-11:30")
    await chat("""
        时间: 2026-11-26 07:10
        计划
        党代表: 免打扰
        党代表: 20:00-9:30
        时间: 2026-11-26 08:00
        党代表 < 今天您值班：8:30–11:30
        党代表 < 无
    """)


WISHED = """
    时间: 2026-11-23 10:00
    居民: (扫码 w_LJ01)
    居民: 同意
    居民: 开放日
    居民: 提醒我 12月10日(周四)
"""


async def wished(chat: Chat) -> None:
    await open_on(chat.world, "FREQ=MONTHLY;BYMONTHDAY=10,20", "9:00-12:00")
    await chat(WISHED)


async def test_the_resident_who_asked_for_it(chat: Chat) -> None:
    await wished(chat)
    await chat("""
        时间: 2026-12-09 17:30
        计划
        居民 < 无
        时间: 2026-12-09 18:00
        计划
        居民 < 您要我们提醒的开放日快到了。…12月10日(周四) 9:00–12:00…地址：临江路58号
        计划
        时间: 2026-12-10 08:00
        计划
        居民 < 无
    """)


async def test_who_sleeps_through_the_evening_hears_it_early(chat: Chat) -> None:
    await wished(chat)
    await chat("""
        居民: 免打扰
        居民: 17:00-6:30
        时间: 2026-12-09 18:00
        计划
        居民 < 无
        时间: 2026-12-10 06:30
        居民 < 开放日快到了。…12月10日(周四)
    """)


@pytest.mark.parametrize("does", ["不用提醒 12月10日(周四)", "(按 remind:open_day:off)"])
async def test_who_no_longer_wants_it_hears_nothing(chat: Chat, does: str) -> None:
    await wished(chat)
    await chat(f"""
        居民: {does}
        时间: 2026-12-09 18:00
        计划
        居民 < 无
    """)


async def test_who_no_longer_wants_it_while_it_waits_hears_nothing(chat: Chat) -> None:
    await wished(chat)
    await chat("""
        居民: 免打扰
        居民: 17:00-6:30
        时间: 2026-12-09 18:00
        计划
        时间: 2026-12-09 23:00
        居民: (按 unwish:1.20261210)
        机器人: 不提醒您了
        时间: 2026-12-10 06:30
        居民 < 无
    """)


async def test_a_day_that_is_over_is_told_to_nobody(chat: Chat) -> None:
    """Nobody delivered anything for a day."""
    await wished(chat)
    await chat("时间: 2026-12-09 18:00")
    await chat.world.planner.round()
    await chat("时间: 2026-12-11 09:00\n居民 < 无")


async def test_the_visit_still_missing_is_told_to_the_representative_alone(chat: Chat) -> None:
    for who in ("党代表", "党代表2", "联络员"):
        await chat.actor(who)
    await chat("""
        时间: 2026-12-10 10:00
        党代表2: 走访了3户，5号楼
        党代表2: 记上
        联络员 < 5号楼
        联络员: (按 remind:soon:off)
        时间: 2026-12-16 09:00
        计划
        党代表 < 无
        时间: 2026-12-17 08:00
        计划
        党代表 < 这个季度还没有您的走访记录。…12月31日(周四)前 [记走访] [不再提醒这类]
        党代表2 < 无
        联络员 < 无
        时间: 2026-12-28 09:00
        计划
        党代表 < 无
    """)


async def test_a_visit_logged_while_it_waits_settles_it(chat: Chat) -> None:
    await chat.actor("党代表")
    await chat("""
        时间: 2026-12-17 00:05
        计划
        时间: 2026-12-17 07:00
        党代表: 走访了3户，5号楼
        党代表: 记上
        时间: 2026-12-17 08:00
        党代表 < 无
    """)
