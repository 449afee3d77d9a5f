"""What people were reminded of, and what they want to hear no more of."""

import sqlalchemy as sa

from storage.columns import Instant, Number, identifier, metadata

# A table is read as a table: what belongs together stands on one line.
# fmt: off
S, N, B = sa.String, sa.Integer, sa.Boolean
Column, Table = sa.Column, sa.Table

reminders = Table(  # one row for each reminder and seat; it outlives the letter
    "reminders", metadata, identifier(),
    Column("topic", S(20), nullable=False),  # whose turn (domain.reminders.WAITERS), shift, visit, …
    Column("subject_id", Number, nullable=False),  # a case, a shift, a representative, a year
    Column("turn", N, nullable=False, default=0),  # a case's round
    Column("day", sa.Date, nullable=False),  # the day it counts towards
    Column("step", S(10), nullable=False),
    Column("seat", S(40), nullable=False),
    Column("told", B, nullable=False),  # false: muted, or nobody was there to tell
    Column("at", Instant, nullable=False),
    sa.UniqueConstraint("topic", "subject_id", "turn", "day", "step", "seat"),
)

quiet_hours = Table(  # of people who have set their own; all others have the district's
    "quiet_hours", metadata,
    Column("person_id", Number, sa.ForeignKey("persons.id"), primary_key=True),
    Column("starts", sa.Time, nullable=False), Column("ends", sa.Time, nullable=False),
    Column("set_at", Instant, nullable=False),
)

mutes = Table(
    "mutes", metadata,
    Column("person_id", Number, sa.ForeignKey("persons.id"), primary_key=True),
    Column("kind", S(20), primary_key=True),  # domain.reminders.KINDS
    Column("muted_at", Instant, nullable=False),
)
