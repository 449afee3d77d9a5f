"""A month's rosters for a city: 1,600 workrooms, 12,800 representatives (rule 12), as the planner does."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from benchmarks.ground import filled, service
from handlers import duty_rosters
from storage.unit import UnitOfWork

ROOMS, EACH = 1_600, 8
LIMIT = 10.0
"""Seconds promised (issue 4)."""

RULES = ("FREQ=MONTHLY;BYMONTHDAY=10,20", "FREQ=MONTHLY;BYMONTHDAY=21", "FREQ=WEEKLY;BYDAY=TH")
"""The calendars that the documents name (rules 30 to 32)."""


def fill(file: Path) -> None:
    """Workrooms with their representatives and open-day rules, beside the sample's."""
    with closing(sqlite3.connect(file)) as connection:
        unit = connection.execute("SELECT id FROM units ORDER BY id LIMIT 1").fetchone()[0]
        first = connection.execute("SELECT max(id) + 1 FROM workrooms").fetchone()[0]
        _many(connection, "workrooms", (_room(n, first + n, unit) for n in range(ROOMS)))
        _many(connection, "representatives", (_person(n, first) for n in range(ROOMS * EACH)))
        _many(connection, "open_day_rules", (_rule(n, first) for n in range(ROOMS)))
        connection.commit()


def _many(connection: sqlite3.Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    made = list(rows)
    names = ", ".join(f'"{name}"' for name in made[0])
    marks = ", ".join(f":{name}" for name in made[0])
    connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", made)  # noqa: S608


def _room(n: int, number: int, unit: int) -> dict[str, Any]:
    return {"id": number, "code": f"B{n}", "name": f"B{n}", "kind": "grassroots", "address": "",
            "unit_id": unit, "theme": "", "present": True}  # fmt: skip


def _person(n: int, first: int) -> dict[str, Any]:
    return {"code": f"B{n}", "name": f"B{n}", "level": "district", "group": "", "electing_unit": "",
            "workroom_id": first + n // EACH, "post": "", "contact": "", "commitment": "", "helps_with": "",
            "status": "active", "present": True}  # fmt: skip


def _rule(n: int, first: int) -> dict[str, Any]:
    rule = RULES[n % len(RULES)]
    on_holiday = "cancel" if "WEEKLY" in rule else "next-workday"
    return {"workroom_id": first + n, "rule": rule, "hours": "08:00-11:00", "on_holiday": on_holiday}


async def measure(folder: Path) -> list[Figure]:
    """The month made, statements a batch; the next round; all of it compared again, statements in all."""
    given = await filled(folder)
    fill(given.home / "workroom.sqlite3")
    async with service(given) as ground:
        house, watch, figures = ground.parts.house, ground.watch, []
        later = replace(house, clock=lambda: house.clock() + timedelta(hours=2))
        rounds = {"a month's rosters": house, "a round with nothing to do": house, "compared again": later}
        for name, when in rounds.items():
            with watch.timing(name):
                rooms = await duty_rosters.make(when)
            taken = watch.kinds[name]
            batches = -(-rooms // duty_rosters.BATCH) if when is house else 1
            each = taken.statements[0] / max(1, batches)
            figures.append(Figure(name, taken.wall[0], "s", cpu=taken.cpu[0], statements=each, limit=LIMIT))
        async with house.database.reading() as connection:
            holes = await UnitOfWork(connection).duty.all_holes(house.clock())
        assert not holes, "every workroom has people enough"
    return figures
