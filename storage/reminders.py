"""What is due to be reminded of, found in one query a kind, and what was; who wants to hear of what."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases import Case
from domain.people import Seat
from domain.reminders import VISITS, WAITERS, Due, Rungs
from storage.cases import WHOLE, case_of
from storage.statements import Ready, add, insert
from storage.tables import (
    activities,
    activity_decisions,
    bindings,
    cases,
    contacts,
    liaisons,
    mutes,
    officers,
    reminders,
    representatives,
    workrooms,
)

MOST = 20_000
"""Reminders of one kind in one round; what is more waits for the next minute."""

Mutes = frozenset[tuple[str, str]]
"""(seat, kind) of everything somebody has switched off, for the seats they hold and their own."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The seats that a reminder may be addressed to, by what they belong to."""

    liaisons: Mapping[int, Seat]
    contacts: Mapping[int, tuple[Seat, ...]]
    officers: tuple[Seat, ...]
    rooms: Mapping[int, str]


class Reminders:
    """Reminders, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    # --- what is due -------------------------------------------------------------------------------------

    async def waiting(self, rungs: Rungs, touched_before: datetime) -> list[Case]:
        """Cases whose term stands on a rung today that nobody was told of yet, oldest first.

        Of a term that is still to come nobody is told on the day on which they heard of the case.
        """
        given = {
            "today": rungs.today,
            "horizon": rungs.horizon,
            "late": rungs.late,
            "office": rungs.office,
            "touched": touched_before,
            "most": MOST,
        }
        return [case_of(row) for row in await _WAITING.run(self._connection, given)]

    async def unvisited(self, first: date, last: date) -> list[int]:
        """Representatives in office, bound to their seat, with no visit logged in these days (rule 34)."""
        given = {"first": first, "last": last, "most": MOST}
        return list((await _UNVISITED.run(self._connection, given)).scalars())

    async def visited(self, bound: Sequence[int], first: date, last: date) -> set[int]:
        """Of these representatives, those with a visit logged in these days."""
        query = sa.select(activities.c.representative_id).where(
            activities.c.representative_id.in_(sorted(set(bound))), _visit_in(first, last)
        )
        return set((await self._connection.execute(query)).scalars())

    async def told(self, topic: str, subject: int, day: date) -> bool:
        """Whether somebody was reminded of this before."""
        given = {"topic": topic, "subject": subject, "day": day}
        return (await _TOLD.run(self._connection, given)).first() is not None

    async def seats(self) -> Addresses:
        """Every seat of liaisons, contacts and the office, by workroom and department: four queries."""
        found: dict[str, list[Any]] = {}
        for name, query in _SEATS.items():
            found[name] = list(await query.run(self._connection))
        contacts_of: dict[int, tuple[Seat, ...]] = {}
        for row in found["contacts"]:
            contacts_of[row.department_id] = (
                *contacts_of.get(row.department_id, ()),
                Seat("contact", row.id),
            )
        return Addresses(
            {row.workroom_id: Seat("liaison", row.id) for row in found["liaisons"]},
            contacts_of,
            tuple(Seat("officer", row.id) for row in found["officers"]),
            {row.id: row.name for row in found["rooms"]},
        )

    # --- once --------------------------------------------------------------------------------------------

    async def record(self, found: Iterable[tuple[Due, bool]], now: datetime) -> None:
        """(what was due, whether a letter went out for it): written once, whoever else writes it, too."""
        rows = [
            {
                "topic": due.topic,
                "subject_id": due.subject,
                "turn": due.turn,
                "day": due.day,
                "step": due.step,
                "seat": str(due.seat),
                "told": told,
                "at": now,
            }
            for due, told in found
        ]
        if rows:
            await add(self._connection, reminders, rows, once=())

    # --- mutes -------------------------------------------------------------------------------------------

    async def mutes(self) -> Mutes:
        """What is switched off by anybody, by their seats: few people do, so it is read whole."""
        held = await _MUTED_SEATS.run(self._connection)
        own = await _MUTED_PERSONS.run(self._connection)
        return frozenset(
            [(f"{row.role}:{row.subject_id}", row.kind) for row in held]
            + [(f"person:{row.person_id}", row.kind) for row in own]
        )

    async def mutes_of(self, seats: Collection[Seat]) -> Mutes:
        """What whoever holds these seats has switched off: two queries, however many others do so too."""
        people = [seat.id for seat in seats if seat.role == "person"]
        others = [(seat.role, seat.id) for seat in seats if seat.role != "person"]
        own = sa.select(mutes.c.person_id, mutes.c.kind).where(mutes.c.person_id.in_(people))
        held = _SEATS_MUTED.where(sa.tuple_(bindings.c.role, bindings.c.subject_id).in_(others))
        found = [(f"person:{p}", kind) for p, kind in await self._connection.execute(own)] if people else []
        if others:
            found += [(f"{role}:{n}", kind) for role, n, kind in await self._connection.execute(held)]
        return frozenset(found)

    async def muted(self, person_id: int) -> frozenset[str]:
        """The kinds this person has switched off."""
        return frozenset((await _MUTED_KINDS.run(self._connection, {"person": person_id})).scalars())

    async def mute(self, person_id: int, kind: str, now: datetime) -> None:
        """Switch a kind off; twice is once."""
        row = {"person_id": person_id, "kind": kind, "muted_at": now}
        await self._connection.execute(insert(self._connection, mutes).values(row).on_conflict_do_nothing())

    async def unmute(self, person_id: int, kind: str) -> bool:
        """Switch it on again; whether it was off."""
        done = await self._connection.execute(
            sa.delete(mutes).where(mutes.c.person_id == person_id, mutes.c.kind == kind)
        )
        return bool(done.rowcount)

    async def still_waiting(self, numbers: Sequence[int]) -> dict[int, tuple[str, int, date]]:
        """(whose turn, round, until when) of these cases, as they stand now."""
        rows = await self._connection.execute(
            sa.select(cases.c.id, cases.c.waits_for, cases.c.round, cases.c.wait_until).where(
                cases.c.id.in_(numbers), cases.c.wait_until.is_not(None)
            )
        )
        return {row.id: (row.waits_for, row.round, row.wait_until) for row in rows}


def nobody_told(*about: Any) -> Any:
    """That no reminder of this is in the ledger, looked up for each row by the index.

    As NOT EXISTS it would be a join to PostgreSQL, and one planned while the ledger was small compares
    everything with everything ever after.
    """
    return sa.select(reminders.c.id).where(*about).limit(1).scalar_subquery().is_(None)


def _day(name: str) -> Any:
    return sa.bindparam(name, type_=sa.Date())


_most: Any = sa.bindparam("most")
_term = cases.c.wait_until
_rung = sa.case(
    (_term > _day("today"), "soon"),
    (_term > _day("late"), "due"),
    (_term > _day("office"), "late"),
    else_="up",
)
_WAITING = Ready(
    WHOLE.where(
        _term <= _day("horizon"),
        cases.c.waits_for.in_([str(part) for part in WAITERS]),
        sa.or_(
            _term <= _day("today"),
            cases.c.touched_at < sa.bindparam("touched", type_=cases.c.touched_at.type),
        ),
        nobody_told(
            reminders.c.topic == cases.c.waits_for,
            reminders.c.subject_id == cases.c.id,
            reminders.c.turn == cases.c.round,
            reminders.c.day == _term,
            reminders.c.step == _rung,
        ),
    )
    .order_by(cases.c.id)
    .limit(_most)
)


def _visit_in(first: Any, last: Any) -> Any:
    """A visit of these days that wasn't returned or withdrawn; that it is confirmed isn't waited for."""
    return sa.and_(
        activities.c.kind.in_(VISITS),
        activities.c.day.between(first, last),
        ~sa.exists().where(
            activity_decisions.c.activity_id == activities.c.id,
            activity_decisions.c.decision != "confirmed",
        ),
    )


_UNVISITED = Ready(
    sa.select(representatives.c.id)
    .where(
        representatives.c.status == "active",
        representatives.c.present,
        sa.exists().where(
            bindings.c.role == "representative",
            bindings.c.subject_id == representatives.c.id,
            bindings.c.ended_at.is_(None),
        ),
        ~sa.exists().where(
            activities.c.representative_id == representatives.c.id, _visit_in(_day("first"), _day("last"))
        ),
        nobody_told(
            reminders.c.topic == "visit",
            reminders.c.subject_id == representatives.c.id,
            reminders.c.day == _day("last"),
        ),
    )
    .order_by(representatives.c.id)
    .limit(_most)
)

_TOLD = Ready(
    sa.select(reminders.c.id)
    .where(
        reminders.c.topic == sa.bindparam("topic"),
        reminders.c.subject_id == sa.bindparam("subject"),
        reminders.c.day == _day("day"),
    )
    .limit(1)
)

_SEATS = {
    # of several liaisons of a workroom the last one stands, as in Registry.liaison_of
    "liaisons": Ready(
        sa.select(liaisons.c.id, liaisons.c.workroom_id)
        .where(liaisons.c.status == "active")
        .order_by(liaisons.c.present, liaisons.c.id)
    ),
    "contacts": Ready(
        sa.select(contacts.c.id, contacts.c.department_id).where(contacts.c.present).order_by(contacts.c.id)
    ),
    "officers": Ready(
        sa.select(officers.c.id)
        .where(officers.c.status == "active", officers.c.present)
        .order_by(officers.c.id)
    ),
    "rooms": Ready(sa.select(workrooms.c.id, workrooms.c.name)),
}

_SEATS_MUTED = (
    sa.select(bindings.c.role, bindings.c.subject_id, mutes.c.kind)
    .join(bindings, bindings.c.person_id == mutes.c.person_id)
    .where(bindings.c.ended_at.is_(None))
)
_MUTED_SEATS = Ready(_SEATS_MUTED)
_MUTED_PERSONS = Ready(sa.select(mutes.c.person_id, mutes.c.kind))
_MUTED_KINDS = Ready(sa.select(mutes.c.kind).where(mutes.c.person_id == sa.bindparam("person")))
