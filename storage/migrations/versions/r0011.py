"""Indexes of few rows where only few are asked for; none that nothing asks."""
# fmt: off

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

FULL = {"outbox": 75, "drafts": 75, "sessions": 75}
"""Percent of a page that new rows fill: what is changed then stays on its page, beside all indexes."""

BEFORE: dict[str, tuple[str, tuple[str, ...]]] = {
    "ix_outbox_due": ("outbox", ("state", "next_at")),
    "ix_drafts_saved_at": ("drafts", ("saved_at",)),
    "ix_sessions_saved_at": ("sessions", ("saved_at",)),
    "ix_cases_of_representative":
        ("cases", ("representative_id", "waits_for", "urgent", "wait_until", "id")),
    "ix_cases_merged_into": ("cases", ("merged_into",)),
    "ix_cases_rating": ("cases", ("state", "ask_rating_on")),
    "ix_cases_lapse": ("cases", ("state", "lapse_on")),
    "ix_cases_waiting": ("cases", ("wait_until",)),
}
AFTER: dict[str, tuple[str, tuple[str, ...], str]] = {
    "ix_outbox_due":
        ("outbox", ("urgent", "next_at", "id"), "state = 'waiting' AND case_id IS NOT NULL"),
    "ix_outbox_due_in_bulk":
        ("outbox", ("urgent", "next_at", "id"), "state = 'waiting' AND case_id IS NULL"),
    "ix_outbox_stuck": ("outbox", ("state",), "state IN ('held', 'unreachable', 'given_up')"),
    "ix_cases_of_representative":
        ("cases", ("representative_id", "waits_for", "urgent", "wait_until", "id"),
         "representative_id IS NOT NULL"),
    "ix_cases_in_hand":
        ("cases", ("representative_id", "workroom_id"), "open AND representative_id IS NOT NULL"),
    "ix_cases_merged_into": ("cases", ("merged_into",), "merged_into IS NOT NULL"),
    "ix_cases_rating": ("cases", ("state", "ask_rating_on"), "state = 'answered'"),
    "ix_cases_lapse": ("cases", ("state", "lapse_on"), "state = 'answered'"),
    "ix_cases_waiting": ("cases", ("wait_until",), "wait_until IS NOT NULL"),
}


def upgrade() -> None:
    """Change them."""
    for name, (table, _) in BEFORE.items():
        op.drop_index(name, table)
    for name, (table, columns, where) in AFTER.items():
        only = sa.text(where)
        op.create_index(name, table, columns, postgresql_where=only, sqlite_where=only)
    if op.get_bind().dialect.name == "postgresql":
        for table, percent in FULL.items():
            op.execute(f"ALTER TABLE {table} SET (fillfactor = {percent})")


def downgrade() -> None:
    """As they were."""
    for name, (table, *_) in AFTER.items():
        op.drop_index(name, table)
    for name, (table, columns) in BEFORE.items():
        op.create_index(name, table, columns)
    if op.get_bind().dialect.name == "postgresql":
        for table in FULL:
            op.execute(f"ALTER TABLE {table} RESET (fillfactor)")
