"""Statements that SQLite and PostgreSQL write alike, compiled once: that takes longer than running them."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Row = Mapping[str, Any]


class Changed(Exception):
    """Somebody was faster: load what it is about again and look anew."""


class Ready:
    """A statement with its parameters left open, compiled when it is first run on each kind of database.

    `make` is the statement, or gives it for a dialect's name. Its parameters are `sa.bindparam`s by name.
    """

    def __init__(self, make: sa.Executable | Callable[[str], sa.Executable], **how: Any) -> None:
        self._make, self._how = make, how
        self._compiled: dict[str, Any] = {}

    async def run(
        self, connection: AsyncConnection, params: Row | Sequence[Row] | None = None
    ) -> sa.CursorResult[Any]:
        """Execute it; a sequence of parameters runs it once for each."""
        return await connection.execute(self._for(connection.dialect), params)

    async def apart(self, connection: AsyncConnection, params: Row | None = None) -> sa.CursorResult[Any]:
        """Look at what no write that waits (`later`) concerns: they go on waiting, and save a trip."""
        look = getattr(connection, "apart", connection.execute)
        found: sa.CursorResult[Any] = await look(self._for(connection.dialect), params)
        return found

    async def later(self, connection: AsyncConnection, params: Row | Sequence[Row]) -> None:
        """Execute it by the transaction's end, for nobody needs its result; PostgreSQL does many at once.

        Only what doesn't depend on other such writes: a statement that is run sees all those before it.
        """
        wait = getattr(connection, "later", None)
        if wait is None:
            await self.run(connection, params)
        else:
            wait(self._for(connection.dialect), params)

    def _for(self, dialect: sa.Dialect) -> Any:
        compiled = self._compiled.get(dialect.name)
        return compiled if compiled is not None else self._compile(dialect)

    def _compile(self, dialect: sa.Dialect) -> Any:
        made: Any = self._make(dialect.name) if callable(self._make) else self._make
        compiled = self._compiled[dialect.name] = made.compile(dialect=dialect, **self._how)
        return compiled


def written(*values: str) -> list[sa.ColumnElement[str]]:
    """Constants of ours that stand in the statement's text.

    PostgreSQL's plans are made once for all parameters: of a constant it knows how many rows have it.
    """
    return [sa.literal_column(f"'{value}'", sa.String()) for value in values]


def insert(connection: AsyncConnection, table: sa.Table) -> Any:
    """An INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`, for this database."""
    return insert_for(connection.dialect.name, table)


def insert_for(dialect: str, table: sa.Table) -> Any:
    """The same by the dialect's name, for statements that are compiled later."""
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)


@cache
def _adding(
    table: sa.Table, names: tuple[str, ...], once: tuple[str, ...] | None, giving: str, many: bool
) -> Ready:
    def make(dialect: str) -> Any:
        made = insert_for(dialect, table)
        if once is not None:
            made = made.on_conflict_do_nothing(index_elements=once or None)
        return made.returning(table.c[giving]) if giving else made.inline()

    return Ready(make, column_keys=list(names), for_executemany=many)


@cache
def _putting(table: sa.Table, names: tuple[str, ...], keys: tuple[str, ...], many: bool) -> Ready:
    def make(dialect: str) -> Any:
        made = insert_for(dialect, table)
        rest = {name: made.excluded[name] for name in names if name not in keys}
        return made.on_conflict_do_update(index_elements=list(keys), set_=rest)

    return Ready(make, column_keys=list(names), for_executemany=many)


@cache
def _changing(table: sa.Table, names: tuple[str, ...], keys: tuple[str, ...]) -> Ready:
    where = [table.c[key] == sa.bindparam(f"its_{key}") for key in keys]
    return Ready(sa.update(table).where(*where), column_keys=list(names))


async def add(
    connection: AsyncConnection,
    table: sa.Table,
    values: Row | Sequence[Row],
    *,
    once: tuple[str, ...] | None = None,
    giving: str = "",
) -> Any:
    """Write one row, or many alike. `once`: a row that conflicts there (empty: anywhere) is left out.

    Gives the column `giving` of the one row, or None when it was left out.
    """
    many = not isinstance(values, Mapping)
    first: Row = values[0] if many else values  # type: ignore[index,assignment]
    done = await _adding(table, tuple(first), once, giving, many).run(connection, values)
    return done.scalar_one_or_none() if giving else None


async def add_later(
    connection: AsyncConnection,
    table: sa.Table,
    values: Row | Sequence[Row],
    *,
    once: tuple[str, ...] | None = None,
) -> None:
    """As `add`, by the end of the transaction: nobody looks at it before (`Ready.later`)."""
    many = not isinstance(values, Mapping)
    first: Row = values[0] if many else values  # type: ignore[index,assignment]
    await _adding(table, tuple(first), once, "", many).later(connection, values)


async def upsert(
    connection: AsyncConnection, table: sa.Table, keys: tuple[str, ...], values: Row | Sequence[Row]
) -> None:
    """Write a row, or many alike; or change those with the same keys."""
    many = not isinstance(values, Mapping)
    first: Row = values[0] if many else values  # type: ignore[index,assignment]
    await _putting(table, tuple(first), keys, many).run(connection, values)


async def upsert_together(
    connection: AsyncConnection, table: sa.Table, keys: tuple[str, ...], values: Sequence[Row]
) -> None:
    """As `upsert` of many, in one trip to PostgreSQL; of rows alike the last one counts."""
    rows = list({tuple([row[key] for key in keys]): row for row in values}.values())
    put, settle = _putting(table, tuple(rows[0]), keys, True), getattr(connection, "settle", None)
    if settle is None:
        await put.run(connection, rows)
        return
    await settle()  # what was to be written before is written before
    await put.later(connection, rows)
    await settle()


async def change(connection: AsyncConnection, table: sa.Table, keys: Row, values: Row) -> int:
    """Give the rows with these keys these values; how many there were."""
    its = {f"its_{name}": value for name, value in keys.items()}
    done = await _changing(table, tuple(values), tuple(keys)).run(connection, {**values, **its})
    return int(done.rowcount)
