"""What lies at a seat whose holder leaves: cases, calls, letters, bindings, invites (rule 23)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases import UNTIL_ANSWER
from domain.people import Seat
from storage.seats import SERVING, TABLES
from storage.statements import Ready, written
from storage.tables import bindings, cases, invites, outbox, representatives, rounds, workrooms


class Leavings:
    """What was left behind, in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open_cases(self, seat: Seat) -> list[tuple[int, int]]:
        """(case, workroom) of what a representative has taken and not answered."""
        rows = await self._connection.execute(
            sa.select(cases.c.id, cases.c.workroom_id)
            .where(cases.c.representative_id == seat.id, cases.c.state.in_(UNTIL_ANSWER))
            .order_by(cases.c.id)
        )
        return [(row.id, row.workroom_id) for row in rows]

    async def calls(self, seat: Seat, workroom: int | None = None) -> list[int]:
        """The cases (of one workroom) in which this seat has yet to call back."""
        where = [rounds.c.caller == str(seat), rounds.c.called_back_at.is_(None)]
        if workroom is not None:
            where.append(cases.c.workroom_id == workroom)
        rows = await self._connection.execute(
            sa.select(cases.c.id)
            .join(rounds, sa.and_(rounds.c.case_id == cases.c.id, rounds.c.number == cases.c.round))
            .where(cases.c.state.in_(UNTIL_ANSWER), *where)
            .order_by(cases.c.id)
        )
        return list(rows.scalars())

    async def workroom(self, code: str) -> int | None:
        """The workroom of a code, listed or not."""
        found = await self._connection.execute(sa.select(workrooms.c.id).where(workrooms.c.code == code))
        return found.scalar_one_or_none()

    async def waiting_in(self, workroom: int) -> int:
        """How many cases of a workroom wait for its liaison."""
        counted = await self._connection.execute(
            sa.select(sa.func.count()).where(cases.c.workroom_id == workroom, cases.c.waits_for == "liaison")
        )
        return int(counted.scalar_one())

    async def pass_letters(
        self, old: Seat, new: Seat, now: datetime, since: datetime, workroom: int | None = None
    ) -> int:
        """What waits for one seat waits for another, what nobody was bound to get is tried again.

        With `workroom`, letters about its cases only. Of two letters about one event the other one is enough.
        """
        where = [outbox.c.seat == str(old), outbox.c.edits.is_(None), _pending(since)]
        if workroom is not None:
            where.append(outbox.c.case_id.in_(sa.select(cases.c.id).where(cases.c.workroom_id == workroom)))
        rows = list(await self._connection.execute(sa.select(outbox.c.id, outbox.c.key).where(*where)))
        twins = {row.key: row.key.removesuffix(str(old)) + str(new) for row in rows}
        double = await self._keys(twins.values())
        twice = [row.id for row in rows if twins[row.key] in double]
        await self._set(twice, state="dropped", error="passed on")
        passed = [row.id for row in rows if twins[row.key] not in double]
        await self._set(passed, seat=str(new), state="waiting", next_at=now, leased_until=None)
        return len(passed)

    async def forget(self, seat: Seat, now: datetime) -> None:
        """Nobody is bound or invited, and nothing is changed any more in the chat of who was."""
        await self._connection.execute(
            sa.update(bindings)
            .where(
                bindings.c.role == seat.role, bindings.c.subject_id == seat.id, bindings.c.ended_at.is_(None)
            )
            .values(ended_at=now)
        )
        await self._connection.execute(
            sa.update(invites)
            .where(invites.c.role == seat.role, invites.c.subject_id == seat.id, _usable(now))
            .values(revoked_at=now)
        )
        await self._connection.execute(
            sa.update(outbox).where(outbox.c.seat == str(seat), outbox.c.state == "sent").values(ref=None)
        )
        await self._connection.execute(
            sa.update(outbox)
            .where(outbox.c.seat == str(seat), outbox.c.state == "waiting", outbox.c.edits.is_not(None))
            .values(state="dropped", leased_until=None)
        )

    async def _keys(self, wanted: Iterable[str]) -> set[str]:
        """Which of these letters there are."""
        found = await self._connection.execute(sa.select(outbox.c.key).where(outbox.c.key.in_(list(wanted))))
        return set(found.scalars())

    async def _set(self, letters: Sequence[int], **values: Any) -> None:
        if letters:
            await self._connection.execute(sa.update(outbox).where(outbox.c.id.in_(letters)).values(**values))

    async def stranded(self, now: datetime, since: datetime) -> list[Seat]:
        """Seats of people no longer in service at which something still lies."""
        rows = await _stranded().run(self._connection, {"now": now, "since": since})
        return [Seat(row.role, row.id) for row in rows]

    async def moved(self) -> list[Seat]:
        """Representatives with open cases of a workroom that is no longer theirs."""
        rows = await _MOVED.run(self._connection)
        return [Seat("representative", number) for number in rows.scalars()]


_MOVED = Ready(
    sa.select(representatives.c.id)
    .join(cases, cases.c.representative_id == representatives.c.id)
    .where(
        representatives.c.workroom_id.is_distinct_from(cases.c.workroom_id),
        cases.c.open,
        cases.c.state.in_(written(*UNTIL_ANSWER)),
    )
    .distinct()
    .order_by(representatives.c.id)
)


def _pending(since: Any) -> Any:
    """In a form that the index of a seat's letters answers: a seat has thousands that were sent."""
    lately = sa.or_(outbox.c.state == "waiting", outbox.c.made_at >= since)
    return sa.and_(outbox.c.state.in_(("waiting", "unreachable")), lately)


def _usable(now: Any) -> Any:
    return sa.and_(invites.c.used_at.is_(None), invites.c.revoked_at.is_(None), invites.c.expires_at > now)


@cache
def _stranded() -> Ready:
    """The planner asks it every minute: it is put together once, of all roles."""
    roles = (_left_behind(place, role, statuses) for place, (role, statuses) in enumerate(SERVING.items()))
    return Ready(sa.union_all(*roles).order_by("place", "id"))


def _left_behind(place: int, role: str, statuses: tuple[str, ...]) -> Any:
    table = TABLES[role]
    now: Any = sa.bindparam("now", type_=invites.c.expires_at.type)
    since: Any = sa.bindparam("since", type_=outbox.c.made_at.type)
    seat = sa.literal(role + ":") + sa.cast(table.c.id, sa.String)
    things = [
        sa.exists().where(
            bindings.c.role == role, bindings.c.subject_id == table.c.id, bindings.c.ended_at.is_(None)
        ),
        sa.exists().where(
            invites.c.role == role,
            invites.c.subject_id == table.c.id,
            invites.c.used_at.is_(None),
            invites.c.revoked_at.is_(None),
            invites.c.expires_at > now,
        ),
        sa.exists().where(outbox.c.seat == seat, outbox.c.edits.is_(None), _pending(since)),
        sa.exists().where(
            rounds.c.caller == seat,
            rounds.c.called_back_at.is_(None),
            cases.c.id == rounds.c.case_id,
            cases.c.round == rounds.c.number,
            cases.c.state.in_(UNTIL_ANSWER),
        ),
    ]
    if role == "representative":
        things.append(_in_hand(table))
    left = sa.and_(table.c.status.not_in(statuses), sa.or_(*things))
    return sa.select(sa.literal(place).label("place"), sa.literal(role).label("role"), table.c.id).where(left)


def _in_hand(table: sa.Table) -> Any:
    """A representative's cases under way, by the index: those long closed are many."""
    return sa.exists().where(
        cases.c.representative_id == table.c.id,
        cases.c.waits_for.is_not(None),
        cases.c.state.in_(UNTIL_ANSWER),
    )
