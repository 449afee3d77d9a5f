"""Persons, where they are reached, what they agreed to, the seats they hold."""

import sqlalchemy as sa

from storage.columns import Instant, Number, identifier, metadata, points_to

# A table is read as a table: what belongs together stands on one line.
# fmt: off
S, B = sa.String, sa.Boolean
Column, Table = sa.Column, sa.Table

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
