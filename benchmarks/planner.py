"""The planner's minute over a city: 1,600 workrooms, 12,800 representatives, 20,000 reminders due at once."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.figures import Counter, Figure, Stopwatch
from bot.channels.silent import Silent
from bot.planner import Planner
from bot.settings import settings as settings_of
from bot.wiring import Parts, assemble
from domain.codes import ALPHABET
from storage import tables as t
from storage.migrations import migrate
from storage.statements import add
from tests.postgres import running_postgres

ROOMS, EACH, DEPARTMENTS = 1_600, 8, 40
TERMS, RATINGS = 14_000, 2_800
"""Cases due today and ratings to be asked for again; two on duty in each workroom make up 20,000."""

LONG_AGO = 20_000
"""Closed cases beside them."""

PROMISED = 5_000.0
"""Milliseconds for the minute in which it all falls due."""

TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 29, 16, 1, tzinfo=UTC)
"""One minute past midnight in Shanghai, a working Monday."""

PORTION = 5_000
Row = Mapping[str, Any]


async def measure(folder: Path) -> list[Figure]:
    """On SQLite, then on a PostgreSQL of its own, whose processor time is not the planner's."""
    figures = await of_database(f"sqlite+aiosqlite:///{folder / 'city.sqlite3'}", folder, "SQLite")
    with running_postgres(crashes=True) as server:
        async with server.database() as url:
            return [*figures, *await of_database(url, folder, "PostgreSQL")]


async def of_database(url: str, folder: Path, kind: str) -> list[Figure]:
    """The minute in which everything falls due, the next one, the day's comparison of all rosters, and the
    same with nothing to do at all, over an empty database."""
    await migrate(url)
    async with _service(url, folder) as (parts, watch):
        await _rounds(parts, watch, f"{kind}: a minute in an empty city", 5)
        await _fill(parts)
        await _rounds(parts, watch, f"{kind}: 20,000 reminders", 1)
        await _rounds(parts, watch, f"{kind}: the minute after", 5)
        found = await _written(parts)
        await _compare_again(parts)
        await _rounds(parts, watch, f"{kind}: every roster made", 1)
        await _compare_again(parts)
        await _rounds(parts, watch, f"{kind}: every roster compared", 1)
    figures = [samples.figure(name, limit=PROMISED) for name, samples in watch.kinds.items()]
    return [*figures, Figure(f"{kind}: letters it wrote", float(found), unit="")]


async def _compare_again(parts: Parts) -> None:
    """As if a day had passed since the rosters were compared with the calendar."""
    async with parts.house.database.writing() as connection:
        await connection.execute(sa.update(t.rosters).values(checked_at=NOW - timedelta(days=2)))


@asynccontextmanager
async def _service(url: str, folder: Path) -> AsyncIterator[tuple[Parts, Stopwatch]]:
    given = settings_of(home=folder, database_url=url, _env_file=None)
    parts = assemble(given, {"web": Silent()}, clock=lambda: NOW, secret=b"of the benchmark", report=_fail)
    counter = Counter()
    parts.house.database.watch(counter)
    try:
        yield parts, Stopwatch(counter)
    finally:
        parts.house.shelf.close()
        await parts.close()


def _fail(trouble: BaseException) -> str:
    raise trouble


async def _rounds(parts: Parts, watch: Stopwatch, name: str, times: int) -> None:
    planner = Planner(parts.house)
    for _ in range(times):
        with watch.timing(name):
            await planner.round()


async def _written(parts: Parts) -> int:
    async with parts.house.database.reading() as connection:
        return int((await connection.execute(sa.select(sa.func.count()).select_from(t.outbox))).scalar_one())


async def _fill(parts: Parts) -> None:
    for table, rows in _everything():
        while portion := list(islice(rows, PORTION)):
            async with parts.house.database.writing() as connection:
                await add(connection, table, portion)
    if parts.house.database.engine.dialect.name == "postgresql":
        await _count_on(parts)


async def _count_on(parts: Parts) -> None:
    """The rows bear numbers of their own: the next ones are counted on from these."""
    async with parts.house.database.plain() as connection:
        for table, _ in _everything():
            if "id" in table.c:
                last = sa.select(sa.func.max(table.c.id)).scalar_subquery()
                counted = sa.func.pg_get_serial_sequence(table.name, "id")
                await connection.execute(sa.select(sa.func.setval(counted, last)).where(last.is_not(None)))
        await connection.execute(sa.text("ANALYZE"))


def _everything() -> Sequence[tuple[sa.Table, Iterator[Row]]]:
    return (
        (t.units, iter([{"id": 1, "code": "U", "name": "Yunshan", "kind": "district", "present": True}])),
        (t.departments, (_department(n) for n in range(1, DEPARTMENTS + 1))),
        (t.contacts, (_contact(n) for n in range(1, 2 * DEPARTMENTS + 1))),
        (t.officers, (_person(n, status="active") for n in range(1, 4))),
        (t.workrooms, (_room(n) for n in range(1, ROOMS + 1))),
        (t.liaisons, (_person(n, workroom_id=n, status="active") for n in range(1, ROOMS + 1))),
        (t.representatives, (_representative(n) for n in range(1, ROOMS * EACH + 1))),
        (t.persons, (_resident(n) for n in range(1, ROOMS + 1))),
        (t.bindings, (_binding(n) for n in range(1, ROOMS + 1))),
        (t.cases, (_case(n) for n in range(1, TERMS + RATINGS + LONG_AGO + 1))),
        (t.rounds, (_round(n) for n in range(1, TERMS + RATINGS + LONG_AGO + 1))),
        (t.routes, (_route(n) for n in range(1, TERMS + 1) if n % 3 == 2)),
        (t.open_day_rules, (_rule(n) for n in range(1, ROOMS + 1))),
        (t.rosters, (_roster(n) for n in range(1, ROOMS + 1))),
        (t.shifts, (_shift(n) for n in range(1, ROOMS + 1))),
        (t.slots, (_slot(n) for n in range(2 * ROOMS))),
    )


def _person(n: int, **more: Any) -> Row:
    return {"id": n, "code": f"C{n}", "name": f"N{n}", "phone": "", "present": True, **more}


def _department(n: int) -> Row:
    return {"id": n, "code": f"D{n}", "name": f"D{n}", "phone": "", "present": True}


def _contact(n: int) -> Row:
    return _person(n, department_id=(n - 1) // 2 + 1)


def _room(n: int) -> Row:
    return {"id": n, "code": f"W{n}", "name": f"Workroom {n}", "kind": "grassroots", "address": "",
            "unit_id": 1, "theme": "", "present": True}  # fmt: skip


def _representative(n: int) -> Row:
    return {"id": n, "code": f"R{n}", "name": f"N{n}", "level": "town", "workroom_id": (n - 1) // EACH + 1,
            "group": "", "electing_unit": "", "post": "", "contact": "", "commitment": "", "helps_with": "",
            "status": "active", "present": True}  # fmt: skip


def _resident(n: int) -> Row:
    return {"id": n, "language": "zh_CN", "name": "", "home_id": n, "created_at": NOW}


def _binding(n: int) -> Row:
    return {"person_id": n, "role": "representative", "subject_id": n * EACH, "bound_at": NOW}


def _stands(n: int) -> tuple[str, str | None]:
    """State and whose turn, in equal parts: liaison, representative, department; then answered, closed."""
    if n > TERMS + RATINGS:
        return "closed", None
    if n > TERMS:
        return "answered", "filer"
    return (("submitted", "liaison"), ("assigned", "handler"), ("handling", "contact"))[n % 3]


def _case(n: int) -> Row:
    room, (state, turn) = n % ROOMS + 1, _stands(n)
    filed = NOW - timedelta(days=14)
    answered = n > TERMS
    return {
        "id": n, "number": _number(n), "origin": f"c{n}", "workroom_id": room, "person_id": room,
        "kind": "problem", "words": "The lamp is dark.", "place": "", "privacy": "workroom_only",
        "urgent": False, "state": state, "round": 1, "open": turn is not None,
        "representative_id": room * EACH if n % 3 else None,
        "accept_by": TODAY, "opinion_by": TODAY, "answer_by": TODAY, "extended": False, "filed_at": filed,
        "answered_at": filed if answered else None, "rating_asks": int(answered),
        "ask_rating_on": TODAY if answered else None,
        "lapse_on": TODAY + timedelta(days=4) if answered else None,
        "waits_for": turn, "wait_until": TODAY if turn else None, "version": 3, "touched_at": filed,
    }  # fmt: skip


def _number(n: int) -> str:
    digits = ""
    for _ in range(6):
        n, digit = divmod(n, len(ALPHABET))
        digits += ALPHABET[digit]
    return digits


def _round(n: int) -> Row:
    return {"case_id": n, "number": 1, "cause": "filed", "opened_at": NOW - timedelta(days=14)}


def _route(n: int) -> Row:
    return {"case_id": n, "round": 1, "department_id": n % DEPARTMENTS + 1, "state": "acknowledged",
            "words": "", "answer_by": TODAY, "sent_at": NOW}  # fmt: skip


def _rule(n: int) -> Row:
    return {"workroom_id": n, "rule": "FREQ=MONTHLY;BYMONTHDAY=30", "hours": "09:00-12:00",
            "on_holiday": "next-workday"}  # fmt: skip


def _roster(n: int) -> Row:
    """The next month's is made and compared: that has a measurement of its own (`roster`)."""
    return {"workroom_id": n, "month": date(2026, 12, 1), "made_at": NOW, "checked_at": NOW}


def _shift(n: int) -> Row:
    starts = datetime(2026, 11, 30, 1, tzinfo=UTC)
    return {"id": n, "workroom_id": n, "day": TODAY, "starts_at": starts,
            "ends_at": starts + timedelta(hours=3), "nominal": TODAY, "part": 0, "tentative": False,
            "cancelled": False, "version": 0}  # fmt: skip


def _slot(n: int) -> Row:
    shift, place = n // 2 + 1, n % 2
    return {"shift_id": shift, "place": place, "representative_id": shift * EACH - place, "state": "taken",
            "version": 0, "minutes": 0, "counts": False}  # fmt: skip
