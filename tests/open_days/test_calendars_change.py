"""What programs go by when they read a calendar again: nothing that is shown changes in silence."""

from datetime import datetime
from typing import Any

import httpx
import sqlalchemy as sa
from icalendar import Calendar

from storage.tables import shifts
from tests.chat import Chat
from tests.duty.ground import give, roster
from tests.duty.test_transcripts import people
from tests.open_days.test_feeds import _address, browser, events, ruled
from tests.world import World

__all__ = ["browser"]

ROOM = "/calendar/LJ01.ics"
SHOWN = ("SUMMARY", "DESCRIPTION", "LOCATION", "STATUS", "DTSTART", "DTEND", "TRANSP", "URL", "GEO")
ONCE = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "LAST-MODIFIED", "STATUS", "TRANSP")


def shown(event: Any) -> dict[str, bytes]:
    return {name: event[name].to_ical() for name in SHOWN if name in event}


def sound(body: bytes) -> None:
    """What RFC 5545 and 7986 ask of the file, and Outlook of a calendar on the network (MS-OXCICAL)."""
    assert body.startswith(b"BEGIN:VCALENDAR\r\n") and body.endswith(b"END:VCALENDAR\r\n")
    assert body.count(b"\n") == body.count(b"\r\n") and b"\t" not in body
    for line in body.split(b"\r\n"):
        assert len(line) <= 75, line
        line.decode()  # folded between characters, not within one
    calendar: Any = Calendar.from_ical(body)
    names = ("VERSION", "PRODID", "METHOD", "CALSCALE", "NAME", "X-WR-CALNAME", "X-WR-TIMEZONE")
    assert [str(calendar[name]) for name in names[:1] + names[2:4]] == ["2.0", "PUBLISH", "GREGORIAN"]
    assert all(calendar[name] for name in names)
    assert (
        calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION" and calendar["X-PUBLISHED-TTL"] == "PT6H"
    )
    found = calendar.walk("VEVENT")
    assert len({event["UID"] for event in found}) == len(found)
    for event in found:
        assert not event.errors and all(not isinstance(event[name], list) for name in ONCE)
        assert event["DTEND"].dt > event["DTSTART"].dt
        moments = [event[name] for name in ("DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED")]
        assert all(at.to_ical().endswith(b"Z") for at in moments), "UTC needs no VTIMEZONE"


async def newer(
    browser: httpx.AsyncClient, path: str, before: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """The calendar read again: sound, and every change in it is told by its sequence or by its moments."""
    found = await browser.get(path)
    sound(found.content)
    after = await events(browser, path)
    coming = {uid for uid, event in before.items() if event["DTSTART"].dt > now}
    assert coming <= after.keys(), "what is left out stays in some telephones"
    for uid in before.keys() & after.keys():
        old, new = before[uid], after[uid]
        was, is_now = ((e["SEQUENCE"], e["LAST-MODIFIED"].dt, e["DTSTAMP"].dt) for e in (old, new))
        assert all(later >= earlier for earlier, later in zip(was, is_now, strict=True))
        if shown(old) != shown(new):
            assert is_now > was, f"{uid}: neither its sequence nor its moments tell"
    return after


def said(who: str, *words: str) -> str:
    return "\n".join(f"{who}: {word}" for word in words)


def changing(*words: str) -> str:
    return said("联络员", "改开放日", *words, "就这样改")


CHANGES = (
    said("党代表", "(按 duty:absent:1)", "出差"),
    said("党代表", "(按 duty:take:2)"),
    changing("某天改时间", "12月3日", "13:00-16:00", "跳过"),
    "计划",
    changing("某天不开放", "12月10日", "培训"),
    "计划",
    changing("恢复原样", "12月10日"),
    "计划",
    "时间: 2027-01-07 00:30",
    "计划",
    "时间: 2027-01-07 09:30",
)
"""Somebody doesn't come, takes another place; hours, days and decisions change; a tentative day begins."""


async def test_whatever_changes_is_newer(chat: Chat, service: World, browser: httpx.AsyncClient) -> None:
    await people(chat, "党代表", "党代表2")
    await give(chat, 1, None)
    await give(chat, 0, "党代表")
    async with service.unit() as uow:
        await uow.connection.execute(sa.update(shifts).values(tentative=True))
    own = await _address(chat)
    seen = {path: await events(browser, path) for path in (ROOM, own)}
    pictures = [str([shown(event) for event in seen[path].values()]) for path in seen]
    for step in CHANGES:
        service.clock.on(minutes=5)
        await chat(step)
        seen = {path: await newer(browser, path, before, service.clock()) for path, before in seen.items()}
        pictures.append(str([shown(event) for event in seen[ROOM].values()]))
    assert len(set(pictures)) >= 6, "the steps do change it"


async def test_who_keeps_a_shift_is_named_as_people_are_in_chinese(
    chat: Chat, service: World, browser: httpx.AsyncClient
) -> None:
    await people(chat, "党代表", "党代表2")
    await give(chat, 0, "党代表")
    await give(chat, 1, "党代表2")
    day = (await roster(service))[0].slot.shift.day
    told = (await events(browser))[f"{day:%Y%m%d}-0.LJ01@workroom"]
    assert str(told["DESCRIPTION"]).startswith("值班：周文斌、陆晓梅\n") and "平时" not in told["DESCRIPTION"]
    assert told["URL"] == "http://workroom.test/workrooms/LJ01"


async def test_ones_own_shift_of_today_is_certain(
    chat: Chat, service: World, browser: httpx.AsyncClient
) -> None:
    await people(chat, "党代表")
    await give(chat, 0, "党代表")
    async with service.unit() as uow:
        await uow.connection.execute(sa.update(shifts).values(tentative=True))
    path, shift = await _address(chat), (await roster(service))[0].slot.shift
    uid = f"shift-{shift.id}.{(await chat.seat('党代表')).id}@workroom"
    states = []
    for moment in (f"{shift.day:%Y-%m-%d} 00:00", f"{shift.day:%Y-%m-%d} 23:59"):
        states.append((await events(browser, path))[uid]["STATUS"])
        await chat(f"时间: {moment}")
    states.append((await events(browser, path))[uid]["STATUS"])
    assert states == ["TENTATIVE", "CONFIRMED", "CONFIRMED"]


async def test_apples_calendars_are_asked_to_subscribe(service: World, browser: httpx.AsyncClient) -> None:
    """A link to a file is copied once there, and never changes again; others know no such address."""
    await ruled(service)
    for agent, link in (
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)",
            "webcal://workroom.test/calendar/LJ01.ics",
        ),
        ("Mozilla/5.0 (Linux; Android 15)", "/calendar/LJ01.ics"),
        ("Mozilla/5.0 (iPhone) MicroMessenger/8.0", "/calendar/LJ01.ics"),
    ):
        page = await browser.get("/workrooms/LJ01", headers={"User-Agent": agent})
        assert f'<a href="{link}">' in page.text
