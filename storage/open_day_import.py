"""The registry's sheet of open days: a row a workroom, its rule and shift size in place of those it has."""

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.hours import parse_hours, write_hours
from domain.open_days import Rule, rule_of
from domain.registry_book import Record
from domain.registry_changes import Kept
from storage.open_days import OpenDays
from storage.shift_sizes import ShiftSizes
from storage.tables import workrooms

SHEET = "open_days"


async def kept_rules(conn: AsyncConnection) -> dict[str, Kept]:
    """The rules as rows of the sheet, by the workroom's code; of several of one workroom the first."""
    codes = dict((await conn.execute(sa.select(workrooms.c.id, workrooms.c.code))).tuples().all())
    plans = await OpenDays(conn).plans()
    sizes = await ShiftSizes(conn).of(codes)
    return {
        codes[room]: Kept(0, _record(codes[room], plan.rules[0], sizes.get(room)), len(plan.rules) == 1)
        for room, plan in plans.items()
        if plan.rules
    }


def _record(code: str, rule: Rule, people: int | None) -> Record:
    return {
        "workroom": code,
        "rule": rule.recurrence.text,
        "hours": write_hours(rule.periods),
        "on_holiday": rule.on_holiday,
        "valid_from": _written(rule.valid_from),
        "valid_until": _written(rule.valid_until),
        "people": str(people or ""),
    }


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""


async def write_rules(
    conn: AsyncConnection, rows: Mapping[str, Record], ids: Mapping[str, int], now: datetime
) -> None:
    """Give each workroom the rule of its row; what stays as it was is not touched.

    How many keep a shift holds for the rosters to come: those that are made stand.
    """
    wanted = {ids[code]: [_rule(record)] for code, record in rows.items() if code in ids}
    if wanted:
        await OpenDays(conn).set_rules(wanted, now)
    named = {
        ids[code]: record["people"] for code, record in rows.items() if code in ids and "people" in record
    }
    if named:
        await ShiftSizes(conn).set_all(
            {room: int(str(said)) if said else None for room, said in named.items()}
        )


def _rule(record: Record) -> Rule:
    text = {name: str(record.get(name) or "") for name in ("rule", "hours", "on_holiday")}
    days = [date.fromisoformat(str(record[name])) if record.get(name) else None for name in _DAYS]
    return rule_of(text["rule"], parse_hours(text["hours"]), text["on_holiday"], *days)


_DAYS = ("valid_from", "valid_until")
