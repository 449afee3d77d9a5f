"""What the conversation about open days asks for; each checks that the workroom may be changed."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from conversations.checks import tidy
from conversations.flow import Option
from domain.day_words import resolve
from domain.errors import DomainError, NotFound, Retry
from domain.hours import parse_hours
from domain.messages import Text
from domain.open_day_words import span, told
from domain.open_days import Plan, open_days, rule_of
from domain.registry import Workroom
from domain.rule_words import in_words
from handlers.next_open_days import next_days
from handlers.visit import Visit
from storage.room_names import RoomNames
from storage.shift_sizes import ShiftSizes

ROOMS = 16
"""Workrooms found by a name at most: two pages."""

OFFERED = 16
"""Days offered to be changed: two pages."""

TRIED, A_YEAR = 6, timedelta(days=366)
"""Days shown before a rule is saved, looked for within a year."""


async def demand_room(visit: Visit, number: int) -> Workroom:
    """A workroom that this person may change: as its liaison, or any as the office. Raises NotFound."""
    own = {holding.workroom for holding in visit.person.holding("liaison")}
    room = await visit.uow.registry.workroom(number)
    if room is None or not (visit.person.holding("officer") or number in own):
        raise NotFound
    return room


async def rooms(visit: Visit) -> list[Option]:
    """The workrooms this person may change."""
    if visit.person.holding("officer"):
        return [Option(str(n), name) for n, name in await RoomNames(visit.uow.connection).all()]
    own = [holding.workroom for holding in visit.person.holding("liaison") if holding.workroom]
    names = await RoomNames(visit.uow.connection).of(own)
    return [Option(str(number), names[number]) for number in own]


async def rooms_named(visit: Visit) -> list[dict[str, str]]:
    """Those of them that the words name. Raises Retry when there is none."""
    what = visit.inbound.what
    words = tidy(what.text)[:60] if isinstance(what, Text) else ""
    allowed = {option.id for option in await rooms(visit)}
    found = await visit.uow.registry.workrooms_named(words, ROOMS) if words else ()
    known = [{"id": str(room.id), "text": room.name} for room in found if str(room.id) in allowed]
    if not known:
        raise Retry("link_home.not_found")
    return known


async def as_it_is(visit: Visit, room: str) -> Mapping[str, Any]:
    """The workroom's name, its rules in words, its next days."""
    place = await demand_room(visit, int(room))
    plan = await visit.uow.open_days.plan(place.id)
    days = await next_days(visit.uow, visit.now, place.id)
    sizes = await ShiftSizes(visit.uow.connection).of((place.id,))
    people = sizes.get(place.id, visit.terms.shift_people)
    shown = [told(day) for day in days]
    return {"workroom": place.name, "rules": _rules(plan), "days": shown, "people": people}


def _rules(plan: Plan) -> list[Mapping[str, Any]]:
    return [
        {**in_words(rule.recurrence), "hours": [span(period) for period in rule.periods]}
        for rule in plan.rules
    ]


async def coming(visit: Visit, room: str) -> list[Option]:
    """The next open days, to be closed or held at other hours."""
    place = await demand_room(visit, int(room))
    days = await next_days(visit.uow, visit.now, place.id, OFFERED)
    return [Option(day.day.isoformat(), _day(visit, day.day.isoformat())) for day in days]


async def excepted(visit: Visit, room: str) -> list[Option]:
    """Coming days for which something was decided."""
    place = await demand_room(visit, int(room))
    plan = await visit.uow.open_days.plan(place.id)
    days = sorted(day for day in plan.exceptions if day >= visit.now.today)
    return [Option(day.isoformat(), _day(visit, day.isoformat())) for day in days[:OFFERED]]


def _day(visit: Visit, day: str) -> str:
    return visit.house.words.say(visit.language, "open_days.day", {"day": day})


async def day_named(visit: Visit, written: str) -> str:
    """The day meant by what was written. Raises DomainError for one that is over, or years away."""
    day = resolve(written, visit.now.today)
    if not visit.now.today <= day <= visit.now.today + 2 * A_YEAR:
        raise DomainError("open_days.bad.past", day=day.isoformat())
    return day.isoformat()


async def tried(visit: Visit, what: str) -> Mapping[str, Any]:
    """The days that a rule would give, with what was decided for single days. Nothing is saved."""
    room, text, hours, on_holiday = json.loads(what)
    place = await demand_room(visit, int(room))
    rule = rule_of(text, parse_hours(hours), on_holiday)
    today = visit.now.today
    rule = rule.beginning(today) if rule.recurrence.anchored else rule
    kept = (await visit.uow.open_days.plan(place.id)).exceptions
    days = open_days(Plan((rule,), kept), today, today + A_YEAR, visit.now.calendar)[:TRIED]
    return {"workroom": place.name, "rules": _rules(Plan((rule,))), "days": [told(day) for day in days]}


OPEN_DAY_LOADERS: Mapping[str, Callable[..., Awaitable[Any]]] = {
    "open_day_rooms": rooms,
    "open_day_rooms_named": rooms_named,
    "open_days_of": as_it_is,
    "coming_open_days": coming,
    "excepted_days": excepted,
    "day_named": day_named,
    "tried_rule": tried,
}
"""Merged into handlers/context.LOADERS."""
