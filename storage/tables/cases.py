"""Cases with their rounds, routes, questions, timeline and files."""

import sqlalchemy as sa

from storage.columns import Instant, few, identifier, metadata, points_to

# A table is read as a table: what belongs together stands on one line.
# fmt: off
S, T, N, B = sa.String, sa.Text, sa.Integer, sa.Boolean
Column, Table = sa.Column, sa.Table

cases = Table(
    "cases", metadata, identifier(),
    Column("number", S(12), nullable=False, unique=True),
    Column("origin", S(80), nullable=False, unique=True),
    points_to("workroom_id", "workrooms"), points_to("person_id", "persons"),
    Column("kind", S(20), nullable=False), points_to("category_id", "categories", optional=True),
    Column("words", T, nullable=False),
    Column("place", S(200), nullable=False, default=""),
    Column("latitude", sa.Float), Column("longitude", sa.Float),
    Column("privacy", S(20), nullable=False), Column("urgent", B, nullable=False, default=False),
    Column("state", S(20), nullable=False), Column("round", N, nullable=False, default=1),
    Column("open", B, nullable=False, default=True),
    points_to("representative_id", "representatives", optional=True),
    Column("accept_by", sa.Date, nullable=False), Column("opinion_by", sa.Date, nullable=False),
    Column("answer_by", sa.Date, nullable=False), Column("extended", B, nullable=False, default=False),
    Column("filed_at", Instant, nullable=False), Column("accepted_at", Instant),
    Column("answered_at", Instant), Column("closed_at", Instant),
    Column("rating", S(20)), Column("rating_asks", N, nullable=False, default=0),
    Column("ask_rating_on", sa.Date), Column("lapse_on", sa.Date),
    Column("waits_for", S(20)), Column("wait_until", sa.Date),
    points_to("merged_into", "cases", optional=True),
    Column("version", N, nullable=False, default=0),
    Column("touched_at", Instant, nullable=False),
    sa.Index("ix_cases_of_person", "person_id", "open", "id"),
    sa.Index("ix_cases_of_workroom", "workroom_id", "waits_for", "urgent", "wait_until", "id"),
    few("ix_cases_of_representative", "representative_id", "waits_for", "urgent", "wait_until", "id",
        where="representative_id IS NOT NULL"),
    few("ix_cases_in_hand", "representative_id", "workroom_id",
        where="open AND representative_id IS NOT NULL"),
    few("ix_cases_merged_into", "merged_into", where="merged_into IS NOT NULL"),
    # The planner's looks: what is closed waits for nothing.
    few("ix_cases_rating", "state", "ask_rating_on", where="state = 'answered'"),
    few("ix_cases_lapse", "state", "lapse_on", where="state = 'answered'"),
    few("ix_cases_waiting", "wait_until", where="wait_until IS NOT NULL"),
)

rounds = Table(
    "rounds", metadata, identifier(),
    points_to("case_id", "cases"), Column("number", N, nullable=False),
    Column("cause", S(20), nullable=False),  # filed | not_satisfied | reopened
    Column("opened_at", Instant, nullable=False),
    points_to("representative_id", "representatives", optional=True),
    Column("opinion", S(20)), Column("opinion_words", T),
    Column("answer", T), Column("answered_by", S(40)), Column("answered_at", Instant),
    Column("rating", S(20)), Column("comment", T), Column("rated_at", Instant),
    Column("caller", S(40)), Column("called_back_at", Instant), Column("call_words", T),
    sa.UniqueConstraint("case_id", "number"),
    sa.Index("ix_rounds_caller", "caller", "called_back_at"),
)

routes = Table(
    "routes", metadata, identifier(),
    points_to("case_id", "cases", index=True), Column("round", N, nullable=False),
    points_to("department_id", "departments", optional=True),  # none: escalated to the office
    Column("state", S(20), nullable=False),  # sent | acknowledged | returned | answered | relayed | recalled
    Column("words", T, nullable=False, default=""), Column("answer_by", sa.Date, nullable=False),
    Column("sent_at", Instant, nullable=False), Column("acknowledged_at", Instant),
    Column("reply", T), Column("replied_at", Instant), Column("replied_by", S(40)),
    Column("extension_days", N), Column("extension_reason", T),
    Column("extension", S(20)),  # asked | granted | declined
    sa.Index("ix_routes_of_department", "department_id", "state", "answer_by"),
)

questions = Table(
    "questions", metadata, identifier(),
    points_to("case_id", "cases", index=True),
    Column("asked_by", S(40), nullable=False), Column("words", T, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("reply", T), Column("replied_at", Instant),
)

events = Table(
    "events", metadata, identifier(),
    points_to("case_id", "cases", index=True), Column("round", N, nullable=False),
    Column("at", Instant, nullable=False), Column("action", S(30), nullable=False),
    Column("seat", S(40), nullable=False),  # who, as a seat; never shown for an anonymous filer
    Column("visible", S(10), nullable=False),  # all | staff
    Column("words", T, nullable=False, default=""), Column("data", sa.JSON, nullable=False, default=dict),
    Column("origin", S(80), unique=True),
)

attachments = Table(
    "attachments", metadata, identifier(),
    points_to("case_id", "cases", index=True), points_to("event_id", "events", index=True),
    points_to("media_id", "media", index=True), Column("place", N, nullable=False, default=0),
)

media = Table(
    "media", metadata, identifier(),
    Column("digest", S(64), nullable=False, unique=True),
    Column("kind", S(20), nullable=False), Column("mime", S(80), nullable=False),
    Column("bytes", N, nullable=False), Column("width", N), Column("height", N), Column("seconds", sa.Float),
    Column("made_at", Instant, nullable=False),
)
