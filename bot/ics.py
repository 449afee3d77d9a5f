"""iCalendar files that Apple's, Google's and Outlook's calendars understand."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo

from icalendar import Calendar, Event

from domain.hours import Period
from domain.open_day_words import told
from domain.open_days import OpenDay
from domain.registry_book import clean
from handlers.calendars import NEVER, OwnCalendar, RoomCalendar
from storage.feeds import OwnShift

Say = Callable[..., str]

AGAIN = timedelta(hours=6)
"""How often a telephone should look again."""


def room_file(found: RoomCalendar, zone: tzinfo, say: Say, page: str) -> bytes:
    """A workroom's open days, one event a period; what isn't held any more is cancelled by its own name.

    An event that is only left out stays in some telephones (RFC 5545, 3.8.1.11; RFC 5546, 3.2.5).
    """
    calendar = _calendar(say("calendar.room_title", workroom=found.room.name), zone)
    for day in found.days:
        for event in _of_day(found, day, zone, say, page):
            calendar.add_component(event)
    for (nominal, place), (at, period) in found.gone.items():
        gone = OpenDay(at, (period,), nominal, held=False)
        calendar.add_component(_of_period(found, gone, place, period, zone, say))
    return bytes(calendar.to_ical())


def _of_day(found: RoomCalendar, day: OpenDay, zone: tzinfo, say: Say, page: str) -> Iterable[Event]:
    people = list(found.people.get(day.nominal, ()))
    lines = [
        say("calendar.on_duty", people=people) if people else "",
        say("open_days.why", **told(day)).strip() if day.why or day.tentative else "",
        page,
    ]
    for place, period in enumerate(day.periods):
        event = _of_period(found, day, place, period, zone, say)
        event.add("url", page)
        event.add(
            "description", "\n".join(clean(line) for text in lines for line in text.splitlines() if line)
        )
        yield event


def _of_period(
    found: RoomCalendar, day: OpenDay, place: int, period: Period, zone: tzinfo, say: Say
) -> Event:
    start, end = period.moments(day.day, zone)
    last = found.changed.get(day.nominal, found.last)
    event = _event(f"{day.nominal:%Y%m%d}-{place}.{found.room.code}@workroom", start, end, last.sequence)
    _changed(event, last.at)
    _state(event, say("calendar.open_day", workroom=found.room.name), say, day.held, day.tentative)
    event.add("location", clean(found.room.address))
    if found.room.latitude is not None and found.room.longitude is not None:
        event.add("geo", (found.room.latitude, found.room.longitude))
    return event


def own_file(found: OwnCalendar, zone: tzinfo, say: Say) -> bytes:
    """A representative's shifts; those that others keep by now are cancelled, as those not held."""
    calendar = _calendar(say("calendar.own_title", name=found.name), zone)
    for shift in found.shifts:
        calendar.add_component(_of_shift(found.id, shift, say))
    return bytes(calendar.to_ical())


def _of_shift(representative: int, shift: OwnShift, say: Say) -> Event:
    event = _event(
        f"shift-{shift.id}.{representative}@workroom", shift.starts_at, shift.ends_at, shift.version
    )
    _changed(event, shift.changed_at or NEVER)
    title = say("calendar.shift", workroom=shift.workroom)
    _state(event, title, say, not shift.cancelled, shift.tentative)
    event.add("location", clean(shift.address))
    return event


def _calendar(title: str, zone: tzinfo) -> Calendar:
    calendar, title = Calendar(), clean(title)
    for name, value in (
        ("prodid", "-//Workroom//Workroom//ZH"),
        ("version", "2.0"),
        ("calscale", "GREGORIAN"),
        ("method", "PUBLISH"),
        ("x-wr-calname", title),
        ("name", title),
        ("x-wr-timezone", str(zone)),
    ):
        calendar.add(name, value)
    calendar.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{AGAIN // timedelta(hours=1)}H")
    return calendar


def _event(uid: str, start: datetime, end: datetime, sequence: int) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstart", start.astimezone(UTC))
    event.add("dtend", max(end, start + timedelta(minutes=1)).astimezone(UTC))
    event.add("sequence", sequence)
    return event


def _changed(event: Event, at: datetime) -> None:
    """The moment of the last change, not of the reading: an unchanged calendar is the same file."""
    event.add("dtstamp", at.replace(microsecond=0))
    event.add("last-modified", at.replace(microsecond=0))


def _state(event: Event, title: str, say: Say, held: bool, tentative: bool) -> None:
    """Cancelled, tentative or certain: in the field for programs, and in the title for people."""
    state = "cancelled" if not held else "tentative" if tentative else "confirmed"
    said = title if state == "confirmed" else say(f"calendar.{state}", title=title)
    event.add("summary", clean(said))
    event.add("status", state.upper())
    event.add("transp", "TRANSPARENT" if not held else "OPAQUE")
