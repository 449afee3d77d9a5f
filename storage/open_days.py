"""Workrooms' open-day rules and exceptions, and who was told which day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.hours import Periods, parse_hours, write_hours
from domain.open_days import ExceptionKind, OneDay, OnHoliday, OpenDay, Plan, Rule
from domain.people import Seat
from domain.recurrence import parse_rule
from storage.remembered import Found
from storage.statements import add, add_later, upsert
from storage.tables import (
    calendar_changes,
    open_day_exceptions,
    open_day_rules,
    open_day_wishes,
    representatives,
    shifts,
    slots,
    told_days,
)

Ids = Collection[int] | None
"""Which workrooms; None: all."""


@dataclass(frozen=True, slots=True)
class Told:
    """That a seat was told a workroom's day. `day` is None when they were told that it isn't held."""

    id: int
    seat: Seat
    workroom: int
    nominal: date
    day: date | None
    periods: Periods
    times: int


class OpenDays:
    """When workrooms are open. What the days are is worked out by domain.open_days."""

    def __init__(self, connection: AsyncConnection, found: Found | None = None) -> None:
        """`found`: what is remembered of the registry, as of this moment."""
        self._connection = connection
        self._found: Found = {} if found is None else found

    async def plan(self, workroom: int) -> Plan:
        """All that is set for one workroom; remembered until any workroom's days are changed."""
        if (Plan, workroom) not in self._found:
            self._found[Plan, workroom] = (await self.plans((workroom,))).get(workroom, Plan())
        known: Plan = self._found[Plan, workroom]
        return known

    async def plans(self, workrooms: Ids = None) -> dict[int, Plan]:
        """Rules in force and exceptions by workroom, those without any left out: two queries for all."""
        rules: dict[int, list[Rule]] = defaultdict(list)
        for row in await self._rows(open_day_rules, workrooms, open_day_rules.c.ended_at.is_(None)):
            rules[row.workroom_id].append(rule_of_row(row))
        exceptions: dict[int, dict[date, OneDay]] = defaultdict(dict)
        for row in await self._rows(open_day_exceptions, workrooms):
            exceptions[row.workroom_id][row.day] = _one_day(row)
        return {room: Plan(tuple(rules[room]), exceptions[room]) for room in {**rules, **exceptions}}

    async def set_rules(self, wanted: Mapping[int, Sequence[Rule]], now: datetime) -> list[int]:
        """Give workrooms these rules in place of those they have; those for which that is a change."""
        kept = await self.plans(wanted.keys())
        changed = [room for room, rules in wanted.items() if tuple(rules) != kept.get(room, Plan()).rules]
        if changed:
            rules = open_day_rules
            ended = sa.update(rules).where(rules.c.workroom_id.in_(changed), rules.c.ended_at.is_(None))
            await self._connection.execute(ended.values(ended_at=now))
        rows = [_written(room, rule) for room in changed for rule in wanted[room]]
        if rows:
            await add(self._connection, open_day_rules, rows)
        await self.touch(changed, now)
        return changed

    async def decide(self, workroom: int, said: OneDay, by: Seat, now: datetime) -> None:
        """An exception for one day, in place of the one it has."""
        values = {"workroom_id": workroom, "day": said.day, "kind": said.kind, "reason": said.reason}
        values |= {"hours": write_hours(said.periods), "made_by": str(by), "made_at": now}
        await upsert(self._connection, open_day_exceptions, ("workroom_id", "day"), values)
        await self.touch((workroom,), now)

    async def undecide(self, workroom: int, day: date, now: datetime) -> bool:
        """Take a day's exception away; whether there was one."""
        ones = open_day_exceptions
        done = await self._connection.execute(
            sa.delete(ones).where(ones.c.workroom_id == workroom, ones.c.day == day)
        )
        if done.rowcount:
            await self.touch((workroom,), now)
        return bool(done.rowcount)

    async def touch(self, workrooms: Iterable[int], now: datetime) -> None:
        """The calendars of these workrooms say something else from now on."""
        kept = calendar_changes
        rooms = list(workrooms)
        if not rooms:
            return
        self._forget(rooms)
        rows = [{"workroom_id": room, "sequence": 0, "changed_at": now} for room in rooms]
        await add(self._connection, kept, rows, once=("workroom_id",))
        counted = sa.update(kept).where(kept.c.workroom_id.in_(rooms))
        await self._connection.execute(counted.values(sequence=kept.c.sequence + 1, changed_at=now))

    def _forget(self, workrooms: Iterable[int]) -> None:
        """Within this transaction too, what was remembered of them holds no longer."""
        for room in workrooms:
            self._found.pop((Plan, room), None)

    async def tell(self, told: Mapping[tuple[Seat, int], Iterable[OpenDay]]) -> None:
        """Note that seats were told days of a workroom: when one moves, they are told again."""
        rows = [
            {
                "seat": str(seat),
                "workroom_id": room,
                "nominal": day.nominal,
                "day": day.day if day.held else None,
                "hours": write_hours(day.periods),
                "times": 0,
            }
            for (seat, room), days in told.items()
            for day in days
        ]
        if rows:
            await add_later(self._connection, told_days, rows, once=("seat", "workroom_id", "nominal"))

    async def told(self, since: date, workrooms: Ids = None) -> list[Told]:
        """Who was told which days from `since` on: one query."""
        later = sa.or_(told_days.c.day >= since, told_days.c.nominal >= since)
        return [_told(row) for row in await self._rows(told_days, workrooms, later)]

    async def forget_told(self, before: date, workrooms: Collection[int]) -> None:
        """Days so long ago move no more: nobody need know who was told of them."""
        told = told_days.c
        over = sa.or_(told.day.is_(None), told.day < before)
        old = (told.workroom_id.in_(list(workrooms)), told.nominal < before, over)
        await self._connection.execute(sa.delete(told_days).where(*old))

    async def retell(self, told: Sequence[tuple[Told, OpenDay | None]]) -> None:
        """Note what was told instead, and that it was told once more."""
        day, hours = sa.bindparam("new_day", type_=sa.Date()), sa.bindparam("new_hours", type_=sa.String())
        statement = sa.update(told_days).where(told_days.c.id == sa.bindparam("its"))
        rows = [
            {
                "its": one.id,
                "new_day": now.day if now else None,
                "new_hours": write_hours(now.periods) if now else write_hours(one.periods),
            }
            for one, now in told
        ]
        await self._connection.execute(
            statement.values(day=day, hours=hours, times=told_days.c.times + 1), rows
        )

    async def rooms(self) -> list[int]:
        """The workrooms that have a rule or an exception: one query."""
        of_rules = sa.select(open_day_rules.c.workroom_id).where(open_day_rules.c.ended_at.is_(None))
        found = await self._connection.execute(of_rules.union(sa.select(open_day_exceptions.c.workroom_id)))
        return list(found.scalars())

    async def wish(self, person: int, workroom: int, nominal: date, now: datetime) -> None:
        """Somebody wants to be reminded of a day the evening before; wished twice is wished once."""
        row = {"person_id": person, "workroom_id": workroom, "nominal": nominal, "made_at": now}
        await add(self._connection, open_day_wishes, row, once=("person_id", "workroom_id", "nominal"))

    async def unwish(self, person: int, workroom: int, nominal: date) -> None:
        """They no longer want it."""
        wishes = open_day_wishes
        mine = (wishes.c.person_id == person, wishes.c.workroom_id == workroom, wishes.c.nominal == nominal)
        await self._connection.execute(sa.delete(wishes).where(*mine))

    async def wished(self, person: int, workroom: int, nominals: Sequence[date]) -> set[date]:
        """Of these days, those that somebody wants to be reminded of."""
        wishes = open_day_wishes.c
        mine = (wishes.person_id == person, wishes.workroom_id == workroom, wishes.nominal.in_(nominals))
        return set((await self._connection.execute(sa.select(wishes.nominal).where(*mine))).scalars())

    async def on_duty(self, workroom: int, nominals: Sequence[date]) -> dict[date, list[str]]:
        """Who keeps the workroom open on these nominal days, by name: one query."""
        held = sa.and_(slots.c.shift_id == shifts.c.id, slots.c.state.in_(("taken", "offered", "done")))
        query = (
            sa.select(shifts.c.nominal, representatives.c.name)
            .join(slots, held)
            .join(representatives, representatives.c.id == slots.c.representative_id)
            .where(shifts.c.workroom_id == workroom, shifts.c.nominal.in_(nominals), ~shifts.c.cancelled)
            .order_by(shifts.c.nominal, shifts.c.part, slots.c.place)
        )
        found: dict[date, list[str]] = defaultdict(list)
        for row in await self._connection.execute(query):
            if row.name not in found[row.nominal]:
                found[row.nominal].append(row.name)
        return dict(found)

    async def untell(self, seat: Seat, workroom: int, nominal: date) -> None:
        """They needn't hear any more when the day moves."""
        told = told_days.c
        its = (told.seat == str(seat), told.workroom_id == workroom, told.nominal == nominal)
        await self._connection.execute(sa.delete(told_days).where(*its))

    async def wishes(self, since: date, until: date, workrooms: Ids = None) -> list[tuple[int, int, date]]:
        """(person, workroom, nominal day) of the wishes for nominal days in a span: one query."""
        spans = open_day_wishes.c.nominal.between(since, until)
        rows = await self._rows(open_day_wishes, workrooms, spans)
        return [(row.person_id, row.workroom_id, row.nominal) for row in rows]

    async def _rows(self, table: sa.Table, workrooms: Ids, *where: Any) -> list[Any]:
        query = sa.select(table).where(*where).order_by(table.c.id)
        if workrooms is not None:
            query = query.where(table.c.workroom_id.in_(list(workrooms)))
        return list(await self._connection.execute(query))


def rule_of_row(row: Any) -> Rule:
    """The rule of a row."""
    on_holiday = cast(OnHoliday, row.on_holiday)
    return Rule(parse_rule(row.rule), parse_hours(row.hours), on_holiday, row.valid_from, row.valid_until)


def _written(room: int, rule: Rule) -> dict[str, Any]:
    return {
        "workroom_id": room,
        "rule": rule.recurrence.text,
        "hours": write_hours(rule.periods),
        "on_holiday": rule.on_holiday,
        "valid_from": rule.valid_from,
        "valid_until": rule.valid_until,
    }


def _one_day(row: Any) -> OneDay:
    hours = parse_hours(row.hours) if row.hours else ()
    return OneDay(row.day, cast(ExceptionKind, row.kind), hours, row.reason)


def _told(row: Any) -> Told:
    hours = parse_hours(row.hours) if row.hours else ()
    return Told(row.id, Seat.parse(row.seat), row.workroom_id, row.nominal, row.day, hours, row.times)
