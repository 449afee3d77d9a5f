"""Everybody's own quiet hours in chat: set by a tap or in words, and kept by all that can wait."""

from datetime import timedelta

import pytest

from domain.quiet_hours import PRESETS
from tests.chat import Chat
from tests.reminders.nights import nights, no_open_days

FILED = """
    时间: 2026-11-23 10:00
    居民: (扫码 w_LJ01)
    居民: 同意
    居民: 反映诉求
    居民: 楼道灯不亮
    居民: 提交
    机器人: {号}
    联络员 < 楼道灯不亮
"""


@pytest.fixture(autouse=True)
async def asleep(chat: Chat) -> None:
    await nights(chat.world)
    await no_open_days(chat.world)


async def test_they_are_set_by_a_tap_by_words_and_taken_back(chat: Chat) -> None:
    await chat("""
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 提醒设置
        机器人: 21:00到8:00不打扰您 [免打扰时间]
        居民: 免打扰时间
        机器人: 现在：21:00到8:00 [晚上10点到早上7点] [晚上8点到早上8点] [随时都可以告诉我] [和大家一样]
        居民: 1
        机器人: 好了，22:00到7:00不打扰您…急事照样马上告诉您 [提醒设置]
        居民: 免打扰
        机器人: 现在：22:00到7:00
        居民: 明天再说吧
        机器人: 没看懂您写的时间…22:00-7:00 [和大家一样]
        居民: 早上7点到晚上11点
        机器人: 免打扰最长14小时
        居民: 10点到7点
        机器人: 您说的是哪个时间 [22:00到7:00] [10:00到19:00] [返回] [取消]
        居民: 晚上九点半到早上六点
        机器人: 好了，21:30到6:00不打扰您
    """)


async def test_they_are_taken_back(chat: Chat) -> None:
    await chat("""
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 免打扰
        居民: 21:30-6:00
        居民: 免打扰
        机器人: 现在：21:30到6:00
        居民: 随时都可以告诉我
        机器人: 好了，随时都会告诉您
        居民: 提醒设置
        机器人: 什么时候都会告诉您
        居民: 免打扰
        居民: 和大家一样
        机器人: 好了，21:00到8:00不打扰您
    """)


OWN = """
    联络员: 免打扰
    联络员: 22:30-6:00
    党代表: 免打扰
    党代表: 20:00-9:30
"""


async def test_notices_wait_for_the_end_of_ones_own_night(chat: Chat) -> None:
    """In the district's night who goes to bed late still hears of it; who sleeps long reads a digest."""
    await chat(OWN + FILED)
    await chat("""
        党代表 < 楼道灯不亮
        时间: 2026-11-23 21:30
        居民: 反映诉求
        居民: 井盖松了
        居民: 提交
        机器人: {号2}
        联络员 < 井盖松了
        党代表 < 无
        时间: 2026-11-23 22:40
        居民: 反映诉求
        居民: 路灯坏了
        居民: 提交
        机器人: {号3}
        联络员 < 无
        时间: 2026-11-24 06:01
        联络员 < 路灯坏了
        党代表 < 无
        时间: 2026-11-24 08:01
        党代表 < 无
        时间: 2026-11-24 09:31
        党代表 < 2件事…{号2}…{号3}
    """)


async def test_what_is_urgent_waits_for_nobody(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat("""
        时间: 2026-11-23 10:00
        联络员: 免打扰
        联络员: 晚上8点到早上8点
        居民: (扫码 w_LJ01)
        居民: 同意
        时间: 2026-11-23 20:30
        居民: 反映诉求
        居民: 楼道里燃气泄漏
        居民: 提交
        机器人: {号}
        联络员 < 燃气泄漏
    """)


async def test_reminders_come_when_their_reader_is_up(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat("""
        联络员: 免打扰
        联络员: 23:00-10:00
    """)
    await chat(FILED)
    await chat("""
        时间: 2026-11-24 00:05
        计划
        时间: 2026-11-24 08:30
        联络员 < 无
        时间: 2026-11-24 10:00
        联络员 < 请您今天受理
        联络员 < 无
    """)


async def test_who_changes_them_at_night_reads_at_once_what_they_now_want_to_read(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat("""
        时间: 2026-11-23 21:30
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 反映诉求
        居民: 楼道灯不亮
        居民: 提交
        联络员 < 无
        联络员: 免打扰
        联络员: 随时都可以告诉我
        联络员 < 楼道灯不亮
        联络员 < 无
    """)


async def test_they_go_along_to_another_device(chat: Chat) -> None:
    """With what was switched off and what was wished for (the second device's own words go before)."""
    async with chat.world.unit() as uow:
        now = chat.world.clock()
        first = await uow.people.remember("web", "a", "a", "zh_CN", now)
        second = await uow.people.remember("telegram", "b", "b", "zh_CN", now)
        room = await uow.registry.workroom_by_code("LJ01")
        assert room is not None
        days = [now.date() + timedelta(days=n) for n in (5, 6)]
        for person, wished in ((first, days), (second, days[:1])):
            for day in wished:
                await uow.open_days.wish(person, room.id, day, now)
        for person, kinds in ((first, ("rating", "open_day")), (second, ("rating",))):
            for kind in kinds:
                await uow.reminders.mute(person, kind, now)
        await uow.quiet_hours.set(first, PRESETS["late"], now)
        await uow.people.join(first, second, now)
        assert await uow.quiet_hours.of(second) == PRESETS["late"]
        assert await uow.reminders.muted(second) == {"rating", "open_day"}
        assert await uow.open_days.wished(second, room.id, days) == set(days)
        assert await uow.open_days.wished(first, room.id, days) == set()
        third = await uow.people.remember("web", "c", "c", "zh_CN", now)
        await uow.quiet_hours.set(third, PRESETS["long"], now)
        await uow.people.join(third, second, now)
        assert await uow.quiet_hours.of(second) == PRESETS["late"]
