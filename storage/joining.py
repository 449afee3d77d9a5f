"""Two persons turn out to be one: everything of the first goes to the second, and nothing names the first."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import (
    bindings,
    cases,
    consents,
    drafts,
    identities,
    mutes,
    open_day_wishes,
    outbox,
    persons,
    quiet_hours,
    reminders,
    told_days,
)


async def join(connection: AsyncConnection, joining: int, staying: int, now: datetime) -> None:
    """What both have (a draft of the same conversation, a consent, a name) stays the second's own."""
    for table in (identities, cases, bindings):
        await connection.execute(
            sa.update(table).where(table.c.person_id == joining).values(person_id=staying)
        )
    await _consents(connection, joining, staying, now)
    await _drafts(connection, joining, staying)
    await _names(connection, joining, staying)
    await _brought(connection, joining, staying)
    await connection.execute(
        sa.update(outbox)
        .where(outbox.c.seat == f"person:{joining}", outbox.c.state.in_(("waiting", "unreachable")))
        .values(seat=f"person:{staying}")
    )


async def _consents(connection: AsyncConnection, joining: int, staying: int, now: datetime) -> None:
    """What was agreed to in the other channel needs no second asking; the double ones end."""
    standing = consents.alias("standing")
    given = sa.select(standing.c.kind).where(
        standing.c.person_id == staying, standing.c.withdrawn_at.is_(None)
    )
    mine = (consents.c.person_id == joining, consents.c.withdrawn_at.is_(None))
    await connection.execute(
        sa.update(consents).where(*mine, consents.c.kind.not_in(given)).values(person_id=staying)
    )
    await connection.execute(sa.update(consents).where(*mine).values(withdrawn_at=now))


async def _drafts(connection: AsyncConnection, joining: int, staying: int) -> None:
    """What was begun goes on, unless the same is under way there already."""
    theirs = drafts.alias("theirs")
    same = sa.exists().where(
        theirs.c.person_id == staying, theirs.c.flow == drafts.c.flow, theirs.c.subject == drafts.c.subject
    )
    mine = drafts.c.person_id == joining
    await connection.execute(sa.update(drafts).where(mine, ~same).values(person_id=staying))
    await connection.execute(sa.delete(drafts).where(mine))


_ABOUT_REMINDERS = (
    (mutes, "person_id", ("kind",)),
    (quiet_hours, "person_id", ()),
    (open_day_wishes, "person_id", ("workroom_id", "nominal")),
    (reminders, "seat", ("topic", "subject_id", "turn", "day", "step")),
    (told_days, "seat", ("workroom_id", "nominal")),
)
"""Whose a row is, and what makes it one with another's row."""


async def _brought(connection: AsyncConnection, joining: int, staying: int) -> None:
    """What the first wished for, switched off and was told; where the second has the same, theirs stays."""
    for table, whose, keys in _ABOUT_REMINDERS:
        seats = whose == "seat"
        first, second = (f"person:{n}" if seats else n for n in (joining, staying))
        theirs = table.alias("theirs")
        alike = [theirs.c[name] == table.c[name] for name in keys]
        same = sa.exists().where(theirs.c[whose] == second, *alike)
        mine = table.c[whose] == first
        await connection.execute(sa.update(table).where(mine, ~same).values({whose: second}))
        await connection.execute(sa.delete(table).where(mine))


async def _names(connection: AsyncConnection, joining: int, staying: int) -> None:
    """Name and home come along where the second has none."""
    found = await connection.execute(
        sa.select(persons.c.name, persons.c.home_id).where(persons.c.id == joining)
    )
    name, home = found.one()
    row = persons.c.id == staying
    await connection.execute(sa.update(persons).where(row, persons.c.name == "").values(name=name))
    await connection.execute(sa.update(persons).where(row, persons.c.home_id.is_(None)).values(home_id=home))
    await connection.execute(sa.update(persons).where(persons.c.id == joining).values(name="", home_id=None))
