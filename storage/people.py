"""Persons, their identities in the channels, consents, seats and invites."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import Holding, Person, Seat
from storage.joining import join
from storage.statements import Ready, add, change, upsert
from storage.tables import (
    bindings,
    cases,
    consents,
    contacts,
    drafts,
    identities,
    liaisons,
    officers,
    persons,
    representatives,
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody can be written to."""

    channel: str
    user: str
    chat: str


CONSENTS = (
    sa.select(sa.func.aggregate_strings(consents.c.kind, ","))
    .where(consents.c.person_id == persons.c.id, consents.c.withdrawn_at.is_(None))
    .scalar_subquery()
)
HAS_SEAT = sa.exists().where(bindings.c.person_id == persons.c.id, bindings.c.ended_at.is_(None))
_WHO = sa.select(
    persons.c.id,
    persons.c.language,
    persons.c.name,
    persons.c.home_id,
    CONSENTS.label("consents"),
    HAS_SEAT.label("staff"),
)


def _held(role: str, table: sa.Table, workroom: Any, department: Any) -> Any:
    none = sa.cast(sa.null(), sa.Integer)
    return (
        sa.select(
            bindings.c.id.label("binding"),
            bindings.c.person_id,
            sa.literal(role).label("role"),
            table.c.id,
            table.c.name,
            (none if workroom is None else workroom).label("workroom"),
            (none if department is None else department).label("department"),
        )
        .join(table, table.c.id == bindings.c.subject_id)
        .where(bindings.c.role == role, bindings.c.ended_at.is_(None))
    )


_HELD = sa.union_all(
    _held("liaison", liaisons, liaisons.c.workroom_id, None).where(liaisons.c.status == "active"),
    _held("representative", representatives, representatives.c.workroom_id, None).where(
        representatives.c.status.in_(("active", "leave"))
    ),
    _held("contact", contacts, None, contacts.c.department_id),
    _held("officer", officers, None, None).where(officers.c.status == "active"),
).subquery()

_person: Any = sa.bindparam("person")
_here = sa.and_(identities.c.channel == sa.bindparam("channel"), identities.c.user == sa.bindparam("user"))
_KNOWN = Ready(_WHO.join(identities, identities.c.person_id == persons.c.id).where(_here))
_PERSON = Ready(_WHO.where(persons.c.id == _person))
_HOLDINGS = Ready(sa.select(_HELD).where(_HELD.c.person_id == _person).order_by(_HELD.c.binding))
_IDENTIFIED = Ready(sa.select(identities.c.person_id).where(_here))
_STANDING = Ready(
    sa.select(consents.c.id).where(
        consents.c.person_id == _person,
        consents.c.kind == sa.bindparam("sort"),
        consents.c.withdrawn_at.is_(None),
    )
)
_ADDRESSES = Ready(
    sa.select(identities.c.channel, identities.c.user, identities.c.chat)
    .where(identities.c.person_id == _person, identities.c.reachable)
    .order_by(identities.c.seen_at.desc())
)
_HOLDER = Ready(
    sa.select(bindings.c.person_id)
    .where(
        bindings.c.role == sa.bindparam("as"),
        bindings.c.subject_id == sa.bindparam("subject"),
        bindings.c.ended_at.is_(None),
    )
    .order_by(bindings.c.id.desc())
)


def person_of(row: Any, held: tuple[Holding, ...]) -> Person:
    """The person of a row, with these seats."""
    given = frozenset(filter(None, (row.consents or "").split(",")))
    return Person(row.id, row.language, row.name, row.home_id, held, given)


def _holding(row: Any) -> Holding:
    return Holding(row.role, row.id, row.name, row.workroom, row.department)


class People:
    """What is known of people, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def known(self, channel: str, user: str) -> Person | None:
        """Who this is, with seats and consents; None for somebody never remembered."""
        found = await _KNOWN.run(self._connection, {"channel": channel, "user": user})
        row = found.one_or_none()
        return None if row is None else await self.made_of(row)

    async def person(self, person_id: int) -> Person:
        """A person by id."""
        return await self.made_of((await _PERSON.run(self._connection, {"person": person_id})).one())

    async def made_of(self, row: Any) -> Person:
        """The person of a row that has `id`, `language`, `name`, `home_id`, `consents` and `staff`."""
        return person_of(row, await self.holdings(row.id) if row.staff else ())

    async def all_of(self, rows: Sequence[Any]) -> list[Person]:
        """The persons of such rows: one query for all the seats they hold."""
        held: dict[int, list[Holding]] = {}
        staff = [row.id for row in rows if row.staff]
        if staff:
            found = await self._connection.execute(
                sa.select(_HELD).where(_HELD.c.person_id.in_(staff)).order_by(_HELD.c.binding)
            )
            for row in found:
                held.setdefault(row.person_id, []).append(_holding(row))
        return [person_of(row, tuple(held.get(row.id, ()))) for row in rows]

    async def holdings(self, person_id: int) -> tuple[Holding, ...]:
        """The staff seats somebody holds now."""
        rows = await _HOLDINGS.run(self._connection, {"person": person_id})
        return tuple(map(_holding, rows))

    async def remember(self, channel: str, user: str, chat: str, language: str, now: datetime) -> int:
        """A new person with this identity; called only with their consent. Twice is once."""
        found = await _IDENTIFIED.run(self._connection, {"channel": channel, "user": user})
        if (known := found.scalar_one_or_none()) is not None:
            return int(known)
        new = {"language": language, "created_at": now}
        person_id = int(await add(self._connection, persons, new, giving="id"))
        await self.identify(person_id, channel, user, chat, now)
        return person_id

    async def identify(self, person_id: int, channel: str, user: str, chat: str, now: datetime) -> None:
        """This identity is that person from now on (a device moved, a second channel)."""
        row = {
            "channel": channel,
            "user": user,
            "chat": chat,
            "person_id": person_id,
            "seen_at": now,
            "reachable": True,
        }
        await upsert(self._connection, identities, ("channel", "user"), row)

    async def seen(self, channel: str, user: str, chat: str, now: datetime) -> None:
        """They wrote here: answers to others' steps go where they wrote last."""
        here = {"channel": channel, "user": user}
        await change(self._connection, identities, here, {"seen_at": now, "reachable": True, "chat": chat})

    async def addresses(self, person_id: int) -> list[Address]:
        """Where this person can be reached, the place they wrote from last first."""
        rows = await _ADDRESSES.run(self._connection, {"person": person_id})
        return [Address(row.channel, row.user, row.chat) for row in rows]

    async def lost(self, channel: str, user: str) -> None:
        """They can't be reached there any more, until they write again."""
        await change(self._connection, identities, {"channel": channel, "user": user}, {"reachable": False})

    async def reached(self, channel: str, user: str) -> None:
        """They can be reached there again, though they haven't written."""
        await change(self._connection, identities, {"channel": channel, "user": user}, {"reachable": True})

    async def change(self, person_id: int, **values: Any) -> None:
        """Set language, name or home_id."""
        await change(self._connection, persons, {"id": person_id}, values)

    # --- consent -----------------------------------------------------------------------------------------

    async def agree(self, person_id: int, kind: str, now: datetime) -> None:
        """A consent is given; given twice it is one."""
        standing = await _STANDING.run(self._connection, {"person": person_id, "sort": kind})
        if standing.first() is None:
            await add(self._connection, consents, {"person_id": person_id, "kind": kind, "given_at": now})

    async def disagree(self, person_id: int, now: datetime) -> None:
        """All consents are withdrawn; that they were given stays on record."""
        await self._connection.execute(
            sa.update(consents)
            .where(consents.c.person_id == person_id, consents.c.withdrawn_at.is_(None))
            .values(withdrawn_at=now)
        )

    async def forget_newcomer(self, person_id: int) -> None:
        """Somebody agreed to one thing and declined the next: nothing of them stays.

        Only of somebody who never was more here than that; whoever withdraws later stays on record.
        """
        more = (
            sa.exists().where(consents.c.person_id == person_id, consents.c.withdrawn_at.is_not(None)),
            sa.exists().where(cases.c.person_id == person_id),
            sa.exists().where(bindings.c.person_id == person_id),
            sa.select(sa.func.count() > 1).where(identities.c.person_id == person_id).scalar_subquery(),
        )
        if (await self._connection.execute(sa.select(sa.or_(*more)))).scalar_one():
            return
        for table, column in (
            (consents, consents.c.person_id),
            (identities, identities.c.person_id),
            (drafts, drafts.c.person_id),
            (persons, persons.c.id),
        ):
            await self._connection.execute(sa.delete(table).where(column == person_id))

    # --- seats -------------------------------------------------------------------------------------------

    async def holder(self, seat: Seat) -> int | None:
        """The person bound to a seat now."""
        if seat.role == "person":
            return seat.id
        return (await _HOLDER.run(self._connection, {"as": seat.role, "subject": seat.id})).scalars().first()

    async def bind(self, person_id: int, seat: Seat, now: datetime) -> None:
        """The person holds the seat; whoever held it before does no longer."""
        await self.unbind(seat, now)
        await self._connection.execute(
            sa.insert(bindings).values(person_id=person_id, role=seat.role, subject_id=seat.id, bound_at=now)
        )

    async def unbind(self, seat: Seat, now: datetime) -> None:
        """Nobody holds the seat any more."""
        await self._connection.execute(
            sa.update(bindings)
            .where(
                bindings.c.role == seat.role, bindings.c.subject_id == seat.id, bindings.c.ended_at.is_(None)
            )
            .values(ended_at=now)
        )

    async def join(self, joining: int, staying: int, now: datetime) -> None:
        """Two persons turn out to be one: what the first has, cases and identities, goes to the second."""
        if joining == staying:
            return
        await join(self._connection, joining, staying, now)
