"""After a backup was put back: what waited then is old, and only somebody's word lets it go."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import Ready, written
from storage.tables import outbox, restores

HELD = "held"
RESTORING = "restoring"
"""A table that stands in a server's database while a backup is put back: nobody works on half of one."""

WHY = "held since a restore, and dropped by the operator"


@dataclass(frozen=True, slots=True)
class Held:
    """A restore that nobody has resumed from yet: when its backup was taken, how many letters it holds."""

    taken_at: datetime
    letters: int


def is_unfinished(connection: sa.Connection) -> bool:
    """Whether a restore was begun and has not come to its end."""
    return sa.inspect(connection).has_table(RESTORING)


_PENDING = Ready(
    sa.select(restores.c.taken_at)
    .where(restores.c.resumed_at.is_(None))
    .order_by(restores.c.id.desc())
    .limit(1)
)


class Restores:
    """What was put back, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, taken_at: datetime, now: datetime) -> int:
        """Keep back every letter that waits; how many. What people cause from now on is sent as ever."""
        await self._connection.execute(sa.insert(restores).values(taken_at=taken_at, restored_at=now))
        done = await self._connection.execute(
            sa.update(outbox).where(outbox.c.state == "waiting").values(state=HELD, leased_until=None)
        )
        return int(done.rowcount)

    async def pending(self) -> Held | None:
        """The latest restore that waits for somebody's word."""
        row = (await _PENDING.run(self._connection)).one_or_none()
        if row is None:
            return None
        letters = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.state == written(HELD)[0])
        return Held(row.taken_at, (await self._connection.execute(letters)).scalar_one())

    async def resume(self, now: datetime, *, send: bool) -> int:
        """Let the held letters go, or drop them; the planner works again. How many there were."""
        let_go = {"state": "waiting", "next_at": now}
        dropped = {"state": "dropped", "error": WHY}
        done = await self._connection.execute(
            sa.update(outbox).where(outbox.c.state == written(HELD)[0]).values(let_go if send else dropped)
        )
        await self._connection.execute(
            sa.update(restores).where(restores.c.resumed_at.is_(None)).values(resumed_at=now)
        )
        return int(done.rowcount)
