"""Between finding and saying: the clock jumps, days are moved, and a planner dies beside another."""

import asyncio
from typing import Any

import pytest

from bot.planner import Planner
from tests.chat import Chat
from tests.duty.ground import give, open_on
from tests.reminders.nights import nights, no_open_days
from tests.reminders.test_killed import DUE, Killed, Killing, afresh, said


@pytest.fixture(autouse=True)
async def asleep(chat: Chat) -> None:
    await nights(chat.world)
    await no_open_days(chat.world)


WISHED = """
    时间: 2026-12-01 10:00
    居民: (扫码 w_LJ01)
    居民: 同意
    居民: 开放日
    居民: 提醒我 12月10日(周四)
"""


async def wished(chat: Chat, hours: str = "9:00-12:00") -> None:
    for who in ("联络员", "党代表"):
        await chat.actor(who)
    await open_on(chat.world, "FREQ=MONTHLY;BYMONTHDAY=10", hours)
    await give(chat, 0, "党代表")
    await chat(WISHED)


async def found(chat: Chat) -> None:
    """The planner has looked; no postman has."""
    await Planner(chat.world.house).round()


async def hear(chat: Chat) -> None:
    """Whatever lies in their chats is read."""
    await chat.world.deliver()
    for actor in chat.actors.values():
        actor.seen = len(chat.world.channels["web"].said.get(actor.id, []))


async def test_found_in_the_last_minute_of_the_evening_and_said_in_the_morning(chat: Chat) -> None:
    """The quiet hours begin between finding and saying, and end on the minute."""
    await wished(chat)
    await hear(chat)
    await chat("时间: 2026-12-09 20:59")
    await found(chat)
    await chat("""
        时间: 2026-12-09 21:00
        居民 < 无
        党代表 < 无
        计划
        时间: 2026-12-10 07:59
        计划
        居民 < 无
        党代表 < 无
        时间: 2026-12-10 08:00
        居民 < 您要我们提醒的开放日快到了
        居民 < 无
        党代表 < 今天您值班：9:00–12:00
        计划
        党代表 < 无
        居民 < 无
    """)


@pytest.mark.parametrize("moment", ["2026-12-09 18:00", "2026-12-10 00:20", "2026-12-10 08:00"])
async def test_a_clock_that_jumps_an_hour_back_and_forth_tells_each_once(chat: Chat, moment: str) -> None:
    """Also across midnight, where today becomes yesterday and today again."""
    await wished(chat)
    await chat("居民: 反映诉求\n居民: 楼道灯不亮\n居民: 提交\n时间: 2026-12-09 17:30\n计划")
    await chat("时间: 2026-12-09 18:00\n计划")
    for jump in (0, -60, 0, 60, 0, -60, 60):
        await chat(f"时间: {moment}")
        chat.world.clock.on(minutes=jump)
        await chat("计划")
    await chat("时间: 2026-12-10 08:30\n计划")
    told = await said(chat)
    assert set(told.values()) == {1}, "nothing is said twice"
    whole = "\n".join(text for _, text in told)
    for words in ("开放日快到了", "明天您值班", "今天您值班"):
        assert whole.count(words) == 1


LATE = """
    居民: 免打扰
    居民: 17:30-6:30
    时间: 2026-12-09 18:00
    计划
"""
DAY = "联络员: 改开放日\n联络员: {}\n联络员: 12月10日\n{}联络员: 跳过\n联络员: 就这样改"


async def test_a_day_closed_while_its_reminder_waits_is_not_reminded_of(chat: Chat) -> None:
    await wished(chat)
    await chat(LATE + "\n    时间: 2026-12-09 19:00\n")
    await chat(DAY.format("某天不开放", ""))
    await chat("""
        时间: 2026-12-10 06:30
        居民 < 开放日有变动。…12月10日(周四)不开放了
        居民 < 无
    """)


async def test_hours_changed_while_its_reminder_waits_are_told_as_they_are(chat: Chat) -> None:
    """Neither the resident nor whoever is on duty reads two different hours in one morning."""
    await wished(chat)
    await hear(chat)
    await chat(LATE + "\n    时间: 2026-12-10 00:05\n    计划\n    时间: 2026-12-10 05:00\n")
    await chat(DAY.format("某天改时间", "联络员: 14:00-17:00\n"))
    await chat("计划\n时间: 2026-12-10 06:30\n居民 < 开放日有变动\n居民 < 无\n时间: 2026-12-10 08:00")
    await chat.world.deliver()
    actor = chat.actors["党代表"]
    morning = [m.text for _, m in chat.world.channels["web"].said[actor.id][actor.seen :]]
    assert any("14:00–17:00" in text for text in morning)
    assert not any("今天您值班：9:00" in text for text in morning)


async def test_the_office_loads_its_notice_while_the_planner_looks(chat: Chat) -> None:
    """Found by the old calendar, written after the new one was told: the old day is not said."""
    await wished(chat)
    house = chat.world.house

    async def moved() -> None:
        async with chat.world.unit() as uow:
            days = '[["2026-12-10",0,"节"],["2026-12-11",0,"节"],["2026-10-01",0,""],["2027-10-01",0,""]]'
            await uow.registry.set_setting("holiday_days", days)

    moving = Meanwhile(house.database.watch, moved)
    await chat("时间: 2026-12-09 18:00")
    await moving.beside(Planner(house).round())
    assert moving.done
    await chat.world.deliver()
    texts = [text for who, text in await said(chat) if who == chat.actors["居民"].id]
    assert not any("快到了" in text and "12月10日" in text for text in texts)


class Meanwhile:
    """Lets something happen as soon as a round has read its calendar, before it writes."""

    def __init__(self, watch: Any, act: Any) -> None:
        self._act, self._seen, self.done = act, asyncio.Event(), False
        watch(self)

    def __call__(self, statement: str) -> None:
        """A statement is about to run: the wishes are looked for by the calendar that was read."""
        if "open_day_wishes" in statement and not self.done:
            self._seen.set()

    async def beside(self, round_: Any) -> None:
        """The round, and the other thing once it has looked."""
        looking = asyncio.create_task(round_)
        await self._seen.wait()
        self.done = True
        await self._act()
        await looking


async def test_a_planner_dies_beside_another_that_goes_on(chat: Chat) -> None:
    """At every fifth of its statements; what either finds is said once."""
    for who in ("联络员", "党代表", "党代表2", "联络办"):
        await chat.actor(who)
    await open_on(chat.world, "FREQ=WEEKLY;BYDAY=TH,FR", "19:00-22:00")
    await chat(DUE)
    await found(chat)
    await afresh(chat)
    await found(chat)
    await chat.world.deliver()
    whole = await said(chat)
    assert len(whole) >= 5
    killing = Killing()
    chat.world.house.database.watch(killing)
    killed = 0
    for seam in range(2, 60, 5):
        await afresh(chat)
        killing.left = seam
        both = (Planner(chat.world.house).round(), Planner(chat.world.house).round())
        ends = await asyncio.gather(*map(_survived, both))
        killed += ends.count(False)
        killing.left = 0
        if ends.count(False) != 1:
            await found(chat)
        await chat.world.deliver()
        assert await said(chat) == whole, f"killed at statement {seam} of the two"
    assert killed >= 5


async def _survived(round_: Any) -> bool:
    try:
        await round_
    except Killed:
        return False
    return True
