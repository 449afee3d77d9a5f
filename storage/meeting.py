"""Everything that must be known about somebody who arrives, in one round trip."""

import hashlib
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import Person
from storage.people import CONSENTS, HAS_SEAT, People
from storage.sessions import Key, Session
from storage.statements import Ready
from storage.tables import identities, persons, sessions, settings

_others = identities.alias("others")
_SETTINGS = sa.select(
    sa.func.aggregate_strings(settings.c.name + "=" + settings.c.value, "\n")
).scalar_subquery()
_ELSEWHERE = sa.exists().where(
    _others.c.person_id == identities.c.person_id, _others.c.seen_at > identities.c.seen_at
)
_SET = Ready(sa.select(_SETTINGS))
_MEET = Ready(
    sa.select(
        persons.c.id,
        persons.c.language,
        persons.c.name,
        persons.c.home_id,
        CONSENTS.label("consents"),
        HAS_SEAT.label("staff"),
        identities.c.chat,
        identities.c.reachable,
        _ELSEWHERE.label("elsewhere"),
        sessions.c.state,
        sessions.c.data,
        sessions.c.handled,
        sessions.c.answer,
        sessions.c.shown,
        sessions.c.saved_at,
        _SETTINGS.label("settings"),
    )
    .select_from(identities)
    .join(persons, persons.c.id == identities.c.person_id)
    .outerjoin(
        sessions,
        sa.and_(
            sessions.c.channel == identities.c.channel,
            sessions.c.user == identities.c.user,
            sessions.c.chat == sa.bindparam("chat"),
        ),
    )
    .where(identities.c.channel == sa.bindparam("channel"), identities.c.user == sa.bindparam("user"))
)


@dataclass(frozen=True, slots=True)
class Met:
    """Who it is (None: a stranger), how the conversation stands, what the district has set.

    `moved` is true when they wrote from somewhere else last, or could not be reached here, so that
    where to answer must be written down.
    """

    person: Person | None
    session: Session
    settings: dict[str, str]
    moved: bool


class Meeting:
    """The first look at whoever arrives."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, key: Key) -> None:
        """One thing at a time for each person, whatever process it arrives at; until the transaction ends.

        Without it the same delivery at two processes would be two. SQLite has one writer anyhow.
        """
        if self._connection.dialect.name == "postgresql":
            told = hashlib.blake2b(f"{key.channel}/{key.chat}/{key.user}".encode(), digest_size=8).digest()
            lock = sa.func.pg_advisory_xact_lock(int.from_bytes(told, signed=True))
            await self._connection.execute(sa.select(lock))

    async def meet(self, key: Key) -> Met:
        """One query for somebody known, two for a stranger; one more for staff (their seats)."""
        found = await _MEET.run(
            self._connection, {"channel": key.channel, "user": key.user, "chat": key.chat}
        )
        row = found.one_or_none()
        if row is None:
            set_there = (await _SET.run(self._connection)).scalar_one()
            return Met(None, Session(), _set(set_there), moved=False)
        person = await People(self._connection).made_of(row)
        moved = row.elsewhere or not row.reachable or row.chat != key.chat
        return Met(person, _session(row), _set(row.settings), bool(moved))


def _session(row: Any) -> Session:
    if row.saved_at is None:
        return Session()
    return Session(row.state, row.data, tuple(row.handled), row.answer or [], row.shown or [], row.saved_at)


def _set(lines: str | None) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (lines or "").split("\n") if "=" in line)
