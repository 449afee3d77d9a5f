"""Changing when a workroom is open: who was told another day is told in the same transaction."""

from collections.abc import Sequence
from datetime import date

from domain.effects import DecideDay, SetOpenDays
from domain.errors import DomainError
from domain.hours import parse_hours
from domain.messages import Choice, Message
from domain.open_day_words import told
from domain.open_days import OneDay, Rule, rule_of
from domain.people import Seat
from handlers import open_day_changes
from handlers.next_open_days import next_days
from handlers.open_day_context import demand_room
from handlers.visit import Visit


async def begin(visit: Visit) -> list[Message]:
    """改开放日: for the workroom's liaison and the office; others see the days."""
    if not (visit.person.holding("liaison") or visit.person.holding("officer")):
        return [Message("open_days.liaison_only", {}, ((Choice("go:open_days", "command.open_days"),),))]
    return await visit.begin("change_open_days", {})


async def decide(visit: Visit, effect: DecideDay) -> list[Message]:
    """One day is closed, extra, at other hours, or as the rule says. Raises NotFound for others' rooms."""
    room = await demand_room(visit, effect.workroom)
    day = date.fromisoformat(effect.day)
    if day < visit.now.today:
        raise DomainError("open_days.bad.past", day=effect.day)
    if effect.kind == "restore":
        await visit.uow.open_days.undecide(room.id, day, visit.now.moment)
    else:
        hours = parse_hours(effect.hours) if effect.hours else ()
        said = OneDay(day, effect.kind, hours, effect.reason)
        await visit.uow.open_days.decide(room.id, said, _seat(visit, room.id), visit.now.moment)
    return await _done(visit, room.id, room.name)


async def save(visit: Visit, effect: SetOpenDays) -> list[Message]:
    """A rule in place of those there were, from today on. The days that are over stay as they were."""
    room = await demand_room(visit, effect.workroom)
    rule = rule_of(effect.rule, parse_hours(effect.hours), effect.on_holiday)
    rules: Sequence[Rule] = (rule.beginning(visit.now.today) if rule.recurrence.anchored else rule,)
    await visit.uow.open_days.set_rules({room.id: rules}, visit.now.moment)
    return await _done(visit, room.id, room.name)


async def _done(visit: Visit, room: int, name: str) -> list[Message]:
    """Tell whoever was told another day; the next days, as they stand now."""
    letters = await open_day_changes.settle(visit.uow, visit.now, (room,))
    days = await next_days(visit.uow, visit.now, room)
    params = {"workroom": name, "letters": letters, "days": [told(day) for day in days]}
    more = (Choice("go:change_open_days", "command.change_open_days", minor=True),)
    return [Message("open_days.set", params, (more,))]


def _seat(visit: Visit, room: int) -> Seat:
    """In whose name: the workroom's own liaison before the office."""
    held = sorted(visit.person.holdings, key=lambda holding: holding.workroom != room)
    return next(h.seat for h in held if h.role in ("liaison", "officer"))
