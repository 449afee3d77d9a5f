"""The first schema."""
# fmt: off

import sqlalchemy as sa
from alembic import op

from storage.migrations.frozen import NAMES, Instant, Number, identifier, points_to

revision = "0001"
down_revision = None
metadata = sa.MetaData(naming_convention=NAMES)

S, T, N, B = sa.String, sa.Text, sa.Integer, sa.Boolean
Column, Table = sa.Column, sa.Table
units = Table(
    "units", metadata, identifier(),
    Column("code", S(40), nullable=False, unique=True),
    Column("name", S(100), nullable=False),
    Column("kind", S(20), nullable=False),  # district | street | community
    points_to("parent_id", "units", optional=True, index=True),
    Column("present", B, nullable=False, default=True),
)
workrooms = Table(
    "workrooms", metadata, identifier(),
    Column("code", S(40), nullable=False, unique=True),
    Column("name", S(100), nullable=False),
    Column("kind", S(20), nullable=False),  # rules 1, 3, 4
    Column("address", S(200), nullable=False, default=""),
    Column("latitude", sa.Float), Column("longitude", sa.Float),
    points_to("unit_id", "units", index=True),
    Column("theme", S(200), nullable=False, default=""),
    Column("present", B, nullable=False, default=True),
)
departments = Table(
    "departments", metadata, identifier(),
    Column("code", S(40), nullable=False, unique=True),
    Column("name", S(100), nullable=False),
    Column("phone", S(40), nullable=False, default=""),
    Column("present", B, nullable=False, default=True),
)
contacts = Table(
    "contacts", metadata, identifier(),
    Column("code", S(40), nullable=False, unique=True),
    points_to("department_id", "departments", index=True),
    Column("name", S(60), nullable=False), Column("phone", S(40), nullable=False, default=""),
    Column("present", B, nullable=False, default=True),
)
categories = Table(
    "categories", metadata, identifier(),
    Column("code", S(20), nullable=False, unique=True),
    Column("name", S(60), nullable=False),
    Column("keywords", T, nullable=False, default=""),  # separated by spaces
    points_to("department_id", "departments", optional=True),
    Column("urgent", B, nullable=False, default=False),
    Column("place", N, nullable=False, default=0),  # order in lists
    Column("present", B, nullable=False, default=True),
)
representatives = Table(
    "representatives", metadata, identifier(),
    Column("code", S(40), nullable=False, unique=True),
    Column("name", S(60), nullable=False),
    Column("level", S(20), nullable=False),  # province | city | district | town
    Column("group", S(100), nullable=False, default=""),
    Column("electing_unit", S(100), nullable=False, default=""),
    points_to("workroom_id", "workrooms", optional=True, index=True),
    Column("post", S(100), nullable=False, default=""),
    Column("contact", S(100), nullable=False, default=""),  # published (rule 17)
    Column("commitment", S(300), nullable=False, default=""),
    Column("helps_with", S(300), nullable=False, default=""),
    Column("status", S(20), nullable=False, default="active"),  # active | leave | suspended | left | military
    Column("present", B, nullable=False, default=True),
)
liaisons = Table(
    "liaisons", metadata, identifier(),
    Column("code", S(40), nullable=False, unique=True),
    Column("name", S(60), nullable=False), Column("phone", S(40), nullable=False, default=""),
    points_to("workroom_id", "workrooms", index=True),
    Column("status", S(20), nullable=False, default="active"),  # active | left
    Column("present", B, nullable=False, default=True),
)
officers = Table(
    "officers", metadata, identifier(),
    Column("code", S(40), nullable=False, unique=True),
    Column("name", S(60), nullable=False), Column("phone", S(40), nullable=False, default=""),
    Column("status", S(20), nullable=False, default="active"),
    Column("present", B, nullable=False, default=True),
)
settings = Table(
    "settings", metadata,
    Column("name", S(60), primary_key=True),
    Column("value", T, nullable=False),
)
persons = Table(
    "persons", metadata, identifier(),
    Column("language", S(10), nullable=False, default="zh_CN"),
    Column("name", S(60), nullable=False, default=""),
    points_to("home_id", "workrooms", optional=True, index=True),
    Column("created_at", Instant, nullable=False),
)
identities = Table(
    "identities", metadata, identifier(),
    Column("channel", S(20), nullable=False), Column("user", S(80), nullable=False),
    Column("chat", S(80), nullable=False),
    points_to("person_id", "persons", index=True),
    Column("seen_at", Instant, nullable=False),
    Column("reachable", B, nullable=False, default=True),
    sa.UniqueConstraint("channel", "user"),
)
consents = Table(
    "consents", metadata, identifier(),
    points_to("person_id", "persons", index=True),
    Column("kind", S(20), nullable=False),  # basic | abroad | sensitive
    Column("given_at", Instant, nullable=False), Column("withdrawn_at", Instant),
)
bindings = Table(
    "bindings", metadata, identifier(),
    points_to("person_id", "persons", index=True),
    Column("role", S(20), nullable=False),  # liaison | representative | contact | officer
    Column("subject_id", Number, nullable=False),
    Column("bound_at", Instant, nullable=False), Column("ended_at", Instant),
    sa.Index("ix_bindings_subject", "role", "subject_id"),
)
invites = Table(
    "invites", metadata, identifier(),
    Column("digest", S(64), nullable=False, unique=True),
    Column("role", S(20), nullable=False), Column("subject_id", Number, nullable=False),
    Column("made_at", Instant, nullable=False), Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant), points_to("used_by", "persons", optional=True),
    Column("revoked_at", Instant),
)
moves = Table(  # one-time codes with which a person takes another device or channel along
    "moves", metadata, identifier(),
    Column("digest", S(64), nullable=False, unique=True),
    points_to("person_id", "persons"),
    Column("expires_at", Instant, nullable=False), Column("used_at", Instant),
)
code_tries = Table(  # one-time codes somebody tried within the last minute
    "code_tries", metadata, identifier(),
    points_to("person_id", "persons", index=True),
    Column("at", Instant, nullable=False),
)
sessions = Table(
    "sessions", metadata,
    Column("channel", S(20), primary_key=True), Column("chat", S(80), primary_key=True),
    Column("user", S(80), primary_key=True),
    Column("state", S(80)),  # <flow>:<step>
    Column("data", sa.JSON, nullable=False, default=dict),
    Column("handled", sa.JSON, nullable=False, default=list),
    Column("answer", sa.JSON), Column("shown", sa.JSON),
    Column("saved_at", Instant, nullable=False, index=True),
)
drafts = Table(
    "drafts", metadata,
    Column("person_id", Number, sa.ForeignKey("persons.id"), primary_key=True),
    Column("flow", S(40), primary_key=True),
    Column("subject", S(12), primary_key=True, default=""),  # the case it is about
    Column("step", S(40), nullable=False), Column("data", sa.JSON, nullable=False),
    Column("saved_at", Instant, nullable=False, index=True),
)
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
    points_to("merged_into", "cases", optional=True, index=True),
    Column("version", N, nullable=False, default=0),
    Column("touched_at", Instant, nullable=False),
    sa.Index("ix_cases_of_person", "person_id", "open", "id"),
    sa.Index("ix_cases_of_workroom", "workroom_id", "waits_for", "urgent", "wait_until", "id"),
    sa.Index("ix_cases_of_representative", "representative_id", "waits_for", "urgent", "wait_until", "id"),
    sa.Index("ix_cases_rating", "state", "ask_rating_on"),
    sa.Index("ix_cases_lapse", "state", "lapse_on"),
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
outbox = Table(
    "outbox", metadata, identifier(),
    Column("key", S(120), nullable=False, unique=True),
    Column("seat", S(40), nullable=False),  # domain.people.Seat
    points_to("case_id", "cases", optional=True, index=True),
    Column("message", sa.JSON, nullable=False),
    Column("urgent", B, nullable=False, default=False),
    Column("state", S(20), nullable=False, default="waiting"),  # or sent, unreachable, given_up, dropped
    Column("made_at", Instant, nullable=False), Column("next_at", Instant, nullable=False),
    Column("tries", N, nullable=False, default=0), Column("leased_until", Instant),
    Column("sent_at", Instant), Column("channel", S(20)), Column("chat", S(80)), Column("ref", S(80)),
    Column("error", S(200)), points_to("edits", "outbox", optional=True),
    sa.Index("ix_outbox_due", "state", "next_at"), sa.Index("ix_outbox_of_seat", "seat", "state"),
)
web_messages = Table(  # the web page's transcript, so that a reload shows it and a push is never lost
    "web_messages", metadata, identifier(),
    Column("chat", S(80), nullable=False), Column("incoming", B, nullable=False),
    Column("body", sa.JSON, nullable=False), Column("at", Instant, nullable=False),
    Column("sent_id", S(80)),
    sa.Index("ix_web_messages_of_chat", "chat", "id"), sa.UniqueConstraint("chat", "sent_id"),
)


def upgrade() -> None:
    """Make every table."""
    metadata.create_all(op.get_bind(), checkfirst=False)


def downgrade() -> None:
    """Drop every table."""
    metadata.drop_all(op.get_bind(), checkfirst=False)
