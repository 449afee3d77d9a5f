"""Writes the office's file into the registry: everything or nothing, many rows at a time."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.registry_binding import waiting
from domain.registry_book import Book, Record
from domain.registry_changes import (
    Existing,
    Imported,
    Kept,
    SheetChanges,
    compare,
    handovers,
    references,
    sample,
)
from domain.registry_sheets import BY_NAME, SHEETS
from storage.columns import metadata
from storage.open_day_import import SHEET, kept_rules, write_rules
from storage.statements import insert
from storage.tables import settings

Progress = Callable[[str, int, int], None]
"""Told of each portion written: sheet, rows done, rows to do."""

T = TypeVar("T")

PORTION = 1_000
"""Rows written at once."""

COMPARING = "5min"
"""How long PostgreSQL lets this transaction stand still; a conversation's has far less (storage/postgres)."""


async def plan_import(conn: AsyncConnection, book: Book) -> Imported:
    """What importing the book would change; nothing is written."""
    return _outcome(book, await _existing(conn))


async def import_registry(
    conn: AsyncConnection, book: Book, progress: Progress | None = None, now: datetime | None = None
) -> Imported:
    """Write the book in the caller's transaction and say what has changed.

    Rows are known again by code. What vanished stays, marked as not present. Whoever vanished and was
    replaced as a liaison has left. A file that doesn't call itself the sample makes the district a real one.
    """
    if conn.dialect.name == "postgresql":  # a city's book is compared for seconds between two statements
        await conn.execute(sa.text(f"SET LOCAL idle_in_transaction_session_timeout = '{COMPARING}'"))
    existing = await _existing(conn)
    outcome = _outcome(book, existing)
    ids = {name: {code: row.id for code, row in rows.items()} for name, rows in existing.items()}
    for sheet in SHEETS:
        if sheet.name in outcome.sheets and sheet.name != "settings" and not sheet.apart:
            await _write(conn, book, sheet.name, outcome.sheets[sheet.name], ids, progress)
    await _retire(conn, outcome)
    await _settings(conn, book)
    await write_rules(conn, book.of(SHEET), ids["workrooms"], now or datetime.now(UTC))
    return outcome


def _outcome(book: Book, existing: Existing) -> Imported:
    return Imported(compare(book, existing), handovers(book, existing), waiting(book), book.ignored)


async def _existing(conn: AsyncConnection) -> dict[str, dict[str, Kept]]:
    """Everything kept, by sheet and code, references as codes: one query a table."""
    tables = {s.name: metadata.tables[s.name] for s in SHEETS if not s.apart}
    rows = {name: (await conn.execute(sa.select(table))).mappings().all() for name, table in tables.items()}
    codes = {
        name: {row["id"]: row["code"] for row in found} for name, found in rows.items() if name != "settings"
    }
    kept = {
        name: {row[BY_NAME[name].key]: _kept(name, row, codes) for row in found}
        for name, found in rows.items()
    }
    return kept | {SHEET: await kept_rules(conn)}


def _kept(sheet: str, row: Mapping[Any, Any], codes: Mapping[str, Mapping[int, str]]) -> Kept:
    leads = references(sheet)
    record = {
        column.name: codes[leads[column.name]].get(row[column.name + "_id"])
        if column.name in leads
        else row[column.name]
        for column in BY_NAME[sheet].columns
    }
    if sheet == "categories":
        record["place"] = row["place"]
    return Kept(row.get("id", 0), record, row.get("present", True))


async def _write(
    conn: AsyncConnection,
    book: Book,
    sheet: str,
    changes: SheetChanges,
    ids: dict[str, dict[str, int]],
    progress: Progress | None,
) -> None:
    """One sheet: what is new or changed, in portions; then what vanished is marked."""
    table = metadata.tables[sheet]
    done, total = 0, len(changes.added) + len(changes.changed or {})
    for level in _levels(sheet, book, {*changes.added, *(changes.changed or {})}):
        for portion in _portions(level):
            await _upsert(conn, table, [_values(sheet, book, code, ids) for code in portion])
            done += len(portion)
            if progress is not None:
                progress(sheet, done, total)
        found = await conn.execute(sa.select(table.c.code, table.c.id))
        ids[sheet] = dict(found.tuples().all())
    for portion in _portions(changes.vanished or {}):
        await conn.execute(sa.update(table).where(table.c.code.in_(portion)).values(present=False))


def _levels(sheet: str, book: Book, codes: set[str]) -> list[list[str]]:
    """Units are written from above: a parent must have its number before what stands under it."""
    ordered = [code for code in book.of(sheet) if code in codes]
    if sheet != "units":
        return [ordered] if ordered else []
    kinds = ("district", "street", "community")
    levels = ([code for code in ordered if book.of(sheet)[code]["kind"] == kind] for kind in kinds)
    return [level for level in levels if level]


def _values(sheet: str, book: Book, code: str, ids: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """The record as the table's row."""
    record: Record = book.of(sheet)[code]
    leads = references(sheet)
    values = {
        (name + "_id" if name in leads else name): ids[leads[name]].get(str(value))
        if name in leads
        else value
        for name, value in record.items()
    }
    return {**values, "present": True}


async def _upsert(conn: AsyncConnection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """All rows with one prepared statement; the columns they don't name keep what they hold."""
    statement = insert(conn, table)
    changed = {name: statement.excluded[name] for name in rows[0] if name != "code"}
    await conn.execute(statement.on_conflict_do_update(index_elements=["code"], set_=changed), rows)


async def _retire(conn: AsyncConnection, outcome: Imported) -> None:
    """A liaison who is no longer in the file and was replaced has left; told once, not at every import."""
    table = metadata.tables["liaisons"]
    gone = [int(h.seat.rpartition(":")[2]) for h in outcome.handovers if h.reason == "replaced"]
    for portion in _portions(gone):
        await conn.execute(sa.update(table).where(table.c.id.in_(portion)).values(status="left"))


async def _settings(conn: AsyncConnection, book: Book) -> None:
    """The file's settings; those it doesn't name stay, the mark of the sample excepted."""
    values = {name: str(record["value"]) for name, record in book.of("settings").items()}
    values["sample"] = "true" if sample(book) else "false"
    statement = insert(conn, settings)
    update = statement.on_conflict_do_update(
        index_elements=["name"], set_={"value": statement.excluded["value"]}
    )
    await conn.execute(update, [{"name": name, "value": value} for name, value in values.items()])


def _portions(items: Iterable[T]) -> Iterable[list[T]]:
    rest = iter(items)
    while portion := list(islice(rest, PORTION)):
        yield portion
