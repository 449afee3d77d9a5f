"""The web page's transcript: what was said to a visitor and what the visitor said, in order."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import Ready, add, change
from storage.tables import web_messages

PAGE = 60
"""Lines given at once: what a phone shows without growing slow."""

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript; `sent_id` is the page's own name for what the visitor sent."""

    id: int
    incoming: bool
    body: dict[str, Any]
    at: datetime
    sent_id: str | None


class Transcript:
    """One visitor's lines, within one transaction. What a body holds is the web channel's own affair."""

    def __init__(self, connection: AsyncConnection, chat: str) -> None:
        self._connection = connection
        self._chat = chat

    async def hold(self) -> None:
        """Let nobody else write to this transcript until the transaction ends.

        Pages ask for what follows the last number they know: a lower number that is committed later
        would be lost to them. SQLite has one writer anyhow.
        """
        if self._connection.dialect.name == "postgresql":
            key = zlib.crc32(self._chat.encode())
            await self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(0x5EB, key - 2**31)))

    async def say(self, body: Body, at: datetime) -> int:
        """Put what is said to the visitor at the end and give its number."""
        row = {"chat": self._chat, "incoming": False, "body": dict(body), "at": at}
        return int(await add(self._connection, web_messages, row, giving="id"))

    async def hear(self, sent_id: str, body: Body, at: datetime) -> int | None:
        """Put what the visitor sent at the end; None when something of this name is there already."""
        row = {"chat": self._chat, "incoming": True, "body": dict(body), "at": at, "sent_id": sent_id}
        number: int | None = await add(
            self._connection, web_messages, row, once=("chat", "sent_id"), giving="id"
        )
        return number

    async def change(self, number: int, body: Body) -> None:
        """Give a line another body; it keeps its place."""
        its = {"chat": self._chat, "id": number}
        await change(self._connection, web_messages, its, {"body": dict(body)})

    async def find(self, number: int) -> Line | None:
        """The line of that number, if it is this visitor's."""
        return await self._one(_FIND, {"number": number})

    async def last_said(self) -> Line | None:
        """The last line that was said to the visitor."""
        return await self._one(_LAST_SAID, {})

    async def after(self, number: int, limit: int = PAGE) -> list[Line]:
        """What follows that number, the oldest first."""
        rows = await _AFTER.run(self._connection, {"its": self._chat, "number": number, "most": limit})
        return [_line(row) for row in rows]

    async def before(self, number: int | None, limit: int = PAGE) -> list[Line]:
        """What leads up to that number (or to the end), the oldest first."""
        lines = self._mine().order_by(web_messages.c.id.desc()).limit(limit)
        if number is not None:
            lines = lines.where(web_messages.c.id < number)
        return [_line(row) for row in await self._connection.execute(lines)][::-1]

    async def sent(self, sent_id: str) -> Line | None:
        """What the visitor sent under this name."""
        return await self._one(_SENT, {"said": sent_id})

    async def forget(self) -> None:
        """Remove the whole transcript (consent withdrawn, erasure)."""
        await self._connection.execute(sa.delete(web_messages).where(web_messages.c.chat == self._chat))

    def _mine(self) -> sa.Select[Any]:
        return sa.select(web_messages).where(web_messages.c.chat == self._chat)

    async def _one(self, query: Ready, params: dict[str, Any]) -> Line | None:
        row = (await query.run(self._connection, {"its": self._chat, **params})).one_or_none()
        return None if row is None else _line(row)


_ITS = sa.select(web_messages).where(web_messages.c.chat == sa.bindparam("its"))
_number: Any = sa.bindparam("number")
_FIND = Ready(_ITS.where(web_messages.c.id == _number))
_SENT = Ready(_ITS.where(web_messages.c.sent_id == sa.bindparam("said")))
_LAST_SAID = Ready(_ITS.where(web_messages.c.incoming.is_(False)).order_by(web_messages.c.id.desc()).limit(1))
_AFTER = Ready(
    _ITS.where(web_messages.c.id > _number).order_by(web_messages.c.id).limit(sa.bindparam("most"))
)


def _line(row: Any) -> Line:
    return Line(row.id, row.incoming, row.body, row.at, row.sent_id)
