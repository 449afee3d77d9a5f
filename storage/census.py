"""Counts the registry over: whether everything that cases need is there."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import categories, departments, liaisons, representatives, workrooms


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
