"""What WeChat lets us say to whom, which of its pages is theirs, and the QR codes it has made for us."""

import sqlalchemy as sa

from storage.columns import Instant, Number, metadata

# A table is read as a table: what belongs together stands on one line.
# fmt: off
S, N, B = sa.String, sa.Integer, sa.Boolean
Column, Table = sa.Column, sa.Table


def _its_identity() -> sa.Column[int]:
    """All of it goes when the identity goes: the openid itself stands there and nowhere else."""
    return Column("identity_id", Number, sa.ForeignKey("identities.id", ondelete="CASCADE"), primary_key=True)


wechat_allowances = Table(  # domain.allowance
    "wechat_allowances", metadata, _its_identity(),
    Column("message_until", Instant), Column("messages_left", N, nullable=False, default=0),
    Column("tap_until", Instant), Column("taps_left", N, nullable=False, default=0),
    Column("missed", B, nullable=False, default=False),  # a letter waits that didn't fit
    Column("shown", sa.JSON),  # the choices pushed last: a number that is written back means these
    Column("visitor", S(80), unique=True),  # whom the page inside WeChat knows them as
)

wechat_notices = Table(  # subscription notices somebody has agreed to and not yet got
    "wechat_notices", metadata, _its_identity(),
    Column("template", S(64), primary_key=True), Column("agreed", N, nullable=False, default=0),
)

wechat_events = Table(  # what the platform tells more than once is counted once
    "wechat_events", metadata,
    Column("digest", S(64), primary_key=True), Column("until", Instant, nullable=False, index=True),
)

wechat_scenes = Table(  # a lasting QR code is asked for once: an account has 100,000
    "wechat_scenes", metadata,
    Column("scene", S(64), primary_key=True), Column("url", S(200), nullable=False),
)
