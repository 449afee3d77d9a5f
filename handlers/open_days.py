"""开放日: when a workroom is open next, who is there, why on that day, and being reminded of it."""

from collections.abc import Sequence
from datetime import date, timedelta

from domain.errors import NotFound
from domain.messages import Choice, Message, Rows
from domain.open_day_words import told
from domain.open_days import OpenDay, every_day
from domain.registry import Workroom
from domain.reminders import when_reminded
from handlers.next_open_days import next_days, tell
from handlers.visit import Visit

MOST = 8
"""Days explained in one message."""


async def show(visit: Visit) -> list[Message]:
    """开放日: the next three days with hours, people, reasons, and 提醒我."""
    room = await _room(visit)
    if room is None:
        return [Message("people.no_home", {}, ((Choice("go:home", "command.home"),),))]
    days = await next_days(visit.uow, visit.now, room.id)
    await tell(visit.uow, visit.person, room.id, days)
    wished = await _wished(visit, room.id, days)
    nominals = [day.nominal for day in days]
    people = await visit.uow.open_days.on_duty(room.id, nominals) if days else {}
    listed = [{**told(day), "people": list(people.get(day.nominal, ()))} for day in days]
    params = {
        "workroom": room.name,
        "address": room.address,
        "days": listed,
        "today": visit.now.today.isoformat(),
    }
    return [Message("open_days.next", params, _rows(visit, room.id, days, wished))]


async def why(visit: Visit) -> list[Message]:
    """为什么是这天: every coming day that isn't as usual, the cancelled ones too, in words."""
    room = await _room(visit)
    if room is None:
        return [Message("people.no_home", {}, ((Choice("go:home", "command.home"),),))]
    shown = await next_days(visit.uow, visit.now, room.id)
    until = shown[-1].day if shown else visit.now.today + timedelta(days=31)
    plan = await visit.uow.open_days.plan(room.id)
    days = [
        day for day in every_day(plan, visit.now.today, until, visit.now.calendar) if day.why or day.tentative
    ]
    return [Message("open_days.whys", {"workroom": room.name, "days": [told(day) for day in days[:MOST]]})]


async def _room(visit: Visit) -> Workroom | None:
    """The workroom where somebody serves, or else the one of their home."""
    served = next((h.workroom for h in visit.person.holdings if h.workroom), None)
    room = served or visit.person.home
    return await visit.uow.registry.workroom(room) if room else None


async def _wished(visit: Visit, room: int, days: Sequence[OpenDay]) -> set[date]:
    """The days this person wants to be reminded of."""
    if not days or not visit.person.id:
        return set()
    return await visit.uow.open_days.wished(visit.person.id, room, [day.nominal for day in days])


def _rows(visit: Visit, room: int, days: Sequence[OpenDay], wished: set[date]) -> Rows:
    rows: list[tuple[Choice, ...]] = []
    for day in days:
        if when_reminded(day.day, visit.now.moment, visit.now.calendar) is None:
            continue
        name = "unwish" if day.nominal in wished else "wish"
        data = f"{name}:{room}.{day.nominal:%Y%m%d}"
        rows.append(
            (Choice(data, f"open_days.{name}", {"day": day.day.isoformat()}, minor=name == "unwish"),)
        )
    if any(day.why or day.tentative for day in days):
        rows.append((Choice("go:why_day", "command.why_day", minor=True),))
    if visit.person.holding("liaison") or visit.person.holding("officer"):
        rows.append((Choice("go:change_open_days", "command.change_open_days", minor=True),))
    else:
        rows.append((Choice("go:file", "command.file", minor=True),))
    return tuple(rows)


async def wish(visit: Visit, which: str) -> list[Message]:
    """提醒我: the evening before, once; pressing again is the same wish.

    Whoever had switched such reminders off wants them again.
    """
    room, day = await _named(visit, which)
    await visit.uow.open_days.wish(visit.person.id, room.id, day.nominal, visit.now.moment)
    await visit.uow.open_days.tell({(visit.person.seat, room.id): [day]})
    await visit.uow.reminders.unmute(visit.person.id, "open_day")
    own = await visit.uow.quiet_hours.of(visit.person.id)
    at = when_reminded(day.day, visit.now.moment, visit.now.calendar, own)
    on = visit.now.calendar.day_of(at).isoformat() if at else ""
    params = {**told(day), "workroom": room.name, "on": on, "early": on == day.day.isoformat()}
    undo = Choice(f"unwish:{which}", "open_days.unwish", {"day": day.day.isoformat()}, minor=True)
    return [Message("open_days.wished", params, ((undo,),) if on else ())]


async def unwish(visit: Visit, which: str) -> list[Message]:
    """不用提醒: it is forgotten."""
    room, day = await _named(visit, which)
    await visit.uow.open_days.unwish(visit.person.id, room.id, day.nominal)
    await visit.uow.open_days.untell(visit.person.seat, room.id, day.nominal)
    again = Choice(f"wish:{which}", "open_days.wish", {"day": day.day.isoformat()})
    return [Message("open_days.unwished", told(day), ((again,),))]


async def _named(visit: Visit, which: str) -> tuple[Workroom, OpenDay]:
    """The workroom and coming day that a button names. Raises NotFound for a forged or bygone one."""
    room, _, nominal = which.partition(".")
    if not (room.isascii() and room.isdigit() and len(room) < 16 and nominal.isdigit() and len(nominal) == 8):
        raise NotFound
    try:
        wanted = date.fromisoformat(nominal)
    except ValueError:
        raise NotFound from None
    place = await visit.uow.registry.workroom(int(room))
    days = await next_days(visit.uow, visit.now, int(room), most=100) if place else []
    found = next((day for day in days if day.nominal == wanted), None)
    if place is None or found is None:
        raise NotFound
    return place, found
