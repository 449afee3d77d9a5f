"""What was decided about open days, how many keep a workroom's shifts, who kept a place before."""
# fmt: off

import sqlalchemy as sa
from alembic import op

from storage.migrations.frozen import NAMES, Instant, Number, identifier, points_to

revision = "0010"
down_revision = "0009"
metadata = sa.MetaData(naming_convention=NAMES)

S, N = sa.String, sa.Integer
Column, Table = sa.Column, sa.Table
TABLES = ("calendar_deeds", "shift_sizes", "past_holders")

for known in ("workrooms", "slots", "representatives"):
    Table(known, metadata, Column("id", Number, primary_key=True))
Table(
    "calendar_deeds", metadata, identifier(),
    points_to("workroom_id", "workrooms", optional=True),
    Column("at", Instant, nullable=False), Column("seat", S(40), nullable=False),
    Column("action", S(20), nullable=False),
    Column("facts", sa.JSON, nullable=False),
    Column("origin", S(80), nullable=False, unique=True),
    sa.Index("ix_calendar_deeds_of_workroom", "workroom_id", "at"),
)
Table(
    "shift_sizes", metadata,
    Column("workroom_id", Number, sa.ForeignKey("workrooms.id"), primary_key=True, autoincrement=False),
    Column("people", N, nullable=False),
)
Table(
    "past_holders", metadata, identifier(),
    points_to("slot_id", "slots"), points_to("representative_id", "representatives", index=True),
    sa.UniqueConstraint("slot_id", "representative_id"),
)


def upgrade() -> None:
    """Make the three tables."""
    metadata.create_all(op.get_bind(), [metadata.tables[name] for name in TABLES], checkfirst=False)


def downgrade() -> None:
    """Drop them."""
    for name in reversed(TABLES):
        op.drop_table(name)
