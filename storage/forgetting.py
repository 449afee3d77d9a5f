"""Takes away what names somebody in one channel; with the last channel, what names them at all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import (
    bindings,
    code_tries,
    consents,
    drafts,
    identities,
    moves,
    mutes,
    open_day_wishes,
    outbox,
    persons,
    quiet_hours,
    told_days,
    wechat_allowances,
    wechat_notices,
)


@dataclass(frozen=True, slots=True)
class Known:
    """One identity: its row, whose it is, and whom the page inside WeChat knows them as."""

    identity: int
    person: int
    visitor: str | None


class Forgetting:
    """Deletes within one transaction. Cases, their words and their timelines stay."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def known(self, channel: str, user: str) -> Known | None:
        """The identity, if it is remembered."""
        found = await self._connection.execute(
            sa.select(identities.c.id, identities.c.person_id, wechat_allowances.c.visitor)
            .outerjoin(wechat_allowances, wechat_allowances.c.identity_id == identities.c.id)
            .where(identities.c.channel == channel, identities.c.user == user)
        )
        row = found.one_or_none()
        return None if row is None else Known(row.id, row.person_id, row.visitor)

    async def identity(self, channel: str, user: str) -> None:
        """The identity, what hangs on it, and where letters to it went."""
        here = (identities.c.channel == channel, identities.c.user == user)
        its = sa.select(identities.c.id).where(*here)
        for table in (wechat_notices, wechat_allowances):
            await self._delete(table, table.c.identity_id.in_(its))
        await self._delete(identities, *here)
        await self._connection.execute(
            sa.update(outbox)
            .where(outbox.c.channel == channel, outbox.c.chat == user)
            .values(chat=None, ref=None)
        )

    async def has_identity(self, person_id: int) -> bool:
        """Whether this person can still come back as themselves, from anywhere."""
        found = await self._connection.execute(
            sa.select(sa.exists().where(identities.c.person_id == person_id))
        )
        return bool(found.scalar_one())

    async def person(self, person_id: int, now: datetime) -> None:
        """Nobody is behind this number any more: name, home, wishes, drafts, seats and consents go."""
        await self._delete(told_days, told_days.c.seat == f"person:{person_id}")
        for table in (drafts, moves, code_tries, mutes, quiet_hours, open_day_wishes):
            await self._delete(table, table.c.person_id == person_id)
        await self._connection.execute(
            sa.update(persons).where(persons.c.id == person_id).values(name="", home_id=None)
        )
        for table, column in ((bindings, "ended_at"), (consents, "withdrawn_at")):
            await self._connection.execute(
                sa.update(table)
                .where(table.c.person_id == person_id, table.c[column].is_(None))
                .values({column: now})
            )

    async def _delete(self, table: sa.Table, *where: Any) -> None:
        await self._connection.execute(sa.delete(table).where(*where))
