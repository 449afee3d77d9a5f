"""Everything that must be known about somebody who arrives, in one round trip, alone or many at once."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import Person
from storage.database import Database
from storage.gathering import Gathering
from storage.people import CONSENTS, HAS_SEAT, People
from storage.sessions import Key, Session
from storage.statements import Ready
from storage.tables import drafts, identities, persons, registry_version, sessions

_others = identities.alias("others")
_VERSION = sa.select(registry_version.c.number).scalar_subquery()
_ELSEWHERE = sa.exists().where(
    _others.c.person_id == identities.c.person_id, _others.c.seen_at > identities.c.seen_at
)
_WHO = (
    persons.c.id,
    persons.c.language,
    persons.c.name,
    persons.c.home_id,
    CONSENTS.label("consents"),
    HAS_SEAT.label("staff"),
    identities.c.chat,
    identities.c.reachable,
    _ELSEWHERE.label("elsewhere"),
    sa.exists().where(drafts.c.person_id == persons.c.id).label("drafting"),
    _VERSION.label("version"),
)
_ONLY_VERSION = Ready(sa.select(_VERSION))
_MEET = Ready(
    sa.select(
        *_WHO,
        sessions.c.state,
        sessions.c.data,
        sessions.c.handled,
        sessions.c.answer,
        sessions.c.shown,
        sessions.c.saved_at,
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
    """Who it is (None: a stranger), how the conversation stands, which version the registry has.

    `moved` is true when they wrote from somewhere else last, or could not be reached here, so that
    where to answer must be written down. `drafting`: something of theirs was begun and not finished.
    """

    person: Person | None
    session: Session
    version: int
    moved: bool = False
    drafting: bool = False

    def standing(self, session: Session) -> "Met":
        """The same with the session, which was loaded elsewhere."""
        return Met(self.person, session, self.version, self.moved, self.drafting)

    @property
    def without_draft(self) -> int | None:
        """The person's number, if they have left nothing unfinished."""
        return None if self.person is None or self.drafting else self.person.id


class Meeting:
    """The first look at whoever arrives, in the step's own transaction."""

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
            return Met(None, Session(), (await _ONLY_VERSION.run(self._connection)).scalar_one())
        person = await People(self._connection).made_of(row)
        return _met(key, row, person, _session(row))


class Meetings:
    """The same for everybody who arrives at the same time, in one query, without their sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gathering: Gathering[Key, Met] = Gathering(self._all, beside=2)

    def asked(self, key: Key) -> "asyncio.Future[Met]":
        """Who it is, to be awaited; the session is left empty."""
        return self._gathering.asked(key)

    async def _all(self, keys: Sequence[Key]) -> list[Met]:
        async with self._database.reading() as connection:
            rows = await _MEET_ALL.run(connection, _wanted(connection.dialect.name, keys))
            found = {(row.asked_channel, row.asked_user): row for row in rows}
            of_key = [found[key.channel, key.user] for key in keys]
            known = [row for row in found.values() if row.id is not None]
            people = {p.id: p for p in await People(connection).all_of(known)}
        return [
            Met(None, Session(), row.version) if row.id is None else _met(key, row, people[row.id], Session())
            for key, row in zip(keys, of_key, strict=True)
        ]


def _meet_all(dialect: str) -> sa.Select[Any]:
    channel: Any
    user: Any
    if dialect == "postgresql":
        texts = ARRAY(sa.Text)
        wanted = (
            sa.func.unnest(sa.bindparam("channels", type_=texts), sa.bindparam("users", type_=texts))
            .table_valued("c", "u")
            .render_derived()
        )
        channel, user = wanted.c.c, wanted.c.u
    else:
        wanted = sa.func.json_each(sa.bindparam("wanted")).table_valued("value")
        channel, user = (sa.func.json_extract(wanted.c.value, f"$[{n}]") for n in (0, 1))
    return (
        sa.select(*_WHO, channel.label("asked_channel"), user.label("asked_user"))
        .select_from(wanted)
        .outerjoin(identities, sa.and_(identities.c.channel == channel, identities.c.user == user))
        .outerjoin(persons, persons.c.id == identities.c.person_id)
    )


def _wanted(dialect: str, keys: Sequence[Key]) -> dict[str, Any]:
    asked = list(dict.fromkeys([(key.channel, key.user) for key in keys]))
    if dialect == "postgresql":
        return {"channels": [channel for channel, _ in asked], "users": [user for _, user in asked]}
    return {"wanted": orjson.dumps(asked).decode()}


_MEET_ALL = Ready(_meet_all)


def _met(key: Key, row: Any, person: Person, session: Session) -> Met:
    moved = row.elsewhere or not row.reachable or row.chat != key.chat
    return Met(person, session, row.version, bool(moved), bool(row.drafting))


def _session(row: Any) -> Session:
    if row.saved_at is None:
        return Session()
    return Session(row.state, row.data, tuple(row.handled), row.answer or [], row.shown or [], row.saved_at)
