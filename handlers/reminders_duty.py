"""Reminders of duty: the evening before a shift and that morning, and an open day somebody wished for."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from domain.casework import Now
from domain.hours import Periods
from domain.messages import Choice, Message
from domain.open_day_words import span
from domain.open_days import Plan, open_days
from domain.people import Seat
from domain.reminders import Due, Name, is_evening
from storage.reminders_duty import DutyReminders, Place, Wish
from storage.unit import UnitOfWork

MOVES = timedelta(days=31)
"""No holidays in a row are longer: a nominal day earlier than this has been held, or is not."""


TOPICS = ("shift", "open_day")
"""What is about one day, and of no use after it."""


async def shifts_ahead(uow: UnitOfWork, now: Now) -> list[Due]:
    """To whoever is on duty: the evening before, and in the morning after the quiet hours (rules 30-33)."""
    found: list[Due] = []
    places = DutyReminders(uow.connection)
    if is_evening(now.moment, now.calendar):
        eve = await places.of_day(now.today + timedelta(days=1), "eve", now.moment)
        found += [_of_shift(now, place, "eve") for place in eve]
    for place in await places.of_day(now.today, "morning", now.moment):
        found.append(_of_shift(now, place, "morning"))
    return found


_KINDS = {"eve": ("eve", "reminder.shift_eve"), "morning": ("shift", "reminder.shift_morning")}


def _of_shift(now: Now, place: Place, step: str) -> Due:
    kind, words = _KINDS[step]
    params = {**_hours(now, place), "workroom": place.room, "address": place.address}
    seat = Seat("representative", place.representative)
    slot = Choice(f"duty:slot:{place.slot}", "duty.do.slot")
    rows = ((slot,),) if step == "eve" else ((Choice("go:check_in", "command.check_in"), slot),)
    return Due("shift", place.shift, place.day, step, seat, kind, Message(words, params, rows))


def _hours(now: Now, place: Place) -> dict[str, Any]:
    times = {"start": _clock(now, place.starts_at), "end": _clock(now, place.ends_at)}
    return {"day": place.day.isoformat(), **times, "tentative": place.tentative}


async def wishes(uow: UnitOfWork, now: Now) -> list[Due]:
    """The resident who asked for it hears the evening before that the workroom is open."""
    if not is_evening(now.moment, now.calendar):
        return []
    tomorrow = now.today + timedelta(days=1)
    wished = await DutyReminders(uow.connection).wished(tomorrow - MOVES, tomorrow)
    if not wished:
        return []
    plans = await uow.open_days.plans({wish.workroom for wish in wished})
    tomorrows = {room: dict(_open_on(tomorrow, plan, now)) for room, plan in plans.items()}
    return [
        _of_wish(wish, tomorrow, hours)
        for wish in wished
        if (hours := tomorrows.get(wish.workroom, {}).get(wish.nominal)) is not None
    ]


def _open_on(day: date, plan: Plan, now: Now) -> Iterator[tuple[date, Periods]]:
    """The nominal days that are held on a day, with their hours."""
    for one in open_days(plan, day, day, now.calendar):
        yield one.nominal, one.periods


def _of_wish(wish: Wish, day: date, hours: Periods) -> Due:
    params = {"workroom": wish.room, "address": wish.address, "day": day.isoformat(), "hours": _spans(hours)}
    message = Message("reminder.open_day", params)
    seat = Seat("person", wish.person)
    return Due("open_day", wish.workroom, wish.nominal, "eve", seat, "open_day", message)


async def shifts_settled(uow: UnitOfWork, now: Now, names: Mapping[int, Name]) -> set[int]:
    """Shifts that somebody else keeps by now, that were moved or called off; evenings that have passed."""
    about = {letter: name for letter, name in names.items() if name.topic == "shift"}
    if not about:
        return set()
    held = await DutyReminders(uow.connection).held([name.subject for name in about.values()])
    return {
        letter
        for letter, name in about.items()
        if (name.seat.id, name.day) not in held.get(name.subject, set())
        or (name.step == "eve" and now.today >= name.day)
    }


async def wishes_settled(uow: UnitOfWork, now: Now, names: Mapping[int, Name]) -> set[int]:
    """Open days that nobody wants to hear of any more."""
    about = {letter: name for letter, name in names.items() if name.topic == "open_day"}
    if not about:
        return set()
    days = [name.day for name in about.values()]
    wished = await uow.open_days.wishes(min(days), max(days), {name.subject for name in about.values()})
    still = set(wished)
    return {n for n, name in about.items() if (name.seat.id, name.subject, name.day) not in still}


async def otherwise_now(
    uow: UnitOfWork, now: Now, names: Mapping[int, Name], told: Mapping[int, Message]
) -> set[int]:
    """What names a day or hours that hold no more; of the new ones its reader hears by another letter."""
    shifts = {letter: name for letter, name in names.items() if name.topic == "shift"}
    wished = {letter: name for letter, name in names.items() if name.topic == "open_day"}
    gone: set[int] = set()
    if shifts:
        spans = await DutyReminders(uow.connection).spans({name.subject for name in shifts.values()})
        for letter, name in shifts.items():
            start, end = (_clock(now, at) for at in spans.get(name.subject, (now.moment, now.moment)))
            said = told[letter].params
            gone |= set() if (said["start"], said["end"]) == (start, end) else {letter}
    if wished:
        plans = await uow.open_days.plans({name.subject for name in wished.values()})
        for letter, name in wished.items():
            said, plan = told[letter].params, plans.get(name.subject, Plan())
            day = date.fromisoformat(said["day"])
            held = dict(_open_on(day, plan, now)).get(name.day)
            gone |= set() if held is not None and _spans(held) == said["hours"] else {letter}
    return gone


def _clock(now: Now, at: datetime) -> str:
    return f"{at.astimezone(now.calendar.zone):%H:%M}"


def _spans(hours: Periods) -> list[list[str]]:
    return [span(period) for period in hours]
