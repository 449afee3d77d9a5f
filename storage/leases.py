"""What only one process may do at a time: whoever holds the lease does it, the others stand by."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from storage.database import Database
from storage.statements import Ready, insert_for
from storage.tables import leases

LASTS = timedelta(seconds=12)
"""After so long without a word from its holder a lease is free."""


def _clock(dialect: str) -> sa.ColumnElement[float]:
    """The database's own clock in seconds since 1970: the processes' clocks may differ."""
    text = (
        "extract(epoch FROM clock_timestamp())"
        if dialect == "postgresql"
        else "(julianday('now') - 2440587.5) * 86400.0"
    )
    return sa.literal_column(text, sa.Float)


def _taking(dialect: str) -> Any:
    now = _clock(dialect)
    until = now + sa.bindparam("lasts", type_=sa.Float)
    name: Any = sa.bindparam("its_name")
    holder: Any = sa.bindparam("taker")
    made = insert_for(dialect, leases).values(name=name, holder=holder, until=until)
    free = sa.or_(leases.c.holder == holder, leases.c.until < now)
    return made.on_conflict_do_update(
        index_elements=["name"], set_={"holder": holder, "until": until}, where=free
    ).returning(leases.c.holder)


_TAKE = Ready(_taking)
_GIVE_BACK = Ready(
    sa.delete(leases).where(
        leases.c.name == sa.bindparam("its_name"), leases.c.holder == sa.bindparam("taker")
    )
)


@dataclass(frozen=True, slots=True)
class Lease:
    """One thing to be done by one process; `holder` is this process's name, unlike any other's."""

    database: Database
    name: str
    holder: str
    lasts: timedelta = LASTS

    async def take(self) -> bool:
        """Take it, or keep it for longer; False: another process holds it. Raises DatabaseAway."""
        async with self.database.writing() as connection:
            done = await _TAKE.run(connection, {**self._names(), "lasts": self.lasts.total_seconds()})
            return done.one_or_none() is not None

    async def give_back(self) -> None:
        """Let others have it at once; what is no longer ours stays as it is. Raises DatabaseAway."""
        async with self.database.writing() as connection:
            await _GIVE_BACK.run(connection, self._names())

    def _names(self) -> dict[str, str]:
        return {"its_name": self.name, "taker": self.holder}
