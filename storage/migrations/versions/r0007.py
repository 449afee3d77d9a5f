"""Leases between processes, and which backups were put back."""
# fmt: off

import sqlalchemy as sa
from alembic import op

from storage.migrations.frozen import NAMES, Instant, identifier

revision = "0007"
down_revision = "0006"
metadata = sa.MetaData(naming_convention=NAMES)

leases = sa.Table(
    "leases", metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("holder", sa.String(80), nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)
restores = sa.Table(
    "restores", metadata, identifier(),
    sa.Column("taken_at", Instant, nullable=False), sa.Column("restored_at", Instant, nullable=False),
    sa.Column("resumed_at", Instant),
)


def upgrade() -> None:
    """Make them."""
    metadata.create_all(op.get_bind(), checkfirst=False)


def downgrade() -> None:
    """Take them away."""
    metadata.drop_all(op.get_bind(), checkfirst=False)
