"""One conversation in Redis, in aiogram's layout, while this process holds it (DESIGN §4, CHANNELS §1).

`fsm:<chat>:<user>:state` and `…:data` are what aiogram would write; `…:lock` is its lock. What is ours alone
(what was handled, what was answered, what was shown) lies under `workroom:session:…`.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson

from storage.database import DatabaseAway
from storage.gathering import given_up
from storage.scripts import Script, Scripts
from storage.sessions import Key, Session

LEASE = timedelta(seconds=10)
"""So long a process holds a person's conversation; a step takes milliseconds. After that another may.

Longer than a transaction may stand still (storage/database.SERVED): whoever held it can't commit any more.
"""

PATIENCE = timedelta(seconds=12)
"""So long another process's step is waited for: longer than the lease of one that was killed."""

SOON = 1.0
"""Seconds within which a step that has prolonged its lease is committed, or it prolongs it once more."""

LEASE_MS = int(LEASE / timedelta(milliseconds=1))

LOOKS = (0.01, 0.02, 0.05, 0.1)
"""Seconds between looks whether the other process is done; the last one again and again."""

_TAKE = Script("""
local held = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
local waiting = KEYS[4] .. ':waits:' .. ARGV[4]
if not held and redis.call('GET', KEYS[1]) ~= ARGV[1] then
  redis.call('SADD', waiting, ARGV[1])
  redis.call('PEXPIRE', waiting, 1000)
  return false
end
if ARGV[5] == '1' then redis.call('SREM', waiting, ARGV[1]) end
local age = ARGV[3] * 1000 - redis.call('PTTL', KEYS[4])
return {redis.call('GET', KEYS[2]), redis.call('GET', KEYS[3]), redis.call('GET', KEYS[4]), age}
""")
"""Who must wait says so, for a second at each look, under what it waits with (ARGV[4])."""

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
return 1 + redis.call('EXISTS', KEYS[4] .. ':waits:' .. ARGV[7])
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


ELSEWHERE = 2
"""Given by what keeps a session: the same delivery waits for the conversation at another process."""


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
    waited: bool = False


class Held:
    """The lease of one step, and what is kept under it."""

    elsewhere = False
    """Whether the same delivery waits at another process, once the session is kept."""

    def __init__(
        self, scripts: Scripts, key: Key, told: str, fence: str, lasts: int, clock: Callable[[], float]
    ) -> None:
        """`told` names what arrived, `fence` the step; a conversation is remembered for `lasts` seconds."""
        self._scripts, self._keys, self._fence = scripts, keys_of(key), fence
        self._told, self._lasts, self._clock = told, lasts, clock
        self._looked: asyncio.Future[None] | None = None
        self._since = 0.0

    async def take(self) -> Taken:
        """Take the conversation, waiting for whoever has it. Raises RedisAway, Overtaken."""
        patience, waited = PATIENCE.total_seconds(), False
        looks = iter(LOOKS)
        wait = next(looks)
        asked = (self._fence, LEASE_MS, self._lasts, self._told)
        while (found := await self._scripts.run(_TAKE, self._keys, *asked, int(waited))) is None:
            if patience <= 0:
                raise Overtaken("another process holds this conversation")
            await asyncio.sleep(wait)
            patience, waited = patience - wait, True
            wait = next(looks, wait)
        return _taken(*found, waited=waited)

    async def prolong(self) -> None:
        """Once more the whole lease. Raises Overtaken."""
        if not await self._scripts.run(_PROLONG, self._keys[:1], self._fence, LEASE_MS):
            raise Overtaken("before the commit")

    def look(self) -> None:
        """Begin to prolong the lease, beside what else is to be waited for; `sure` says how that went."""
        if self._looked is None:
            self._since, self._looked = self._clock(), asyncio.ensure_future(self.prolong())

    async def sure(self) -> None:
        """The last look before a commit: whoever was overtaken commits nothing. Raises Overtaken."""
        self.look()
        if self._looked is not None:
            await self._looked
        if self._clock() - self._since > SOON:  # something had to wait
            await self.prolong()

    def forget(self) -> None:
        """Nobody asks any more."""
        if self._looked is not None:
            given_up(self._looked)

    async def keep(self, values: list[bytes | str] | None, holding: int | str = "") -> None:
        """Keep the session (None: as it is); give it back, or hold it for so many milliseconds more.

        Raises Overtaken.
        """
        if values is None:
            await (self.prolong if holding else self.release)()
            return
        given = (*values, holding, self._told)
        kept = await self._scripts.run(_KEEP, self._keys, self._fence, self._lasts, *given)
        if not kept:
            raise Overtaken("before the session was saved")
        if kept == ELSEWHERE:
            self.elsewhere = True

    def give_back(self) -> None:
        """Another may have it; nobody waits for that."""
        self._scripts.tell(_GIVE_BACK, self._keys, self._fence, self._lasts)

    async def release(self) -> None:
        """Give it back, if it is ours."""
        await self._scripts.run(_RELEASE, self._keys[:1], self._fence)


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
        return Taken(session, 0, "", waited)
    return Taken(session, age / 1000, known.get("by", ""))


def _readable(data: bytes) -> dict[str, Any]:
    """What is no object was written by somebody else: as good as nothing, but nobody may be stuck with it."""
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
