"""One-time codes, kept as digests: invites to a seat, and codes for another device."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import Seat
from storage.tables import invites, moves


class Codes:
    """The codes that are out, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def invite(self, digest: str, seat: Seat, now: datetime, days: int = 7) -> None:
        """An invite to a seat, good for so many days; only its digest is kept."""
        await self._connection.execute(
            sa.insert(invites).values(
                digest=digest,
                role=seat.role,
                subject_id=seat.id,
                made_at=now,
                expires_at=now + timedelta(days=days),
            )
        )

    async def use_invite(self, digest: str, person_id: int, now: datetime) -> Seat | None:
        """The invite's seat, used up by this; None if it is unknown, used, expired or revoked."""
        used = await self._connection.execute(
            sa.update(invites)
            .where(
                invites.c.digest == digest,
                invites.c.used_at.is_(None),
                invites.c.revoked_at.is_(None),
                invites.c.expires_at > now,
            )
            .values(used_at=now, used_by=person_id)
            .returning(invites.c.role, invites.c.subject_id)
        )
        row = used.one_or_none()
        return None if row is None else Seat(row.role, row.subject_id)

    async def invited(self, digest: str, person_id: int) -> Seat | None:
        """The seat that this person has taken by this very invite."""
        taken = sa.select(invites.c.role, invites.c.subject_id).where(
            invites.c.digest == digest, invites.c.used_by == person_id
        )
        row = (await self._connection.execute(taken)).one_or_none()
        return None if row is None else Seat(row.role, row.subject_id)

    async def revoke(self, digest: str, now: datetime) -> bool:
        """Whether an unused invite with that digest was there to revoke."""
        done = await self._connection.execute(
            sa.update(invites)
            .where(invites.c.digest == digest, invites.c.used_at.is_(None), invites.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        return bool(done.rowcount)

    async def prepare_move(self, digest: str, person_id: int, now: datetime, minutes: int = 30) -> None:
        """A code with which this person can be joined from another device or channel."""
        await self._connection.execute(
            sa.insert(moves).values(
                digest=digest, person_id=person_id, expires_at=now + timedelta(minutes=minutes)
            )
        )

    async def use_move(self, digest: str, now: datetime) -> int | None:
        """The person of an unused, unexpired move code, used up by this."""
        used = await self._connection.execute(
            sa.update(moves)
            .where(moves.c.digest == digest, moves.c.used_at.is_(None), moves.c.expires_at > now)
            .values(used_at=now)
            .returning(moves.c.person_id)
        )
        return used.scalar_one_or_none()
