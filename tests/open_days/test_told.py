"""Whoever was told a day hears when it moves, once: by roster, reminder, receipt, or because they asked."""

from datetime import date

import sqlalchemy as sa

from domain.messages import File
from domain.open_days import OneDay, OpenDay, open_days
from domain.people import Seat
from handlers import duty_rosters, open_day_changes
from handlers.visit import now_of
from storage.tables import liaisons
from tests.chat import Chat
from tests.duty.ground import give, open_on, roster
from tests.duty.test_at_once import put_back, saved
from tests.duty.test_transcripts import SWAP, hear, ready_to_swap
from tests.open_days.test_notice import NOTICE, load, notice
from tests.open_days.test_talks import RESIDENT, ruled
from tests.world import World

FIFTH = "FREQ=MONTHLY;BYMONTHDAY=5"


async def closed(service: World, room: int, day: date, reason: str = "停电") -> None:
    """Somebody closes a day, and nothing else is done about it: the planner finds out."""
    async with service.unit() as uow:
        said = OneDay(day, "closed", reason=reason)
        await uow.open_days.decide(room, said, Seat("officer", 1), service.clock())


async def test_a_notice_moves_a_shift_in_february_and_everybody_hears_once(chat: Chat) -> None:
    """The roster told the representative and the liaison, 提醒我 the resident; December into January."""
    await chat("时间: 2027-01-21 09:00")
    for name in ("党代表", "联络员"):
        await chat.actor(name)
    await chat(RESIDENT)
    await open_on(chat.world, FIFTH, "9:00-12:00")
    await give(chat, 0, "党代表")
    await chat("""
        居民: 开放日
        机器人: 2月5日(周五) 9:00–12:00（暂定）
        居民: 提醒我 2月5日(周五)
    """)
    await hear(chat)
    assert (await load(chat.world, notice())).changed
    for _ in range(3):
        await chat("时间: +61m\n计划")
    await chat("""
        党代表 < 2月5日(周五) 9:00–12:00…改了…2月14日(周日) 9:00–12:00
        党代表 < 无
        联络员 < 2月14日(周日) 9:00–12:00
        联络员 < 无
        居民 < 原来2月5日(周五)，改到2月14日(周日) 9:00–12:00…春节
        居民 < 无
    """)


async def test_who_was_reminded_the_evening_before_hears_that_it_is_off(chat: Chat) -> None:
    for name in ("党代表", "联络员"):
        await chat.actor(name)
    await chat(RESIDENT)
    await open_on(chat.world)
    await give(chat, 0, "党代表")
    await chat("居民: 开放日\n居民: 提醒我 11月26日(周四)\n时间: 2026-11-25 18:30\n计划")
    await chat("居民 < 您要我们提醒的开放日快到了\n党代表 < 11月26日")
    await hear(chat)
    await chat("""
        联络员: 改开放日
        联络员: 某天不开放
        联络员: 11月26日(周四)
        联络员: 停电
        联络员: 就这样改
        计划
        居民 < 11月26日(周四)不开放了…原因：停电
        居民 < 无
        党代表 < 11月26日(周四) 8:00–11:00…不开放了
        党代表 < 无
    """)


async def test_who_only_asked_or_filed_after_hours_hears_too(chat: Chat, service: World) -> None:
    room = await ruled(service)
    await chat(RESIDENT)
    await chat("""
        居民: 楼道灯不亮，晚上看不见
        居民: 提交
        机器人: 临江街道党代表工作室收件，12月10日(周四)开放。
        时间: 2026-12-10 10:00
        居民: 门口的路灯也不亮了
        居民: 作为新的诉求
        居民: 提交
    """)
    assert "开放" not in chat.actors["居民"].answer[-1].text, "it is open"
    await chat("时间: 2026-12-10 13:00\n居民: 开放日\n机器人: 接下来开放：…12月21日(周一)")
    await hear(chat)
    await closed(service, room, date(2026, 12, 21))
    await duty_rosters.make(service.house)
    await duty_rosters.make(service.house)
    await chat("""
        居民 < 12月21日(周一)不开放了。…原因：停电
        居民 < 无
    """)


async def test_a_day_told_while_it_moved_is_set_right_within_the_hour(chat: Chat, service: World) -> None:
    """Somebody is told a day in a transaction of its own while another one moves it."""
    room = await open_on(service)
    days = [d for d in await _december(service, room) if d.day == date(2026, 12, 3)]
    await closed(service, room, date(2026, 12, 3))
    service.clock.on(minutes=1)
    await duty_rosters.make(service.house)
    await chat(RESIDENT)
    seat = await _person(chat)
    async with service.unit() as uow:
        await uow.open_days.tell({(seat, room): days})
    await chat("计划\n居民 < 无\n时间: +61m\n计划\n居民 < 12月3日(周四)不开放了\n居民 < 无")
    async with service.unit() as uow:
        assert await open_day_changes.settle(uow, await now_of(uow, service.house)) == 0


async def _december(service: World, room: int) -> list[OpenDay]:
    async with service.unit() as uow:
        now = await now_of(uow, service.house)
        return open_days(await uow.open_days.plan(room), date(2026, 12, 1), date(2026, 12, 31), now.calendar)


async def _person(chat: Chat) -> Seat:
    async with chat.world.unit() as uow:
        person = await uow.people.known("web", chat.actors["居民"].id)
        assert person is not None
        return person.seat


async def test_who_was_asked_to_swap_hears_that_the_day_has_moved(chat: Chat) -> None:
    await ready_to_swap(chat)
    await chat(SWAP)
    await hear(chat)
    room = (await roster(chat.world))[0].slot.shift.workroom
    await closed(chat.world, room, date(2026, 11, 26))
    await duty_rosters.make(chat.world.house)
    await duty_rosters.make(chat.world.house)
    await chat("""
        党代表 < 11月26日(周四) 8:00–11:00…不开放了
        党代表2 < 11月26日(周四) 8:00–11:00…不算了
        党代表2 < 无
        党代表2: 可以
        机器人: 不算了
    """)


async def test_a_day_that_is_only_sure_now_ends_no_request(chat: Chat) -> None:
    """The seventh of January is tentative until it has come; the swap asked for goes on."""
    await chat("时间: 2027-01-05 09:00")
    await ready_to_swap(chat)
    await chat("党代表: (按 duty:substitute:1)\n党代表: 陆晓梅\n党代表: 发出去")
    await hear(chat)
    await chat("时间: 2027-01-07 07:00")
    await duty_rosters.make(chat.world.house)
    slot = (await roster(chat.world))[0].slot
    assert (slot.shift.day, slot.shift.tentative, str(slot.state)) == (date(2027, 1, 7), False, "offered")
    await chat("党代表2 < 无\n党代表 < 无")


async def test_without_a_liaison_the_office_hears(chat: Chat) -> None:
    await chat.actor("联络办")
    room = await open_on(chat.world)
    async with chat.world.unit() as uow:
        gone = sa.update(liaisons).where(liaisons.c.workroom_id == room).values(status="left")
        await uow.connection.execute(gone)
    await hear(chat)
    await closed(chat.world, room, date(2026, 12, 3))
    await duty_rosters.make(chat.world.house)
    await chat("联络办 < 12月3日(周四) 8:00–11:00…不开放了")


async def test_old_tellings_are_forgotten(chat: Chat, service: World) -> None:
    await ruled(service)
    await chat(RESIDENT + "    居民: 开放日\n")
    await chat("时间: 2027-05-01 10:00")
    await duty_rosters.make(service.house)
    await chat("时间: +61m")
    await duty_rosters.make(service.house)
    async with service.unit() as uow:
        assert await uow.open_days.told(date(2026, 1, 1)) == []


async def test_a_step_run_twice_says_the_same(chat: Chat, service: World) -> None:
    """Killed between the commit and the session's save: the second run changes nothing and answers alike."""
    room = await ruled(service)
    await chat(RESIDENT + "    居民: 开放日\n")
    await chat("联络员: 改开放日\n联络员: 某天不开放\n联络员: 12月10日(周四)\n联络员: 停电")
    first, second = await twice(chat, "联络员", "就这样改")
    assert first == second and "已通知1位" in first
    await chat("联络员: 改开放日\n联络员: 改长期安排\n联络员: 每周一次\n联络员: 周四")
    await chat("联络员: 8:00-11:00\n联络员: 当次取消")
    first, second = await twice(chat, "联络员", "保存")
    assert first == second and "已通知1位" in first
    await chat("联络员: 改开放日\n联络员: 每班人数")
    first, second = await twice(chat, "联络员", "3人")
    assert first == second and "每班安排3人" in first
    await chat("联络办: 放假通知")
    chat.world.channels["web"].files["n"] = NOTICE.encode()
    first, second = await twice(chat, "联络办", File("document", "n", "text/csv", len(NOTICE)))
    assert first == second and "已录入2027年的放假通知" in first
    assert room


async def twice(chat: Chat, who: str, what: str | File) -> tuple[str, str]:
    """The same thing arrives twice, the session put back in between; both answers."""
    kept = await saved(chat.world)
    actor = await chat.actor(who)
    given = chat._meant(actor, what)[0] if isinstance(what, str) else what
    await chat.send(actor, given)
    first = "\n".join(m.text for m in actor.answer)
    await put_back(chat.world, kept)
    await chat.send(actor, given, again=True)
    return first, "\n".join(m.text for m in actor.answer)
