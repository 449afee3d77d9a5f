"""Column types and naming that SQLite and PostgreSQL share."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = sa.MetaData(naming_convention=NAMES)


class Instant(TypeDecorator[datetime]):
    """A moment, always aware and in UTC; SQLite would otherwise forget the zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database; a moment without a zone is a bug."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out of the database, aware."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def few(name: str, *columns: str, where: str) -> sa.Index:
    """An index of these rows alone: the others, nearly all there are in time, cost it nothing.

    A query is found by it when it says the same as `where`, its constants written out
    (`storage.statements.written`); "is not null" is also said by every comparison.
    """
    only = sa.text(where)
    return sa.Index(name, *columns, postgresql_where=only, sqlite_where=only)


Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""An identifier: 64 bits; on SQLite the row's own number."""


def identifier() -> sa.Column[int]:
    """The primary key every table has."""
    return sa.Column("id", Number, primary_key=True, autoincrement=True)


def points_to(name: str, table: str, *, optional: bool = False, index: bool = False) -> sa.Column[Any]:
    """A reference to another table's row."""
    return sa.Column(name, Number, sa.ForeignKey(f"{table}.id"), nullable=optional, index=index)
