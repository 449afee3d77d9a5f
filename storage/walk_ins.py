"""Who came in, counted by persons and kind; cases opened for somebody, and the codes that claim them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import add
from storage.tables import claims, persons, walk_ins

CLAIM_DAYS = 60
"""A claim code on paper is good for so long."""


class WalkIns:
    """Visits to the workrooms, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def case_of(self, origin: str) -> int | None:
        """The case that a record with this key has opened; None for none."""
        query = sa.select(walk_ins.c.case_id).where(walk_ins.c.origin == origin)
        found: int | None = (await self._connection.execute(query)).scalar_one_or_none()
        return found

    async def known(self, origin: str) -> bool:
        """Whether this was recorded before (a step run twice)."""
        query = sa.select(walk_ins.c.id).where(walk_ins.c.origin == origin)
        return (await self._connection.execute(query)).first() is not None

    async def record(self, origin: str, values: Mapping[str, Any]) -> None:
        """Write a visit down, once for each key."""
        await add(self._connection, walk_ins, {**values, "origin": origin}, once=("origin",))

    async def somebody(self, language: str, now: datetime) -> int:
        """A person of whom nothing is known yet: what was opened for them waits to be claimed."""
        new = {"language": language, "created_at": now}
        return int(await add(self._connection, persons, new, giving="id"))

    async def prepare_claim(self, digest: str, person: int, now: datetime) -> None:
        """A code that gives what is that person's to whoever brings it; only its digest is kept."""
        row = {"digest": digest, "person_id": person, "made_at": now}
        row |= {"expires_at": now + timedelta(days=CLAIM_DAYS)}
        await add(self._connection, claims, row, once=("digest",))

    async def use_claim(self, digest: str, person: int, now: datetime) -> int | None:
        """Whose things the code gives away, used up by this; None for unknown, used or expired ones."""
        used = await self._connection.execute(
            sa.update(claims)
            .where(claims.c.digest == digest, claims.c.used_at.is_(None), claims.c.expires_at > now)
            .values(used_at=now, used_by=person)
            .returning(claims.c.person_id)
        )
        return used.scalar_one_or_none()

    async def count(self, workroom: int, since: datetime) -> int:
        """Persons who came into a workroom since then (rule 51)."""
        total = sa.select(sa.func.coalesce(sa.func.sum(walk_ins.c.persons), 0))
        counted = await self._connection.execute(
            total.where(walk_ins.c.workroom_id == workroom, walk_ins.c.at >= since)
        )
        return int(counted.scalar_one())
