"""What WeChat lets us say to whom: windows, counts, agreed notices; and the forgetting of who unfollows."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.allowance import Allowance
from domain.people import Seat
from storage.statements import Ready, add, upsert
from storage.tables import (
    bindings,
    identities,
    wechat_allowances,
    wechat_events,
    wechat_notices,
    wechat_scenes,
)

NAME = "wechat"

EVENTS_KEPT = timedelta(days=1)
"""So long an event is recognised when it is told again."""

_HERE = sa.and_(identities.c.channel == NAME, identities.c.user == sa.bindparam("openid"))
_STANDING = Ready(
    sa.select(
        identities.c.id.label("identity"),
        identities.c.person_id,
        wechat_allowances.c.message_until,
        wechat_allowances.c.messages_left,
        wechat_allowances.c.tap_until,
        wechat_allowances.c.taps_left,
        wechat_allowances.c.missed,
        wechat_allowances.c.visitor,
        wechat_allowances.c.shown,
    )
    .select_from(identities)
    .outerjoin(wechat_allowances, wechat_allowances.c.identity_id == identities.c.id)
    .where(_HERE)
)
_COLUMNS = ("message_until", "messages_left", "tap_until", "taps_left")


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with a follower who is remembered; without `allowance` nothing is known of it yet."""

    identity: int
    person: int
    allowance: Allowance | None
    missed: bool
    visitor: str | None
    shown: tuple[str, ...] = ()


class Followers:
    """Who can be written to in WeChat and how often, in one transaction. `openid` is the identity's user."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def standing(self, openid: str, *, hold: bool = False) -> Standing | None:
        """How it stands; None for somebody who isn't remembered. `hold`: nobody else changes it meanwhile."""
        if hold:  # SQLite has one writer anyhow
            told = {"openid": openid}
            await self._connection.execute(sa.select(identities.c.id).where(_HERE).with_for_update(), told)
        row = (await _STANDING.run(self._connection, {"openid": openid})).one_or_none()
        if row is None:
            return None
        known = row.messages_left is not None
        allowance = Allowance(*(getattr(row, name) for name in _COLUMNS)) if known else None
        return Standing(
            row.identity, row.person_id, allowance, bool(row.missed), row.visitor, tuple(row.shown or ())
        )

    async def keep(
        self, identity: int, allowance: Allowance, shown: Sequence[str] = (), *, missed: bool = False
    ) -> None:
        """So it stands from now on. `shown` are the data of the choices that were pushed last."""
        values: dict[str, Any] = {name: getattr(allowance, name) for name in _COLUMNS}
        row = {"identity_id": identity, **values, "missed": missed, "shown": list(shown)}
        await upsert(self._connection, wechat_allowances, ("identity_id",), row)

    async def seats(self, person_id: int) -> list[Seat]:
        """Everything that letters to this person are addressed to."""
        rows = await self._connection.execute(
            sa.select(bindings.c.role, bindings.c.subject_id).where(
                bindings.c.person_id == person_id, bindings.c.ended_at.is_(None)
            )
        )
        return [Seat("person", person_id), *(Seat(row.role, row.subject_id) for row in rows)]

    async def call_visitor(self, identity: int, visitor: str) -> str:
        """Know them under this name on the page; the name they have already stays."""
        its = wechat_allowances.c.identity_id == identity
        await add(
            self._connection,
            wechat_allowances,
            {"identity_id": identity, "messages_left": 0, "taps_left": 0, "missed": False},
            once=("identity_id",),
        )
        await self._connection.execute(
            sa.update(wechat_allowances)
            .where(its, wechat_allowances.c.visitor.is_(None))
            .values(visitor=visitor)
        )
        found = await self._connection.execute(sa.select(wechat_allowances.c.visitor).where(its))
        return str(found.scalar_one())

    # --- notices -----------------------------------------------------------------------------------------

    async def agreed(self, identity: int) -> dict[str, int]:
        """How many notices of each kind they have agreed to and not got yet."""
        rows = await self._connection.execute(
            sa.select(wechat_notices.c.template, wechat_notices.c.agreed).where(
                wechat_notices.c.identity_id == identity
            )
        )
        return {row.template: row.agreed for row in rows}

    async def agree(self, identity: int, template: str, count: int) -> None:
        """They agreed to so many (more), or, below zero, some went out; it never falls below none."""
        mine = sa.and_(wechat_notices.c.identity_id == identity, wechat_notices.c.template == template)
        row = {"identity_id": identity, "template": template, "agreed": 0}
        await add(self._connection, wechat_notices, row, once=("identity_id", "template"))
        left = wechat_notices.c.agreed + count
        await self._connection.execute(
            sa.update(wechat_notices).where(mine).values(agreed=sa.case((left < 0, 0), else_=left))
        )

    async def refuse(self, identity: int, template: str) -> None:
        """They want no more of these."""
        row = {"identity_id": identity, "template": template, "agreed": 0}
        await upsert(self._connection, wechat_notices, ("identity_id", "template"), row)

    # --- events and scenes -------------------------------------------------------------------------------

    async def first_time(self, event: str, now: datetime, kept: timedelta = EVENTS_KEPT) -> bool:
        """Whether this is heard for the first time; of its words only a digest is kept, and not for long."""
        await self._connection.execute(sa.delete(wechat_events).where(wechat_events.c.until <= now))
        digest = hashlib.sha256(event.encode()).hexdigest()
        row = {"digest": digest, "until": now + kept}
        return await add(self._connection, wechat_events, row, once=("digest",), giving="digest") is not None

    async def scenes(self) -> dict[str, str]:
        """What the QR codes hold that were made so far, by scene."""
        rows = await self._connection.execute(sa.select(wechat_scenes))
        return {row.scene: row.url for row in rows}

    async def keep_scenes(self, urls: dict[str, str]) -> None:
        """Remember what these QR codes hold."""
        for scene, url in urls.items():
            await upsert(self._connection, wechat_scenes, ("scene",), {"scene": scene, "url": url})
