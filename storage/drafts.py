"""What somebody began and hasn't finished: offered again after a crash, a week, on another device."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import Ready, Row, upsert_together
from storage.tables import drafts

_ALL_OF = sa.delete(drafts).where(drafts.c.person_id == sa.bindparam("person"))
_DROP_ALL = Ready(_ALL_OF)
_DROP = Ready(
    _ALL_OF.where(drafts.c.flow == sa.bindparam("its_flow"), drafts.c.subject == sa.bindparam("about"))
)


@dataclass(frozen=True, slots=True)
class Draft:
    """An unfinished conversation of one person."""

    flow: str
    step: str
    data: dict[str, Any]
    saved_at: datetime

    @property
    def subject(self) -> str:
        """The number of the case it is about, or nothing."""
        return str(self.data.get("case", ""))


class Drafts:
    """One draft a person, flow and case: an answer to one case doesn't overwrite that to another."""

    def __init__(self, connection: AsyncConnection, none_of: int | None = None) -> None:
        """`none_of`: this person is known to have none, so that nobody need look."""
        self._connection = connection
        self._none_of = none_of

    async def keep(self, person_id: int, draft: Draft) -> None:
        """Keep it, in place of an earlier one of the same flow."""
        await self.put([row_of(person_id, draft)])

    async def put(self, rows: Sequence[Row]) -> None:
        """Keep these, in the order of the persons: two who write many never wait for each other."""
        self._none_of = None
        ordered = sorted(rows, key=lambda row: row["person_id"])
        await upsert_together(self._connection, drafts, ("person_id", "flow", "subject"), ordered)

    async def latest(
        self, person_id: int, flow: str | None = None, subject: str | None = None
    ) -> Draft | None:
        """The draft saved last, of this flow (and case) or of any."""
        if person_id == self._none_of:
            return None
        query = sa.select(drafts).where(drafts.c.person_id == person_id)
        if flow is not None:
            query = query.where(drafts.c.flow == flow)
        if subject is not None:
            query = query.where(drafts.c.subject == subject)
        found = await self._connection.execute(query.order_by(drafts.c.saved_at.desc()).limit(1))
        row = found.one_or_none()
        return None if row is None else Draft(row.flow, row.step, row.data, row.saved_at)

    async def drop(self, person_id: int, flow: str | None = None, subject: str = "") -> None:
        """It was finished or thrown away; without a flow, all of this person's."""
        if person_id == self._none_of:
            return
        if flow is None:
            await _DROP_ALL.later(self._connection, {"person": person_id})
        else:
            await _DROP.later(self._connection, {"person": person_id, "its_flow": flow, "about": subject})


def row_of(person_id: int, draft: Draft) -> dict[str, Any]:
    """The draft as the table holds it."""
    return {
        "person_id": person_id,
        "flow": draft.flow,
        "subject": draft.subject,
        "step": draft.step,
        "data": draft.data,
        "saved_at": draft.saved_at,
    }
