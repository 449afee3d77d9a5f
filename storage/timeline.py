"""A case's timeline: who did what when, visible to whom, with the files that came with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases import Case, Event
from storage.statements import Ready, add, add_later, insert
from storage.tables import attachments, events, media

_HAPPENED = Ready(sa.select(events.c.id).where(events.c.origin == sa.bindparam("origin")))
_OF_CASE = (
    sa.select(events)
    .where(events.c.case_id == sa.bindparam("case"))
    .order_by(events.c.id)
    .limit(sa.bindparam("most"))
)
_ALL_EVENTS, _EVENTS = Ready(_OF_CASE), Ready(_OF_CASE.where(events.c.visible == "all"))
_FILES = Ready(
    sa.select(attachments.c.event_id, attachments.c.media_id)
    .where(attachments.c.case_id == sa.bindparam("case"))
    .order_by(attachments.c.event_id, attachments.c.place)
)


class Timeline:
    """Events are only ever added."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def record(self, case: Case, event: Event, origin: str | None) -> None:
        """Add an event with its files; not one whose origin was recorded before (a step run twice)."""
        values = {
            "case_id": case.id,
            "round": event.round,
            "at": event.at,
            "action": event.action,
            "seat": event.seat,
            "visible": event.visible,
            "words": event.words,
            "data": event.data,
            "origin": origin,
        }
        if not event.media:
            await add_later(self._connection, events, values, once=("origin",))
            return
        event_id = await add(self._connection, events, values, once=("origin",), giving="id")
        if event_id is not None:
            await self._attach(case.id, event_id, event.media)

    async def _attach(self, case_id: int, event_id: int, files: Sequence[int]) -> None:
        rows = [
            {"case_id": case_id, "event_id": event_id, "media_id": file, "place": place}
            for place, file in enumerate(files)
        ]
        await add(self._connection, attachments, rows)

    async def happened(self, origin: str) -> bool:
        """Whether an action with this key was done before."""
        return (await _HAPPENED.run(self._connection, {"origin": origin})).first() is not None

    async def of_case(self, case_id: int, *, staff: bool, limit: int = 200) -> list[Event]:
        """The timeline from the beginning; without what only staff may see unless `staff`."""
        query = _ALL_EVENTS if staff else _EVENTS
        rows = list(await query.run(self._connection, {"case": case_id, "most": limit}))
        files = await self._files(case_id)
        return [_event(row, tuple(files.get(row.id, ()))) for row in rows]

    async def _files(self, case_id: int) -> dict[int, list[int]]:
        rows = await _FILES.run(self._connection, {"case": case_id})
        files: dict[int, list[int]] = {}
        for row in rows:
            files.setdefault(row.event_id, []).append(row.media_id)
        return files

    async def media_of(self, case_id: int, *, staff: bool) -> list[int]:
        """All files of a case that this side may see, in the order they came."""
        query = (
            sa.select(attachments.c.media_id)
            .join(events, events.c.id == attachments.c.event_id)
            .where(attachments.c.case_id == case_id)
            .order_by(attachments.c.event_id, attachments.c.place)
        )
        rows = await self._connection.execute(query if staff else query.where(events.c.visible == "all"))
        return list(rows.scalars())

    async def cases_of_media(self, media_id: int) -> list[tuple[int, str]]:
        """(case, visibility) of every event the file hangs on: who may see it is decided from these."""
        rows = await self._connection.execute(
            sa.select(attachments.c.case_id, events.c.visible)
            .join(events, events.c.id == attachments.c.event_id)
            .where(attachments.c.media_id == media_id)
        )
        return [(row.case_id, row.visible) for row in rows]


class MediaRows:
    """What is known of the files on the shelf."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, kept: Any, now: datetime) -> int:
        """The id of a file on the shelf (`storage.media.Kept`); the same content is one row."""
        values = {
            "digest": kept.digest,
            "kind": kept.kind,
            "mime": kept.mime,
            "bytes": kept.bytes,
            "width": kept.width,
            "height": kept.height,
            "seconds": kept.seconds,
            "made_at": now,
        }
        statement = insert(self._connection, media).values(values)
        made = await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["digest"], set_={"mime": statement.excluded.mime}
            ).returning(media.c.id)
        )
        return int(made.scalar_one())

    async def by_ids(self, ids: Sequence[int]) -> dict[int, Any]:
        """Rows (digest, kind, mime, …) by id."""
        rows = await self._connection.execute(sa.select(media).where(media.c.id.in_(list(ids))))
        return {row.id: row for row in rows}


def _event(row: Any, files: tuple[int, ...]) -> Event:
    return Event(row.action, row.at, row.round, row.seat, row.visible, row.words, row.data, files)
