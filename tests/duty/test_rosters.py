"""Each month's shifts come from the calendar, once; when days move, they follow and people are told, once."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime

import sqlalchemy as sa

from domain.duty import SlotState
from domain.hours import parse_hours
from domain.open_days import OneDay, rule_of
from domain.people import Seat
from handlers import duty_rosters, handover
from handlers.visit import now_of
from storage.seats import Seats
from storage.tables import representatives
from tests.chat import Chat
from tests.duty.ground import THURSDAYS, open_on, room_of, roster
from tests.world import World


async def test_a_months_shifts_are_made_and_shared_fairly(service: World) -> None:
    await open_on(service)
    kept = await roster(service)
    days = sorted({one.slot.shift.day for one in kept})
    assert days == [date(2026, 11, 26), *(date(2026, 12, n) for n in (3, 10, 17, 24, 31))]
    counts = Counter(one.name for one in kept)
    assert len(kept) == 12 and "" not in counts
    assert max(counts.values()) - min(counts.values()) <= 1


async def test_a_shift_is_tentative_until_its_day_has_come(service: World) -> None:
    service.clock.at = datetime(2027, 1, 4, 2, tzinfo=UTC)
    await open_on(service)
    assert {one.slot.shift.tentative for one in await roster(service)} == {True}
    service.clock.at = datetime(2027, 1, 6, 23, tzinfo=UTC)  # seven in the morning of the seventh
    await duty_rosters.make(service.house)
    today = [one.slot.shift for one in await roster(service) if one.slot.shift.day == date(2027, 1, 7)]
    assert today and not any(shift.tentative for shift in today)


async def test_several_planners_at_once_make_one_roster(service: World) -> None:
    await open_on(service)
    before = await roster(service)
    service.clock.on(hours=2)
    await asyncio.gather(*(duty_rosters.make(service.house) for _ in range(4)))
    assert await roster(service) == before


async def test_the_next_month_is_made_on_the_twentieth(service: World) -> None:
    service.clock.at = datetime(2026, 11, 19, 2, tzinfo=UTC)
    await open_on(service)
    assert max(one.slot.shift.day for one in await roster(service)) == date(2026, 11, 26)
    service.clock.on(days=1)
    await duty_rosters.make(service.house)
    assert max(one.slot.shift.day for one in await roster(service)) == date(2026, 12, 31)


async def test_members_on_leave_and_military_ones_are_left_out(service: World) -> None:
    async with service.unit() as uow:
        room = await room_of(uow)
        people = await uow.registry.representatives(room)
        for number, status in ((people[0].id, "leave"), (people[1].id, "military")):
            who = sa.update(representatives).where(representatives.c.id == number)
            await uow.connection.execute(who.values(status=status))
    await open_on(service)
    names = {one.name for one in await roster(service)}
    assert names == {person.name for person in people[2:]}


async def test_when_a_day_moves_its_shift_follows_and_each_is_told_once(chat: Chat) -> None:
    await chat.actor("党代表")
    await chat.actor("联络员")
    room = await open_on(chat.world, "FREQ=MONTHLY;BYMONTHDAY=21", "9:00-12:00")
    kept = await roster(chat.world)
    assert {one.slot.shift.day for one in kept} == {date(2026, 12, 21)}
    seat = await chat.seat("党代表")
    mine = [one.slot for one in kept if one.slot.holder == seat.id]
    async with chat.world.unit() as uow:
        closed = OneDay(date(2026, 12, 21), "closed", reason="停电")
        await uow.open_days.decide(room, closed, Seat("officer", 1), chat.world.clock())
    chat.actors["联络员"].seen = len(chat._paper(chat.actors["联络员"]))
    for _ in range(3):
        await duty_rosters.make(chat.world.house)
    await chat("""
        联络员 < 12月21日(周一) 9:00–12:00…不开放了
        联络员 < 无
    """)
    if mine:
        await chat("党代表 < 12月21日(周一) 9:00–12:00…不开放了")
    assert await roster(chat.world) == []
    async with chat.world.unit() as uow:
        await uow.open_days.undecide(room, date(2026, 12, 21), chat.world.clock())
    await duty_rosters.make(chat.world.house)
    await chat("联络员 < 12月21日(周一) 9:00–12:00…又开放了")
    assert [one.name for one in await roster(chat.world)] == [one.name for one in kept]


async def test_other_hours_move_the_shift_and_keep_who_has_it(chat: Chat) -> None:
    await chat.actor("联络员")
    room = await open_on(chat.world)
    kept = await roster(chat.world)
    await chat("联络员 < 新值班表排好了，共6次，没有空缺")
    async with chat.world.unit() as uow:
        other = OneDay(date(2026, 12, 3), "hours", parse_hours("14:00-17:00"), "")
        await uow.open_days.decide(room, other, Seat("officer", 1), chat.world.clock())
    await duty_rosters.make(chat.world.house)
    await chat("""
        联络员 < 12月3日(周四) 8:00–11:00的班改了…12月3日(周四) 14:00–17:00
        联络员 < 无
    """)
    after = await roster(chat.world)
    assert [one.name for one in after] == [one.name for one in kept]
    assert {one.slot.state for one in after} == {SlotState.TAKEN}


async def test_a_new_rule_is_told_in_one_letter(chat: Chat) -> None:
    await chat.actor("联络员")
    room = await open_on(chat.world)
    await chat("联络员 < 新值班表排好了")
    async with chat.world.unit() as uow:
        later = rule_of(THURSDAYS, parse_hours("14:00-17:00"))
        await uow.open_days.set_rules({room: [later]}, chat.world.clock())
    await duty_rosters.make(chat.world.house)
    await chat("""
        联络员 < 班次改了…11月26日(周四) 8:00–11:00改到11月26日(周四) 14:00–17:00…12月31日(周四) 14:00–17:00
        联络员 < 无
    """)


async def test_days_that_are_set_later_are_told_too(chat: Chat) -> None:
    await chat.actor("联络员")
    async with chat.world.unit() as uow:  # the sample has a rule for it already
        await uow.open_days.set_rules({await room_of(uow): []}, chat.world.clock())
    await duty_rosters.make(chat.world.house)
    await open_on(chat.world)
    await chat("联络员 < 新值班表排好了，共6次")


async def test_a_hand_over_opens_the_shifts_of_who_leaves_at_once(chat: Chat) -> None:
    await chat.actor("联络员")
    seat = await chat.seat("党代表")
    await open_on(chat.world)
    await chat("联络员 < 新值班表排好了")
    async with chat.world.unit() as uow:
        await Seats(uow.connection).retire(seat)
        await handover.leave(uow, await now_of(uow, chat.world.house), seat)
    assert all(one.slot.holder != seat.id for one in await roster(chat.world))
    await chat("联络员 < 周文斌不在岗了，空出3次班")
