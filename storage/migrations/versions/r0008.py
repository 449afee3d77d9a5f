"""Quiet hours that people set for themselves."""
# fmt: off

import sqlalchemy as sa
from alembic import op

from storage.migrations.frozen import NAMES, Instant, Number

revision = "0008"
down_revision = "0007"
metadata = sa.MetaData(naming_convention=NAMES)

persons = sa.Table("persons", metadata, sa.Column("id", Number, primary_key=True))
quiet_hours = sa.Table(
    "quiet_hours", metadata,
    sa.Column("person_id", Number, sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("starts", sa.Time, nullable=False), sa.Column("ends", sa.Time, nullable=False),
    sa.Column("set_at", Instant, nullable=False),
)


def upgrade() -> None:
    """Make it."""
    metadata.create_all(op.get_bind(), tables=[quiet_hours], checkfirst=False)


def downgrade() -> None:
    """Take it away."""
    metadata.drop_all(op.get_bind(), tables=[quiet_hours], checkfirst=False)
