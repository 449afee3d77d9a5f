"""Seats as the registry knows them: found by their codes, listed, invited to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import ROLES, Role, Seat
from storage.tables import (
    bindings,
    contacts,
    departments,
    invites,
    liaisons,
    officers,
    representatives,
    workrooms,
)

TABLES: dict[str, sa.Table] = {
    "liaison": liaisons,
    "representative": representatives,
    "contact": contacts,
    "officer": officers,
}
SERVING: dict[str, tuple[str, ...]] = {
    "representative": ("active", "leave"),
    "liaison": ("active",),
    "officer": ("active",),
}
"""The statuses in which somebody still holds their seat; a department's contact has none."""


@dataclass(frozen=True, slots=True)
class Place:
    """A seat of the registry with the names that belong to it."""

    seat: Seat
    code: str
    name: str
    status: str
    where: str
    """The workroom's or department's name, "" for the office."""
    workroom: int | None
    bound: bool

    @property
    def serves(self) -> bool:
        """Whether somebody may be bound to it."""
        return self.status in SERVING.get(self.seat.role, ("",))


@dataclass(frozen=True, slots=True)
class Invite:
    """An invite as it stands."""

    seat: Seat
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


def _places(role: str) -> sa.Select[Any]:
    """The seats of one role, with where they are and whether somebody is bound."""
    table = TABLES[role]
    none = sa.cast(sa.null(), sa.Integer)
    bound = sa.exists().where(
        bindings.c.role == role, bindings.c.subject_id == table.c.id, bindings.c.ended_at.is_(None)
    )
    query = sa.select(
        table.c.id,
        table.c.code,
        table.c.name,
        table.c.get("status", sa.literal("")).label("status"),
        table.c.get("workroom_id", none).label("workroom"),
        bound.label("bound"),
    )
    if role in ("liaison", "representative"):
        query = query.add_columns(workrooms.c.name.label("place"))
        return query.outerjoin_from(table, workrooms, workrooms.c.id == table.c.workroom_id)
    if role == "contact":
        query = query.add_columns(departments.c.name.label("place"))
        return query.join_from(table, departments, departments.c.id == table.c.department_id)
    return query.add_columns(sa.literal("").label("place"))


class Seats:
    """Seats, their invites and what lies at them, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def by_code(self, role: Role, code: str) -> Place | None:
        """The seat with that code of the registry, while the office lists it."""
        found = await self._all(role, TABLES[role].c.code == code, TABLES[role].c.present)
        return found[0] if found else None

    async def by_id(self, seat: Seat) -> Place | None:
        """The seat with that number, listed or not."""
        found = await self._all(seat.role, TABLES[seat.role].c.id == seat.id)
        return found[0] if found else None

    async def roles_of_code(self, code: str) -> list[Role]:
        """Which roles have a seat of that code."""
        return [role for role in ROLES if await self.by_code(role, code)]

    async def listed(self, role: Role, workroom: str | None = None) -> list[Place]:
        """Every seat in service of a role (of one workroom, by its code), in the registry's order."""
        room = () if workroom is None else (workrooms.c.code == workroom,)
        places = await self._all(role, TABLES[role].c.present, *room)
        return [place for place in places if place.serves]

    async def _all(self, role: str, *where: Any) -> list[Place]:
        rows = await self._connection.execute(_places(role).where(*where).order_by(TABLES[role].c.id))
        return [
            Place(Seat(role, r.id), r.code, r.name, r.status, r.place or "", r.workroom, bool(r.bound))
            for r in rows
        ]

    async def retire(self, seat: Seat) -> None:
        """The registry says from now on that they have left."""
        table = TABLES[seat.role]
        await self._connection.execute(sa.update(table).where(table.c.id == seat.id).values(status="left"))

    # --- invites -----------------------------------------------------------------------------------------

    async def invite(self, digest: str) -> Invite | None:
        """The invite with that digest."""
        found = await self._connection.execute(sa.select(invites).where(invites.c.digest == digest))
        row = found.one_or_none()
        if row is None:
            return None
        return Invite(Seat(row.role, row.subject_id), row.expires_at, row.used_at, row.revoked_at)

    async def revoke_invites(self, seat: Seat, now: datetime) -> int:
        """No unused invite to this seat is good any more; how many that were."""
        done = await self._connection.execute(
            sa.update(invites)
            .where(
                invites.c.role == seat.role,
                invites.c.subject_id == seat.id,
                invites.c.used_at.is_(None),
                invites.c.revoked_at.is_(None),
                invites.c.expires_at > now,
            )
            .values(revoked_at=now)
        )
        return int(done.rowcount)
