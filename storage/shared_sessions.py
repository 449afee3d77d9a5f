"""Sessions in Redis, shared by processes, in the layout of aiogram's own storage (DESIGN §4, CHANNELS §1).

`fsm:<chat>:<user>:state` and `…:data` are what aiogram would write; `…:lock` is its lock. What is ours alone
(what was handled, what was answered, what was shown) lies under `workroom:session:…`.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import orjson

from storage.database import AtNeed, Database, DatabaseAway
from storage.drafts import Drafts
from storage.drafts_beside import DraftsBeside
from storage.gathering import Gathering, given_up
from storage.meeting import Meetings, Met
from storage.remembered import Remembered
from storage.scripts import Script, Scripts
from storage.sessions import REMEMBERED, Key, Session
from storage.statements import Row
from storage.unit import UnitOfWork
from storage.work import Work

LEASE = timedelta(seconds=10)
"""So long a process holds a person's conversation; a step takes milliseconds. After that another may.

Longer than a transaction may stand still (storage/database.SERVED): whoever held it can't commit any more.
"""

PATIENCE = timedelta(seconds=12)
"""So long another process's step is waited for: longer than the lease of one that was killed."""

SOON = 1.0
"""Seconds within which a step that has prolonged its lease is committed, or it prolongs it once more."""

_LEASE_MS = int(LEASE / timedelta(milliseconds=1))

LOOKS = (0.01, 0.02, 0.05, 0.1)
"""Seconds between looks whether the other process is done; the last one again and again."""

_TAKE = Script("""
local held = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
if not held and redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
local age = ARGV[3] * 1000 - redis.call('PTTL', KEYS[4])
return {redis.call('GET', KEYS[2]), redis.call('GET', KEYS[3]), redis.call('GET', KEYS[4]), age}
""")
_PROLONG = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
""")
_KEEP = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
for place = 2, 4 do
  if ARGV[place + 1] == '' then redis.call('DEL', KEYS[place])
  else redis.call('SET', KEYS[place], ARGV[place + 1], 'EX', ARGV[2]) end
end
if ARGV[6] == '' then redis.call('DEL', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[6]) end
return 1
""")
_GIVE_BACK = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('EXPIRE', KEYS[4], ARGV[2])
return redis.call('DEL', KEYS[1])
""")
_RELEASE = Script("""
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
""")


class Overtaken(DatabaseAway):
    """Held too long, and another process has taken over: this one's late write changes nothing."""


def keys_of(key: Key) -> list[str]:
    """Lock, state, data and what is ours; Telegram's first three bear the names that aiogram gives them."""
    place = f"{key.chat}:{key.user}" if key.channel == "telegram" else f"{key.channel}:{key.chat}:{key.user}"
    ours = f"workroom:session:{key.channel}:{key.chat}:{key.user}"
    return [f"fsm:{place}:lock", f"fsm:{place}:state", f"fsm:{place}:data", ours]


class Taken(NamedTuple):
    """A conversation that is ours now. What is known of the person is as it was left only

    if it was asked for after the last step was kept: `age` is how many seconds ago that was (0 when nothing
    is known of it, or another process had to be waited for), `by` the process.
    """

    session: Session
    age: float
    by: str


class Kept:
    """The session as the step wants it kept by this process, until its transaction is committed."""

    def __init__(self, by: str) -> None:
        self.values: list[bytes | str] | None = None
        self._by = by

    async def save(self, key: Key, session: Session, now: datetime) -> None:
        """As `storage.sessions.KeepsSessions`."""
        ours = {
            "handled": session.handled[-REMEMBERED:],
            "answer": session.answer,
            "shown": session.shown,
            "saved_at": now,
            "by": self._by,
        }
        data = orjson.dumps(session.data) if session.data else ""
        self.values = [session.state or "", data, orjson.dumps(ours)]

    async def forget(self, key: Key) -> None:
        """As `storage.sessions.KeepsSessions`."""
        self.values = ["", "", ""]


class Shared:
    """A workplace of many processes: lock and load in one round trip, save and unlock in another."""

    def __init__(
        self,
        database: Database,
        scripts: Scripts,
        lasts: timedelta,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`lasts`: how long a conversation nobody goes on with is remembered; its draft stays longer."""
        self._database, self._scripts, self._lasts = database, scripts, int(lasts.total_seconds())
        self._clock = clock
        self._we, self._steps = secrets.token_hex(8), count()
        self._remembered, self._meetings = Remembered(), Meetings(database)
        self._drafts: Gathering[list[Row], None] = Gathering(self._keep_drafts, beside=2)

    @asynccontextmanager
    async def work(self, key: Key) -> AsyncIterator[Work]:
        """As `storage.work.Workplace`."""
        keys, fence = keys_of(key), f"{self._we}{next(self._steps):x}"
        kept, began = Kept(self._we), self._clock()
        try:
            met = await self._met(key, keys, fence)
            async with self._database.writing_if_needed() as connection:
                drafts = DraftsBeside(connection, met.without_draft)
                found = self._remembered.of(met.version)
                yield Work(UnitOfWork(connection, found, drafts=drafts, sessions=kept), met)  # type: ignore[arg-type]
                if connection.needed or drafts.thrown:
                    await self._settled(connection, drafts, keys, fence)
            if drafts.kept:
                if self._clock() - began > SOON:
                    await self._prolong(keys, fence)
                await self._kept_with(drafts.kept, keys, fence, kept)
            else:
                await self._keep(keys, fence, kept)
        except BaseException:
            with suppress(DatabaseAway):  # what is wrong is told already; the lease ends by itself
                await asyncio.shield(self._release(keys, fence))
            raise

    async def _met(self, key: Key, keys: list[str], fence: str) -> Met:
        """Who it is and how their conversation stands: both are asked for at the same time.

        A step of another process may have changed the person after we had asked: then we ask again.
        """
        began, meeting = self._clock(), self._meetings.asked(key)
        try:
            taken = await self._taken(keys, fence)
        except BaseException:
            given_up(meeting)
            raise
        if taken.by != self._we and taken.age <= self._clock() - began:
            given_up(meeting)
            meeting = self._meetings.asked(key)
        return (await meeting).standing(taken.session)

    async def _taken(self, keys: list[str], fence: str) -> Taken:
        """Take the conversation, waiting for whoever has it. Raises RedisAway, Overtaken."""
        patience, waited = PATIENCE.total_seconds(), False
        looks = iter(LOOKS)
        wait = next(looks)
        while (found := await self._scripts.run(_TAKE, keys, fence, _LEASE_MS, self._lasts)) is None:
            if patience <= 0:
                raise Overtaken("another process holds this conversation")
            await asyncio.sleep(wait)
            patience, waited = patience - wait, True
            wait = next(looks, wait)
        return _taken(*found, waited=waited)

    async def _settled(self, connection: AtNeed, drafts: DraftsBeside, keys: list[str], fence: str) -> None:
        """Everything is written and the conversation still ours for long enough: it may be committed."""
        began, prolonging = self._clock(), asyncio.ensure_future(self._prolong(keys, fence))
        try:
            await drafts.settle()
            await connection.settle()
            await prolonging
        finally:
            given_up(prolonging)
        if self._clock() - began > SOON:  # a write that had to wait for somebody else's
            await self._prolong(keys, fence)

    async def _prolong(self, keys: list[str], fence: str) -> None:
        """The last look before the commit: whoever was overtaken commits nothing."""
        if not await self._scripts.run(_PROLONG, keys[:1], fence, _LEASE_MS):
            raise Overtaken("before the commit")

    async def _kept_with(self, drafts: list[Row], keys: list[str], fence: str, kept: Kept) -> None:
        """The session and the drafts, side by side; only then another process may have the conversation,

        or what it throws away would be written after that. Should the drafts fail alone, the same delivery
        comes again and keeps them (`Desk`).
        """
        writing = self._drafts.asked(drafts)
        try:
            await self._keep(keys, fence, kept, _LEASE_MS)
            await writing
        finally:
            given_up(writing)
        self._scripts.tell(_GIVE_BACK, keys, fence, self._lasts)

    async def _keep(self, keys: list[str], fence: str, kept: Kept, holding: int | str = "") -> None:
        """Keep the session and give the conversation back, or hold it for so many milliseconds more."""
        if kept.values is None:
            await (self._prolong if holding else self._release)(keys, fence)
        elif not await self._scripts.run(_KEEP, keys, fence, self._lasts, *kept.values, holding):
            raise Overtaken("before the session was saved")

    async def _release(self, keys: list[str], fence: str) -> None:
        await self._scripts.run(_RELEASE, keys[:1], fence)

    async def _keep_drafts(self, many: Any) -> list[None]:
        """The session in Redis holds the same: a draft is for when that is gone."""
        async with self._database.lightly() as connection:
            await Drafts(connection).put([row for rows in many for row in rows])
        return [None] * len(many)


def _taken(state: bytes | None, data: bytes | None, ours: bytes | None, age: int, *, waited: bool) -> Taken:
    """What Redis holds; state and data may have been written or cleared by aiogram, and count."""
    known = orjson.loads(ours) if ours else {}
    saved = known.get("saved_at")
    session = Session(
        state.decode() if state else None,
        _readable(data) if data else {},
        tuple(known.get("handled", ())),
        known.get("answer", []),
        known.get("shown", []),
        datetime.fromisoformat(saved) if saved else None,
    )
    if waited or not ours:
        return Taken(session, 0, "")
    return Taken(session, age / 1000, known.get("by", ""))


def _readable(data: bytes) -> dict[str, Any]:
    """What is no object was written by somebody else: as good as nothing, but nobody may be stuck with it."""
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
