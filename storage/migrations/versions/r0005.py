"""Reminders once, their mutes; visits and activities with what the liaison decided."""
# fmt: off

import sqlalchemy as sa
from alembic import op

from storage.migrations.frozen import NAMES, Instant, Number, identifier, points_to

revision = "0005"
down_revision = "0004"
metadata = sa.MetaData(naming_convention=NAMES)

S, T, N, B = sa.String, sa.Text, sa.Integer, sa.Boolean
Column, Table = sa.Column, sa.Table
for known in ("persons", "cases", "representatives", "workrooms", "media"):  # what is there and pointed to
    Table(known, metadata, identifier())
reminders = Table(
    "reminders", metadata, identifier(),
    Column("topic", S(20), nullable=False),
    Column("subject_id", Number, nullable=False),
    Column("turn", N, nullable=False, default=0),
    Column("day", sa.Date, nullable=False),
    Column("step", S(10), nullable=False),
    Column("seat", S(40), nullable=False),
    Column("told", B, nullable=False),
    Column("at", Instant, nullable=False),
    sa.UniqueConstraint("topic", "subject_id", "turn", "day", "step", "seat"),
)
mutes = Table(
    "mutes", metadata,
    Column("person_id", Number, sa.ForeignKey("persons.id"), primary_key=True),
    Column("kind", S(20), primary_key=True),
    Column("muted_at", Instant, nullable=False),
)
activities = Table(
    "activities", metadata, identifier(),
    Column("origin", S(80), nullable=False, unique=True),
    points_to("representative_id", "representatives"), points_to("workroom_id", "workrooms"),
    Column("kind", S(20), nullable=False),
    Column("count", N, nullable=False), Column("place", S(200), nullable=False, default=""),
    Column("day", sa.Date, nullable=False), Column("words", T, nullable=False, default=""),
    Column("logged_at", Instant, nullable=False),
    points_to("corrects", "activities", optional=True),
    sa.Index("ix_activities_of_representative", "representative_id", "day"),
    sa.Index("ix_activities_of_workroom", "workroom_id", "id"),
    sa.UniqueConstraint("corrects"),
)
visited = Table(
    "visited", metadata,
    Column("activity_id", Number, sa.ForeignKey("activities.id"), primary_key=True),
    Column("whom", S(200), nullable=False),
)
activity_files = Table(
    "activity_files", metadata, identifier(),
    points_to("activity_id", "activities", index=True), points_to("media_id", "media", index=True),
    Column("place", N, nullable=False, default=0),
)
activity_decisions = Table(
    "activity_decisions", metadata, identifier(),
    Column("activity_id", Number, sa.ForeignKey("activities.id"), nullable=False, unique=True),
    Column("decision", S(20), nullable=False),
    Column("seat", S(40), nullable=False), Column("at", Instant, nullable=False),
    Column("words", T, nullable=False, default=""),
    Column("origin", S(80), nullable=False, unique=True),
)
activity_cases = Table(
    "activity_cases", metadata,
    Column("case_id", Number, sa.ForeignKey("cases.id"), primary_key=True),
    points_to("activity_id", "activities", index=True),
)
MADE = [reminders, mutes, activities, visited, activity_files, activity_decisions, activity_cases]


def upgrade() -> None:
    """Make the tables, and the index by which the planner looks at what waits."""
    metadata.create_all(op.get_bind(), tables=MADE, checkfirst=False)
    op.create_index("ix_cases_waiting", "cases", ["wait_until"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_cases_waiting", "cases")
    metadata.drop_all(op.get_bind(), tables=MADE, checkfirst=False)
