"""What the processes of the service agree on among themselves, and what was done to the installation."""

import sqlalchemy as sa

from storage.columns import Instant, identifier, metadata

# A table is read as a table: what belongs together stands on one line.
# fmt: off
Column, Table = sa.Column, sa.Table

leases = Table(  # who does what only one process may do at a time
    "leases", metadata,
    Column("name", sa.String(40), primary_key=True),
    Column("holder", sa.String(80), nullable=False),
    Column("until", sa.Float, nullable=False),  # seconds since 1970, by the database's clock
)

restores = Table(  # backups put back: until it is resumed, nothing old is sent and nothing planned
    "restores", metadata, identifier(),
    Column("taken_at", Instant, nullable=False), Column("restored_at", Instant, nullable=False),
    Column("resumed_at", Instant),
)
