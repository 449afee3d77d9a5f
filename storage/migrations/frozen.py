"""Column types and names as the revisions knew them: never changed once a revision is out."""

from typing import Any

import sqlalchemy as sa

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

Instant = sa.DateTime(timezone=True)
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def identifier() -> sa.Column[int]:
    """The primary key every table has."""
    return sa.Column("id", Number, primary_key=True, autoincrement=True)


def points_to(name: str, table: str, *, optional: bool = False, index: bool = False) -> sa.Column[Any]:
    """A reference to another table's row."""
    return sa.Column(name, Number, sa.ForeignKey(f"{table}.id"), nullable=optional, index=index)
