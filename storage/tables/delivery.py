"""What waits to be said, and what the web page has shown."""

import sqlalchemy as sa

from storage.columns import Instant, few, identifier, metadata, points_to

# A table is read as a table: what belongs together stands on one line.
# fmt: off
S, N, B = sa.String, sa.Integer, sa.Boolean
Column, Table = sa.Column, sa.Table

outbox = Table(
    "outbox", metadata, identifier(),
    Column("key", S(120), nullable=False, unique=True),
    Column("seat", S(40), nullable=False),  # domain.people.Seat
    points_to("case_id", "cases", optional=True, index=True),
    Column("message", sa.JSON, nullable=False),
    Column("urgent", B, nullable=False, default=False),
    # waiting, sent, unreachable, given_up, in_doubt or dropped
    Column("state", S(20), nullable=False, default="waiting"),
    Column("made_at", Instant, nullable=False), Column("next_at", Instant, nullable=False),
    Column("tries", N, nullable=False, default=0), Column("leased_until", Instant),
    Column("sent_at", Instant), Column("channel", S(20)), Column("chat", S(80)), Column("ref", S(80)),
    Column("error", S(200)), points_to("edits", "outbox", optional=True),
    Column("doubts", N, nullable=False, server_default="0"),  # times it went out and no answer came
    sa.Index("ix_outbox_of_seat", "seat", "state"),
    # By what goes first (storage/leasing.py); a broadcast that waits is not read to find a case's letter.
    few("ix_outbox_due", "urgent", "next_at", "id", where="state = 'waiting' AND case_id IS NOT NULL"),
    few("ix_outbox_due_in_bulk", "urgent", "next_at", "id", where="state = 'waiting' AND case_id IS NULL"),
    few("ix_outbox_stuck", "state", where="state IN ('held', 'unreachable', 'given_up')"),
)

web_messages = Table(  # the web page's transcript, so that a reload shows it and a push is never lost
    "web_messages", metadata, identifier(),
    Column("chat", S(80), nullable=False), Column("incoming", B, nullable=False),
    Column("body", sa.JSON, nullable=False), Column("at", Instant, nullable=False),
    Column("sent_id", S(80)),
    sa.Index("ix_web_messages_of_chat", "chat", "id"), sa.UniqueConstraint("chat", "sent_id"),
)
