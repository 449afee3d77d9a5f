"""Changing when a workroom is open: who was told another day is told in the same transaction."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date

from domain.duty_rotation import places_for
from domain.effects import DecideDay, SetOpenDays, SetShiftPeople
from domain.errors import DomainError
from domain.hours import parse_hours
from domain.messages import Choice, Message
from domain.open_day_words import told
from domain.open_days import OneDay, Rule, rule_of
from domain.people import Seat
from domain.registry import Workroom
from handlers import open_day_changes
from handlers.next_open_days import next_days
from handlers.open_day_context import demand_room
from handlers.visit import Visit
from storage.calendar_deeds import CalendarDeeds, Decision
from storage.shift_sizes import ShiftSizes


async def begin(visit: Visit) -> list[Message]:
    """改开放日: for the workroom's liaison and the office; others see the days."""
    if not (visit.person.holding("liaison") or visit.person.holding("officer")):
        return [Message("open_days.liaison_only", {}, ((Choice("go:open_days", "command.open_days"),),))]
    return await visit.begin("change_open_days", {})


async def decide(visit: Visit, effect: DecideDay) -> list[Message]:
    """One day is closed, extra, at other hours, or as the rule says. Raises NotFound for others' rooms."""
    room = await demand_room(visit, effect.workroom)
    facts = {"day": effect.day, "kind": effect.kind, "hours": effect.hours}

    async def step() -> None:
        day, open_days = date.fromisoformat(effect.day), visit.uow.open_days
        if day < visit.now.today:
            raise DomainError("open_days.bad.past", day=effect.day)
        if effect.kind == "restore":
            await open_days.undecide(room.id, day, visit.now.moment)
            return
        hours = parse_hours(effect.hours) if effect.hours else ()
        said = OneDay(day, effect.kind, hours, effect.reason)
        await open_days.decide(room.id, said, _seat(visit, room.id), visit.now.moment)

    return await _settled(
        visit, room, Decision("day", room.id, _seat(visit, room.id), facts), effect.key, step
    )


async def save(visit: Visit, effect: SetOpenDays) -> list[Message]:
    """A rule in place of those there were, from today on. The days that are over stay as they were."""
    room = await demand_room(visit, effect.workroom)
    facts = {"rule": effect.rule, "hours": effect.hours, "on_holiday": effect.on_holiday}

    async def step() -> None:
        rule = rule_of(effect.rule, parse_hours(effect.hours), effect.on_holiday)
        rules: Sequence[Rule] = (rule.beginning(visit.now.today) if rule.recurrence.anchored else rule,)
        await visit.uow.open_days.set_rules({room.id: rules}, visit.now.moment)

    return await _settled(
        visit, room, Decision("rule", room.id, _seat(visit, room.id), facts), effect.key, step
    )


async def _settled(
    visit: Visit, room: Workroom, made: Decision, key: str, step: Callable[[], Awaitable[None]]
) -> list[Message]:
    """Do it once and tell whoever was told another day; the next days, as they stand now."""
    deeds, origin = CalendarDeeds(visit.uow.connection), f"{key}:{made.action}"
    done = await deeds.facts(origin)
    if done is None:
        await step()
        letters = await open_day_changes.settle(visit.uow, visit.now, (room.id,))
        done = {**made.facts, "letters": letters}
        await deeds.record(replace(made, facts=done), origin, visit.now.moment)
    days = await next_days(visit.uow, visit.now, room.id)
    params = {"workroom": room.name, "letters": done["letters"], "days": [told(day) for day in days]}
    more = (Choice("go:change_open_days", "command.change_open_days", minor=True),)
    return [Message("open_days.set", params, (more,))]


async def staff(visit: Visit, effect: SetShiftPeople) -> list[Message]:
    """How many keep each shift of the workroom; shifts to come get holes, or lose those they have."""
    room = await demand_room(visit, effect.workroom)
    deeds, origin = CalendarDeeds(visit.uow.connection), f"{effect.key}:people"
    done = await deeds.facts(origin)
    if done is None:
        people, sizes = effect.people or visit.terms.shift_people, ShiftSizes(visit.uow.connection)
        serving = await visit.uow.registry.representatives(room.id)
        await visit.uow.duty.hold(room.id)
        await sizes.set(room.id, effect.people)
        holes = await sizes.fit(room.id, places_for(people, len(serving)), visit.now.moment)
        done = {"people": people, "usual": effect.people is None, "holes": holes}
        made = Decision("people", room.id, _seat(visit, room.id), done)
        await deeds.record(made, origin, visit.now.moment)
    more = (Choice(f"duty:roster:{room.id}.0", "duty.do.roster"),)
    return [Message("open_days.staffed", {**done, "workroom": room.name}, (more,))]


def _seat(visit: Visit, room: int) -> Seat:
    """In whose name: the workroom's own liaison before the office."""
    held = sorted(visit.person.holdings, key=lambda holding: holding.workroom != room)
    return next(h.seat for h in held if h.role in ("liaison", "officer"))
