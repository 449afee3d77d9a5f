"""WeChat: what may be said to whom, agreed notices, events counted once, QR codes."""
# fmt: off

import sqlalchemy as sa
from alembic import op

from storage.migrations.frozen import NAMES, Instant, Number

revision = "0006"
down_revision = "0005"
metadata = sa.MetaData(naming_convention=NAMES)

S, N, B = sa.String, sa.Integer, sa.Boolean
Column, Table = sa.Column, sa.Table
TABLES = ("wechat_allowances", "wechat_notices", "wechat_events", "wechat_scenes")

Table("identities", metadata, Column("id", Number, primary_key=True))
Table(
    "wechat_allowances", metadata,
    Column("identity_id", Number, sa.ForeignKey("identities.id", ondelete="CASCADE"), primary_key=True),
    Column("message_until", Instant), Column("messages_left", N, nullable=False, default=0),
    Column("tap_until", Instant), Column("taps_left", N, nullable=False, default=0),
    Column("missed", B, nullable=False, default=False),
    Column("shown", sa.JSON),
    Column("visitor", S(80), unique=True),
)
Table(
    "wechat_notices", metadata,
    Column("identity_id", Number, sa.ForeignKey("identities.id", ondelete="CASCADE"), primary_key=True),
    Column("template", S(64), primary_key=True), Column("agreed", N, nullable=False, default=0),
)
Table(
    "wechat_events", metadata,
    Column("digest", S(64), primary_key=True), Column("until", Instant, nullable=False, index=True),
)
Table(
    "wechat_scenes", metadata,
    Column("scene", S(64), primary_key=True), Column("url", S(200), nullable=False),
)


def upgrade() -> None:
    """Make the four tables."""
    metadata.create_all(op.get_bind(), [metadata.tables[name] for name in TABLES], checkfirst=False)


def downgrade() -> None:
    """Drop them."""
    for name in reversed(TABLES):
        op.drop_table(name)
