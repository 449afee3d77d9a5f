"""Calendars for telephones, read back by a parser; the workroom's page."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from icalendar import Calendar
from starlette.applications import Starlette

from bot.channels.web.workroom import WorkroomPage
from bot.feeds import Feeds
from domain.hours import parse_hours
from domain.open_days import ExceptionKind, OneDay, rule_of
from domain.people import Seat
from storage.calendar_deeds import CalendarDeeds, Decision
from storage.tables import shifts, slots, workrooms
from tests.chat import Chat
from tests.duty.ground import give, roster
from tests.duty.test_transcripts import people
from tests.world import World

MONTHLY = "FREQ=MONTHLY;BYMONTHDAY=10,20"


@pytest.fixture
async def browser(service: World) -> AsyncIterator[httpx.AsyncClient]:
    house = replace(service.house, site="http://workroom.test")
    app = Starlette(routes=[*Feeds(house, "zh_CN").routes(), WorkroomPage(house, "zh_CN").route()])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://workroom.test") as client:
        yield client


async def ruled(service: World, rule: str = MONTHLY, hours: str = "9:00-11:00") -> int:
    async with service.unit() as uow:
        room = await uow.registry.workroom_by_code("LJ01")
        assert room is not None
        await uow.open_days.set_rules({room.id: [rule_of(rule, parse_hours(hours))]}, service.clock())
        return room.id


async def events(browser: httpx.AsyncClient, path: str = "/calendar/LJ01.ics") -> dict[str, Any]:
    found = await browser.get(path)
    assert found.status_code == 200
    assert found.headers["content-type"] == "text/calendar; charset=utf-8"
    assert all(len(line.encode()) <= 75 for line in found.text.split("\r\n"))
    return {str(event["UID"]): event for event in Calendar.from_ical(found.text).walk("VEVENT")}


async def test_open_days_are_events_under_names_that_stay(service: World, browser: httpx.AsyncClient) -> None:
    room = await ruled(service)
    before = await events(browser)
    tenth = before["20261210-0.LJ01@workroom"]
    assert tenth["DTSTART"].dt == datetime(2026, 12, 10, 1, tzinfo=UTC)
    assert (tenth["STATUS"], tenth["SUMMARY"]) == ("CONFIRMED", "临江街道党代表工作室开放")
    moved = before["20261220-0.LJ01@workroom"]
    assert moved["DTSTART"].dt.date() == date(2026, 12, 21) and "原定12月20日" in moved["DESCRIPTION"]
    assert before["20270110-0.LJ01@workroom"]["STATUS"] == "TENTATIVE"
    async with service.unit() as uow:
        closed = OneDay(date(2026, 12, 10), "closed", reason="学习, 全天; 停")
        await uow.open_days.decide(room, closed, Seat("liaison", 1), service.clock())
    after = (await events(browser))["20261210-0.LJ01@workroom"]
    assert (after["STATUS"], after["SUMMARY"]) == ("CANCELLED", "（取消）临江街道党代表工作室开放")
    assert after["SEQUENCE"] > tenth["SEQUENCE"]
    assert "学习, 全天; 停" in after["DESCRIPTION"]


async def test_days_of_a_rule_that_was_replaced_are_taken_back(
    service: World, browser: httpx.AsyncClient
) -> None:
    await ruled(service)
    await ruled(service, "FREQ=WEEKLY;BYDAY=TH")
    found = await events(browser)
    assert found["20261220-0.LJ01@workroom"]["STATUS"] == "CANCELLED"
    assert found["20261210-0.LJ01@workroom"]["STATUS"] == "CONFIRMED"  # a Thursday of the new rule too


async def test_several_periods_and_names_that_need_care(service: World, browser: httpx.AsyncClient) -> None:
    room = await ruled(service, hours="9:00-11:00,14:00-16:00")
    odd = 'A;B,C\\n"D"\r\nBEGIN:VEVENT'
    async with service.unit() as uow:
        await uow.connection.execute(sa.update(workrooms).where(workrooms.c.id == room).values(name=odd))
    found = await events(browser)
    assert found["20261210-1.LJ01@workroom"]["DTSTART"].dt == datetime(2026, 12, 10, 6, tzinfo=UTC)
    assert all("BEGIN:VEVENT" in str(event["SUMMARY"]) for event in found.values())


async def test_who_has_it_already_gets_no_second_copy(service: World, browser: httpx.AsyncClient) -> None:
    await ruled(service)
    first = await browser.get("/calendar/LJ01.ics")
    again = await browser.get("/calendar/LJ01.ics", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await ruled(service, "FREQ=WEEKLY;BYDAY=FR")
    other = await browser.get("/calendar/LJ01.ics", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200
    assert (await browser.get("/calendar/NOWHERE.ics")).status_code == 404


async def decided(service: World, room: int, day: date, kind: ExceptionKind, hours: str = "") -> None:
    """What the conversation does: the exception, and the decision that is kept of it."""
    async with service.unit() as uow:
        said = OneDay(day, kind, parse_hours(hours) if hours else ())
        await uow.open_days.decide(room, said, Seat("liaison", 1), service.clock())
        facts = {"day": day.isoformat(), "kind": kind, "hours": hours}
        made = Decision("day", room, Seat("liaison", 1), facts)
        await CalendarDeeds(uow.connection).record(made, f"{day}{kind}", service.clock())


async def test_an_extra_day_that_is_taken_back_is_cancelled_by_its_name(
    service: World, browser: httpx.AsyncClient
) -> None:
    room, day = await ruled(service), date(2026, 12, 6)
    await decided(service, room, day, "extra", "9:00-11:00")
    before = (await events(browser))["20261206-0.LJ01@workroom"]
    assert before["STATUS"] == "CONFIRMED"
    async with service.unit() as uow:
        await uow.open_days.undecide(room, day, service.clock())
    after = (await events(browser))["20261206-0.LJ01@workroom"]
    assert (after["STATUS"], after["DTSTART"].dt) == ("CANCELLED", before["DTSTART"].dt)
    assert after["SEQUENCE"] > before["SEQUENCE"]


async def test_an_afternoon_that_is_given_up_is_cancelled_and_the_morning_is_not(
    service: World, browser: httpx.AsyncClient
) -> None:
    room = await ruled(service, hours="9:00-11:00,14:00-16:00")
    day = date(2026, 12, 10)
    assert (await events(browser))["20261210-1.LJ01@workroom"]["STATUS"] == "CONFIRMED"
    await ruled(service)
    found = await events(browser)
    assert [found[f"20261210-{n}.LJ01@workroom"]["STATUS"] for n in (0, 1)] == ["CONFIRMED", "CANCELLED"]
    await decided(service, room, date(2026, 12, 21), "hours", "9:00-11:00,14:00-16:00,17:00-18:00")
    assert (await events(browser))["20261220-2.LJ01@workroom"]["STATUS"] == "CONFIRMED"
    async with service.unit() as uow:
        await uow.open_days.undecide(room, date(2026, 12, 21), service.clock())
    found = await events(browser)
    assert found["20261220-2.LJ01@workroom"]["STATUS"] == "CANCELLED"
    assert found[f"{day:%Y%m%d}-0.LJ01@workroom"]["STATUS"] == "CONFIRMED"


async def test_what_was_held_is_not_tentative(service: World, browser: httpx.AsyncClient) -> None:
    await ruled(service)
    service.clock.at = datetime(2027, 1, 20, 1, 30, tzinfo=UTC)
    found = await events(browser)
    states = [found[f"{day}-0.LJ01@workroom"]["STATUS"] for day in ("20270110", "20270120", "20270210")]
    assert states == ["CONFIRMED", "CONFIRMED", "TENTATIVE"]


async def test_a_shift_given_away_is_cancelled_in_ones_calendar_until_one_has_it_again(
    chat: Chat, service: World, browser: httpx.AsyncClient
) -> None:
    await people(chat, "党代表", "党代表2")
    await give(chat, 1, None)
    await give(chat, 0, "党代表")
    path, seat = await _address(chat), await chat.seat("党代表")
    uid = f"shift-{(await roster(service))[0].slot.shift.id}.{seat.id}@workroom"
    seen = [(await events(browser, path))[uid]]
    steps = ("党代表: (按 duty:absent:1)\n党代表: 出差", "党代表: (按 duty:take:2)", "计划")
    for step in steps:
        service.clock.on(minutes=5)
        await chat(step)
        seen.append((await events(browser, path))[uid])
    assert [event["STATUS"] for event in seen] == ["CONFIRMED", "CANCELLED", "CONFIRMED", "CONFIRMED"]
    assert str(seen[1]["SUMMARY"]).startswith("（取消）") and seen[1]["TRANSP"] == "TRANSPARENT"
    sequences = [event["SEQUENCE"] for event in seen[:3]]
    assert sequences == sorted(set(sequences)), "each change is newer than the one before"
    assert seen[0]["LAST-MODIFIED"].dt < seen[1]["LAST-MODIFIED"].dt < seen[2]["LAST-MODIFIED"].dt


async def _shift(service: World, room: int, representative: int) -> int:
    """A shift on 10 December that the representative keeps."""
    at = datetime(2026, 12, 10, 1, tzinfo=UTC)
    async with service.unit() as uow:
        day = date(2026, 12, 10)
        values = {
            "workroom_id": room,
            "day": day,
            "nominal": day,
            "starts_at": at,
            "ends_at": at.replace(hour=4),
        }
        made = await uow.connection.execute(sa.insert(shifts).values(values).returning(shifts.c.id))
        number: int = made.scalar_one()
        slot = {"shift_id": number, "place": 0, "representative_id": representative, "state": "taken"}
        await uow.connection.execute(sa.insert(slots).values(slot))
        return number


async def _address(chat: Chat) -> str:
    """The path of the representative's own calendar, as the chat tells it."""
    await chat("""
        党代表: 我的日历
        机器人: 周文斌的值班日历：…/calendar/own/ [停用这个地址]
    """)
    text = (await chat.actor("党代表")).answer[-1].text
    return text[text.index("/calendar/own/") :].split()[0]


async def test_a_representative_has_a_calendar_of_their_own(
    chat: Chat, service: World, browser: httpx.AsyncClient
) -> None:
    room, seat = await ruled(service), await chat.seat("党代表")
    number = await _shift(service, room, seat.id)
    path, uid = await _address(chat), f"shift-{number}.{seat.id}@workroom"
    event = (await events(browser, path))[uid]
    assert (event["SUMMARY"], event["STATUS"]) == ("临江街道党代表工作室值班", "CONFIRMED")
    async with service.unit() as uow:
        gone = sa.update(shifts).where(shifts.c.id == number).values(cancelled=True, version=1)
        await uow.connection.execute(gone)
    later = (await events(browser, path))[uid]
    assert later["STATUS"] == "CANCELLED" and later["SEQUENCE"] == event["SEQUENCE"] + 1


async def test_residents_see_who_is_on_duty(chat: Chat, service: World) -> None:
    room, seat = await ruled(service), await chat.seat("党代表")
    await _shift(service, room, seat.id)
    await chat("""
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 开放日
        机器人: 12月10日(周四) 9:00–11:00…值班：周文斌
        居民: 我的日历
        机器人: 日历给党代表记值班用 [开放日]
        居民: (按 calendar:1)
        机器人: 没有在用的地址
    """)


async def test_an_address_is_not_guessed_and_can_be_stopped(chat: Chat, browser: httpx.AsyncClient) -> None:
    path = await _address(chat)
    assert await _address(chat) == path
    guesses = (
        path[:-9] + "aaaaa.ics",
        "/calendar/own/1-.ics",
        "/calendar/own/x.ics",
        "/calendar/own/2-aa.ics",
    )
    for guessed in guesses:
        assert (await browser.get(guessed)).status_code == 404
    await chat("""
        党代表: 停用这个地址
        机器人: 这个地址停用了
        党代表: (再按一次)
        机器人: 没有在用的地址
    """)
    assert (await browser.get(path)).status_code == 404
    assert await _address(chat) != path


async def test_a_new_holder_of_the_seat_ends_the_old_address(
    chat: Chat, service: World, browser: httpx.AsyncClient
) -> None:
    path = await _address(chat)
    assert (await browser.get(path)).status_code == 200
    seat = await chat.seat("党代表")
    code = await service.invite(seat)
    await chat("""
        别人: 你好
        别人: 同意
    """)
    await chat.says("别人", f"(扫码 i_{code})")
    assert (await browser.get(path)).status_code == 404


async def test_the_workrooms_page(service: World, browser: httpx.AsyncClient, chat: Chat) -> None:
    room, seat = await ruled(service), await chat.seat("党代表")
    await _shift(service, room, seat.id)
    page = await browser.get("/workrooms/LJ01", headers={"Accept-Language": "zh-CN"})
    assert page.status_code == 200
    for words in (
        '<span class="whole">12月10日(周四)</span> <span class="whole">9:00–11:00</span>',
        "值班：周文斌",
        '原定<span class="whole">12月20日(周日)</span>遇周末',
        "/?start=w_LJ01",
        "/calendar/LJ01.ics",
    ):
        assert words in page.text
    assert page.text.count("<li>") == 3 + 4  # days and people
    english = await browser.get("/workrooms/LJ01", headers={"Accept-Language": "en"})
    assert "Next open days" in english.text
    assert (await browser.get("/workrooms/<x>")).status_code == 404
