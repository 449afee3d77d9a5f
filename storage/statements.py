"""Statements that SQLite and PostgreSQL write alike, where SQLAlchemy keeps them apart."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(connection: AsyncConnection, table: sa.Table) -> Any:
    """An INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`, for this database."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return make(table)


async def upsert(connection: AsyncConnection, table: sa.Table, keys: tuple[str, ...], values: dict[str, Any]) -> None:
    """Write a row, or change the one with the same keys."""
    statement = insert(connection, table).values(values)
    rest = {name: statement.excluded[name] for name in values if name not in keys}
    await connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=rest))
