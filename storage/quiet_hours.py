"""The quiet hours that people have set for themselves."""

from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.quiet_hours import QuietHours
from storage.statements import Ready, upsert
from storage.tables import quiet_hours

_OF = Ready(
    sa.select(quiet_hours.c.starts, quiet_hours.c.ends).where(
        quiet_hours.c.person_id == sa.bindparam("person")
    )
)


def hours_of(starts: time | None, ends: time | None) -> QuietHours | None:
    """Hours of a row; None where there is none: the district's stand."""
    return None if starts is None or ends is None else QuietHours(starts, ends)


class OwnQuietHours:
    """Set and read, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, person_id: int) -> QuietHours | None:
        """What this person has set; None: as the district has it."""
        row: Any = (await _OF.run(self._connection, {"person": person_id})).one_or_none()
        return None if row is None else hours_of(row.starts, row.ends)

    async def set(self, person_id: int, hours: QuietHours | None, now: datetime) -> None:
        """These from now on, or the district's; twice is once."""
        if hours is None:
            mine = quiet_hours.c.person_id == person_id
            await self._connection.execute(sa.delete(quiet_hours).where(mine))
            return
        row = {"person_id": person_id, "starts": hours.starts, "ends": hours.ends, "set_at": now}
        await upsert(self._connection, quiet_hours, ("person_id",), row)
