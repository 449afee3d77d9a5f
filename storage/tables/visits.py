"""Visits, talks and other activities of representatives: what was logged, and what the liaison decided.

Rows are only ever added. Who was visited stands apart, so that lists and exports never hold it by accident.
"""

import sqlalchemy as sa

from storage.columns import Instant, Number, identifier, metadata, points_to

# A table is read as a table: what belongs together stands on one line.
# fmt: off
S, T, N = sa.String, sa.Text, sa.Integer
Column, Table = sa.Column, sa.Table

activities = Table(
    "activities", metadata, identifier(),
    Column("origin", S(80), nullable=False, unique=True),
    points_to("representative_id", "representatives"), points_to("workroom_id", "workrooms"),
    Column("kind", S(20), nullable=False),  # domain.visits.KINDS
    Column("count", N, nullable=False), Column("place", S(200), nullable=False, default=""),
    Column("day", sa.Date, nullable=False), Column("words", T, nullable=False, default=""),
    Column("logged_at", Instant, nullable=False),
    points_to("corrects", "activities", optional=True),  # the returned log that this one puts right
    sa.Index("ix_activities_of_representative", "representative_id", "day"),
    sa.Index("ix_activities_of_workroom", "workroom_id", "id"),
    sa.UniqueConstraint("corrects"),
)

visited = Table(  # private: for the representative and the workroom's liaison alone
    "visited", metadata,
    Column("activity_id", Number, sa.ForeignKey("activities.id"), primary_key=True),
    Column("whom", S(200), nullable=False),
)

activity_files = Table(
    "activity_files", metadata, identifier(),
    points_to("activity_id", "activities", index=True), points_to("media_id", "media", index=True),
    Column("place", N, nullable=False, default=0),
)

activity_decisions = Table(  # one for each log: confirmed, returned or withdrawn, and never both
    "activity_decisions", metadata, identifier(),
    Column("activity_id", Number, sa.ForeignKey("activities.id"), nullable=False, unique=True),
    Column("decision", S(20), nullable=False),
    Column("seat", S(40), nullable=False), Column("at", Instant, nullable=False),
    Column("words", T, nullable=False, default=""),
    Column("origin", S(80), nullable=False, unique=True),
)

activity_cases = Table(  # requests that were opened from a visit
    "activity_cases", metadata,
    Column("case_id", Number, sa.ForeignKey("cases.id"), primary_key=True),
    points_to("activity_id", "activities", index=True),
)
