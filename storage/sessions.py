"""Where each person's conversation stands; here, kept in the database, saved with the step it belongs to."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import upsert
from storage.tables import sessions

REMEMBERED = 10
"""How many handled ids are kept: a repeat older than that comes from no platform we know."""


class Key(NamedTuple):
    """Whose conversation: one person in one chat of one channel. Looked up by at each step: a plain tuple."""

    channel: str
    chat: str
    user: str


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation's standing with what is needed to recognise a repeat.

    `state` is `<flow>:<step>` or None; `handled` are the ids of the last things handled, the newest
    last; `answer` is what was answered to it; `shown` are the choices last shown (data, key, params);
    `saved_at` tells how long ago that was.
    """

    state: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    handled: tuple[str, ...] = ()
    answer: list[Any] = field(default_factory=list)
    shown: list[Any] = field(default_factory=list)
    saved_at: datetime | None = None

    def has_handled(self, inbound_id: str) -> bool:
        """Whether this id was handled before."""
        return inbound_id in self.handled


class KeepsSessions(Protocol):
    """Keeps how a conversation stands once the step is done."""

    async def save(self, key: Key, session: Session, now: datetime) -> None:
        """Keep it; the ids handled longest ago are forgotten."""

    async def forget(self, key: Key) -> None:
        """Remove every trace of the conversation (consent withdrawn)."""


class Sessions:
    """Sessions in a table: saved within the step's own transaction, loaded in storage/meeting.py."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def save(self, key: Key, session: Session, now: datetime) -> None:
        """Keep it; the ids handled longest ago are forgotten."""
        values = {
            "channel": key.channel,
            "chat": key.chat,
            "user": key.user,
            "state": session.state,
            "data": session.data,
            "handled": list(session.handled[-REMEMBERED:]),
            "answer": session.answer,
            "shown": session.shown,
            "saved_at": now,
        }
        await upsert(self._connection, sessions, ("channel", "chat", "user"), values)

    async def forget(self, key: Key) -> None:
        """Remove every trace of the conversation (consent withdrawn)."""
        await self._connection.execute(
            sa.delete(sessions).where(
                sessions.c.channel == key.channel, sessions.c.chat == key.chat, sessions.c.user == key.user
            )
        )
