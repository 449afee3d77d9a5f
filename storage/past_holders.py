"""Who had a place in a shift and has it no more."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import add
from storage.tables import past_holders, slots


async def keep_past(connection: AsyncConnection, left: Collection[tuple[int, int]]) -> None:
    """These (place, representative) were together and aren't any more: calendars take the shift back."""
    rows: list[dict[str, Any]] = [{"slot_id": slot, "representative_id": who} for slot, who in left]
    if rows:
        await add(connection, past_holders, rows, once=("slot_id", "representative_id"))


async def left_by(connection: AsyncConnection, shift: int) -> frozenset[int]:
    """The representatives who left a place of this shift."""
    query = (
        sa.select(past_holders.c.representative_id)
        .join(slots, slots.c.id == past_holders.c.slot_id)
        .where(slots.c.shift_id == shift)
    )
    return frozenset((await connection.execute(query)).scalars())
