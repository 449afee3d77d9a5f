"""When workrooms are open, what was told about it, and the notices of working days."""

import sqlalchemy as sa

from storage.columns import Instant, Number, identifier, metadata, points_to

# A table is read as a table: what belongs together stands on one line.
# fmt: off
S, T, N, B = sa.String, sa.Text, sa.Integer, sa.Boolean
Column, Table = sa.Column, sa.Table

open_day_rules = Table(
    "open_day_rules", metadata, identifier(),
    points_to("workroom_id", "workrooms", index=True),
    Column("rule", S(300), nullable=False),  # RFC 5545, without DTSTART
    Column("hours", S(100), nullable=False),  # 08:00-11:00,14:00-17:00
    Column("on_holiday", S(20), nullable=False),  # next-workday | cancel | keep
    Column("valid_from", sa.Date), Column("valid_until", sa.Date),  # nominal days, both included
    Column("ended_at", Instant),  # replaced by another; kept, so that calendars can take its days back
)

open_day_exceptions = Table(
    "open_day_exceptions", metadata, identifier(),
    points_to("workroom_id", "workrooms"), Column("day", sa.Date, nullable=False),
    Column("kind", S(20), nullable=False),  # closed | extra | hours
    Column("hours", S(100), nullable=False, default=""),
    Column("reason", S(200), nullable=False, default=""),
    Column("made_by", S(40), nullable=False), Column("made_at", Instant, nullable=False),
    sa.UniqueConstraint("workroom_id", "day"),
)

calendar_changes = Table(  # of a workroom's days, for its calendars' SEQUENCE and LAST-MODIFIED
    "calendar_changes", metadata,
    Column("workroom_id", Number, sa.ForeignKey("workrooms.id"), primary_key=True, autoincrement=False),
    Column("sequence", N, nullable=False), Column("changed_at", Instant, nullable=False),
)

told_days = Table(  # who was told which day: told again, once, when it moves
    "told_days", metadata, identifier(),
    Column("seat", S(40), nullable=False), points_to("workroom_id", "workrooms"),
    Column("nominal", sa.Date, nullable=False),
    Column("day", sa.Date), Column("hours", S(100), nullable=False, default=""),  # no day: told it isn't held
    Column("times", N, nullable=False, default=0),  # how often it was told to have changed
    sa.UniqueConstraint("seat", "workroom_id", "nominal"),
    sa.Index("ix_told_days_of_workroom", "workroom_id", "nominal"),
)

calendar_deeds = Table(  # only ever added to: who changed which days, and what came of it
    "calendar_deeds", metadata, identifier(),
    points_to("workroom_id", "workrooms", optional=True),  # none: a notice, for all of them
    Column("at", Instant, nullable=False), Column("seat", S(40), nullable=False),
    Column("action", S(20), nullable=False),  # notice | day | rule | people
    Column("facts", sa.JSON, nullable=False, default=dict),
    Column("origin", S(80), nullable=False, unique=True),
    sa.Index("ix_calendar_deeds_of_workroom", "workroom_id", "at"),
)

open_day_wishes = Table(  # 提醒我: the evening before
    "open_day_wishes", metadata, identifier(),
    points_to("person_id", "persons"), points_to("workroom_id", "workrooms"),
    Column("nominal", sa.Date, nullable=False), Column("made_at", Instant, nullable=False),
    sa.UniqueConstraint("person_id", "workroom_id", "nominal"),
    sa.Index("ix_open_day_wishes_of_day", "nominal", "workroom_id"),
)

holiday_days = Table(  # of the notices that the office has loaded; they go before the packaged ones
    "holiday_days", metadata,
    Column("day", sa.Date, primary_key=True), Column("workday", B, nullable=False),
    Column("name", S(40), nullable=False, default=""), Column("notice", N, nullable=False),  # of which year
    Column("loaded_at", Instant, nullable=False),
)

calendar_feeds = Table(  # a representative's private calendar: whoever has its address reads it
    "calendar_feeds", metadata, identifier(),
    points_to("representative_id", "representatives", index=True),
    points_to("person_id", "persons", index=True),
    Column("made_at", Instant, nullable=False), Column("revoked_at", Instant),
)
