"""The database itself counts the registry's changes, so that processes may remember it (decision 0012)."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.counting import count_changes, stop_counting

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """A row that counts, and triggers that count it up."""
    version = op.create_table(
        "registry_version", sa.Column("number", sa.Integer, primary_key=True, autoincrement=False)
    )
    op.bulk_insert(version, [{"number": 1}])
    count_changes(op.get_bind())


def downgrade() -> None:
    """Nobody counts."""
    stop_counting(op.get_bind())
    op.drop_table("registry_version")
