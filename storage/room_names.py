"""Workrooms by number and name, many at once."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import workrooms


class RoomNames:
    """What lists of workrooms and letters about several of them say."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> list[tuple[int, str]]:
        """Number and name of every workroom, by code: one query."""
        rooms = workrooms.c
        query = sa.select(rooms.id, rooms.name).where(rooms.present).order_by(rooms.code)
        return [(row.id, row.name) for row in await self._connection.execute(query)]

    async def of(self, ids: Iterable[int]) -> dict[int, str]:
        """Names by number: one query."""
        rooms = workrooms.c
        rows = await self._connection.execute(sa.select(rooms.id, rooms.name).where(rooms.id.in_(list(ids))))
        return dict(rows.tuples().all())
