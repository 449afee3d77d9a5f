"""How often a letter went out without an answer."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Count it."""
    op.add_column("outbox", sa.Column("doubts", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("outbox") as batch:
        batch.drop_column("doubts")
