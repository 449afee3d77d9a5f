"""Counts over: whether everything that cases need is in the registry, and what letters lie about."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statements import written
from storage.tables import categories, departments, liaisons, outbox, representatives, workrooms

STUCK = ("held", "unreachable", "given_up")
"""States of letters that somebody may have to look at, beside those that wait (`Outbox.waiting`).

Sent ones are only counted as they go.
"""


@dataclass(frozen=True, slots=True)
class Census:
    """How many there are; `unplaced` are active representatives without a workroom (not the army's)."""

    workrooms: int
    without_liaison: int
    representatives: int
    unplaced: int
    departments: int
    categories: int


async def count(connection: AsyncConnection) -> Census:
    """Everything in one query."""
    served = sa.exists().where(liaisons.c.workroom_id == workrooms.c.id, liaisons.c.status == "active")
    serving = sa.and_(representatives.c.present, representatives.c.status == "active")
    row = (
        await connection.execute(
            sa.select(
                _many(workrooms, workrooms.c.present).label("workrooms"),
                _many(workrooms, workrooms.c.present, sa.not_(served)).label("without_liaison"),
                _many(representatives, serving).label("representatives"),
                _many(representatives, serving, representatives.c.workroom_id.is_(None)).label("unplaced"),
                _many(departments, departments.c.present).label("departments"),
                _many(categories, categories.c.present).label("categories"),
            )
        )
    ).one()
    return Census(**row._mapping)


def _many(table: sa.Table, *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(table).where(*where).scalar_subquery()


async def letters(connection: AsyncConnection) -> dict[str, int]:
    """How many letters there are in each state of STUCK."""
    found = await connection.execute(
        sa.select(outbox.c.state, sa.func.count())
        .where(outbox.c.state.in_(written(*STUCK)))
        .group_by(outbox.c.state)
    )
    there = {row.state: row[1] for row in found}
    return {state: there.get(state, 0) for state in STUCK}
