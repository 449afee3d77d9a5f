"""Where conversations stand, and what was begun and not finished."""

import sqlalchemy as sa

from storage.columns import Instant, Number, metadata

# A table is read as a table: what belongs together stands on one line.
# fmt: off
S = sa.String
Column, Table = sa.Column, sa.Table

sessions = Table(
    "sessions", metadata,
    Column("channel", S(20), primary_key=True), Column("chat", S(80), primary_key=True),
    Column("user", S(80), primary_key=True),
    Column("state", S(80)),  # <flow>:<step>
    Column("data", sa.JSON, nullable=False, default=dict),
    Column("handled", sa.JSON, nullable=False, default=list),
    Column("answer", sa.JSON), Column("shown", sa.JSON),
    Column("saved_at", Instant, nullable=False),
)

drafts = Table(
    "drafts", metadata,
    Column("person_id", Number, sa.ForeignKey("persons.id"), primary_key=True),
    Column("flow", S(40), primary_key=True),
    Column("subject", S(12), primary_key=True, default=""),  # the case it is about
    Column("step", S(40), nullable=False), Column("data", sa.JSON, nullable=False),
    Column("saved_at", Instant, nullable=False),
)
