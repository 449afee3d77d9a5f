"""Shifts with their places, what was offered, what happened, who came in, and codes to claim a case."""

import sqlalchemy as sa

from storage.columns import Instant, Number, identifier, metadata, points_to

# A table is read as a table: what belongs together stands on one line.
# fmt: off
S, T, N, B = sa.String, sa.Text, sa.Integer, sa.Boolean
Column, Table = sa.Column, sa.Table

rosters = Table(  # a workroom's month is made once, whatever number of planners
    "rosters", metadata, identifier(),
    points_to("workroom_id", "workrooms"), Column("month", sa.Date, nullable=False),
    Column("made_at", Instant, nullable=False), Column("checked_at", Instant, nullable=False),
    sa.UniqueConstraint("workroom_id", "month"),
    sa.Index("ix_rosters_checked", "checked_at"),
)

shift_sizes = Table(  # how many keep a workroom's shifts, where it isn't as many as everywhere
    "shift_sizes", metadata,
    Column("workroom_id", Number, sa.ForeignKey("workrooms.id"), primary_key=True, autoincrement=False),
    Column("people", N, nullable=False),
)

shifts = Table(
    "shifts", metadata, identifier(),
    points_to("workroom_id", "workrooms"), Column("day", sa.Date, nullable=False),
    Column("starts_at", Instant, nullable=False), Column("ends_at", Instant, nullable=False),
    Column("nominal", sa.Date, nullable=False), Column("part", N, nullable=False, default=0),
    Column("tentative", B, nullable=False, default=False),
    Column("cancelled", B, nullable=False, default=False),
    Column("settled_at", Instant), Column("asked_at", Instant),
    Column("version", N, nullable=False, default=0),
    sa.UniqueConstraint("workroom_id", "nominal", "part"),
    sa.Index("ix_shifts_of_day", "workroom_id", "day"),
    sa.Index("ix_shifts_ending", "settled_at", "ends_at"),
)

slots = Table(
    "slots", metadata, identifier(),
    points_to("shift_id", "shifts"), Column("place", N, nullable=False),
    points_to("representative_id", "representatives", optional=True),
    Column("state", S(20), nullable=False),  # open | taken | offered | done | missed
    Column("version", N, nullable=False, default=0),
    Column("arrived_at", Instant), Column("since", Instant), Column("left_at", Instant),
    Column("minutes", N, nullable=False, default=0), Column("counts", B, nullable=False, default=False),
    Column("warned_at", Instant),  # the liaison knows of this hole
    sa.UniqueConstraint("shift_id", "place"),
    sa.UniqueConstraint("shift_id", "representative_id", name="uq_slots_once"),  # nobody twice in one shift
    sa.Index("ix_slots_of_state", "state", "shift_id"),
    sa.Index("ix_slots_of_representative", "representative_id", "state"),
)

past_holders = Table(  # who kept a place before: their calendars take the shift back
    "past_holders", metadata, identifier(),
    points_to("slot_id", "slots"), points_to("representative_id", "representatives", index=True),
    sa.UniqueConstraint("slot_id", "representative_id"),
)

offers = Table(
    "offers", metadata, identifier(),
    points_to("slot_id", "slots", index=True), points_to("by_id", "representatives"),
    points_to("to_id", "representatives", optional=True),  # none: whoever is first
    points_to("wants_id", "slots", optional=True, index=True),  # none: a substitute is asked for
    Column("state", S(20), nullable=False), Column("expires_at", Instant, nullable=False),
    Column("made_at", Instant, nullable=False), Column("origin", S(80), nullable=False, unique=True),
    sa.Index("ix_offers_waiting", "state", "expires_at"),
)

duty_events = Table(  # only ever added to: what was corrected stays visible
    "duty_events", metadata, identifier(),
    points_to("slot_id", "slots", index=True), Column("at", Instant, nullable=False),
    Column("action", S(30), nullable=False), Column("seat", S(40), nullable=False),
    Column("words", T, nullable=False, default=""), Column("data", sa.JSON, nullable=False, default=dict),
    Column("origin", S(120), nullable=False, unique=True),
)

walk_ins = Table(
    "walk_ins", metadata, identifier(),
    points_to("workroom_id", "workrooms"), points_to("shift_id", "shifts", optional=True),
    Column("at", Instant, nullable=False), Column("persons", N, nullable=False),
    Column("kind", S(20), nullable=False),  # problem | opinion | suggestion | advice | other
    Column("seat", S(40), nullable=False), points_to("case_id", "cases", optional=True),
    Column("origin", S(80), nullable=False, unique=True),
    sa.Index("ix_walk_ins_of_workroom", "workroom_id", "at"),
)

claims = Table(  # codes with which a resident takes over a case that was opened for them
    "claims", metadata, identifier(),
    Column("digest", S(64), nullable=False, unique=True), points_to("person_id", "persons"),
    Column("made_at", Instant, nullable=False), Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant), points_to("used_by", "persons", optional=True),
)

duty_calls = Table(  # a case filed during a shift: who has been told so far, and when the next is
    "duty_calls", metadata, identifier(),
    points_to("case_id", "cases"), points_to("shift_id", "shifts"),
    points_to("first_id", "representatives"),  # who was there and was told first
    Column("step", N, nullable=False, default=0), Column("next_at", Instant),  # none: everybody was told
    sa.UniqueConstraint("case_id"),
    sa.Index("ix_duty_calls_next", "next_at"),
)
