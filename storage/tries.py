"""How often somebody has tried a one-time code lately: guessing must not pay (TRUST 16)."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import code_tries, persons

MOST = 10
WITHIN = timedelta(minutes=1)
"""So many tries of one person are evaluated in any minute; nobody else is held up by them."""


class Tries:
    """Counts tries in the transaction that evaluates them; they stay when the code was wrong."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def allow(self, person_id: int, now: datetime) -> bool:
        """Whether one more may be evaluated now; it is counted by this."""
        await self._connection.execute(
            sa.select(persons.c.id).where(persons.c.id == person_id).with_for_update()
        )
        mine = code_tries.c.person_id == person_id
        await self._connection.execute(sa.delete(code_tries).where(mine, code_tries.c.at <= now - WITHIN))
        counted = await self._connection.execute(
            sa.select(sa.func.count()).select_from(code_tries).where(mine)
        )
        if int(counted.scalar_one()) >= MOST:
            return False
        await self._connection.execute(sa.insert(code_tries).values(person_id=person_id, at=now))
        return True
