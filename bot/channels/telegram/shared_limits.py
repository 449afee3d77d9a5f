"""The limits of all processes together: one script in Redis, on Redis' own clock."""

import secrets
import time
from collections.abc import Sequence
from typing import Any

from bot.channels.telegram.limits import (
    BULK_EVERY,
    HORIZON,
    IN_A_SECOND,
    LONGEST,
    LOOK_AGAIN,
    TOGETHER,
    LimitsAway,
    Place,
    Want,
)
from storage.redis import AWAY, Redis

SECOND = 1_000_000
"""Redis counts microseconds."""

SCRIPT = """
-- KEYS: bulk, hold, flooded, held, out, and what chats' keys begin with. All times are microseconds.
local told = redis.call('TIME')
local now = told[1] * 1000000 + told[2]
local function at(key) return tonumber(redis.call('GET', key)) or 0 end
local function keep(key, moment)
    redis.call('SET', key, string.format('%.0f', moment), 'PX', math.ceil((moment - now) / 1000) + 1000)
end
if ARGV[1] == 'refused' then
    local chat, until_, bulk, together = ARGV[2], now + tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
    keep(KEYS[6] .. chat, math.max(until_, at(KEYS[6] .. chat)))
    redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', string.format('%.0f', now))
    redis.call('ZADD', KEYS[4], 'GT', string.format('%.0f', until_), chat)
    local life = math.ceil((until_ - now) / 1000) + 60000
    if redis.call('PTTL', KEYS[4]) < life then redis.call('PEXPIRE', KEYS[4], life) end
    if bulk == '1' then
        local other = redis.call('GET', KEYS[3])
        if other and other ~= chat then keep(KEYS[2], math.max(until_, at(KEYS[2]))) end
        redis.call('SET', KEYS[3], chat, 'PX', together)
    end
    return {math.max(0, at(KEYS[2]) - now)}
end
if ARGV[1] == 'goes' then
    redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', string.format('%.0f', now))
    if ARGV[3] == '1' and redis.call('ZCARD', KEYS[5]) >= tonumber(ARGV[4]) then
        local first = redis.call('ZRANGE', KEYS[5], 0, 0, 'WITHSCORES')
        return {math.max(1, math.min(first[2] - now, tonumber(ARGV[6])))}
    end
    redis.call('ZADD', KEYS[5], string.format('%.0f', now + tonumber(ARGV[5])), ARGV[2])
    redis.call('PEXPIRE', KEYS[5], 60000)
    return {0}
end
if ARGV[1] == 'came back' then
    redis.call('ZADD', KEYS[5], string.format('%.0f', now + 1000000), ARGV[2])
    return {}
end
local horizon, every, places = tonumber(ARGV[2]), tonumber(ARGV[3]), {}
local bulk, hold = at(KEYS[1]), at(KEYS[2])
for i = 4, #ARGV, 4 do
    local chat, its = KEYS[6] .. ARGV[i], tonumber(ARGV[i + 1])
    local cost, waits = tonumber(ARGV[i + 2]), ARGV[i + 3]
    local ready = math.max(now, at(chat))
    local place = ready
    if waits == '1' then place = math.max(now, bulk, hold) end
    if ready > place then
        places[#places + 1] = -(ready - now) - 1
    elseif place - now > horizon then
        places[#places + 1] = -(place - now) - 1
    else
        if waits == '1' then bulk = place + every * cost end
        keep(chat, place + its * cost)
        places[#places + 1] = place - now
    end
end
if bulk > now then keep(KEYS[1], bulk) end
return places
"""


class SharedLimits:
    """The count of every process that serves this bot."""

    def __init__(self, redis: Redis, bot: str) -> None:
        self._redis = redis
        self._script: Any = redis.register_script(SCRIPT)
        names = ("bulk", "hold", "flooded", "held", "out", "chat:")
        self._keys = [f"workroom:{{telegram:{bot}}}:{name}" for name in names]  # {…}: all of it on one node
        self._held: dict[str, float] = {}
        self._hold = 0.0
        self._whose = f"{secrets.token_hex(4)}."

    async def places(self, wants: Sequence[Want]) -> list[Place]:
        """A place for each, in one round trip. Raises LimitsAway."""
        asked: list[Any] = ["places", _micro(HORIZON), _micro(BULK_EVERY)]
        for want in wants:
            asked += [want.chat, _micro(want.every), want.cost, int(want.bulk)]
        found = await self._run(asked)
        return [Place(n / SECOND) if n >= 0 else Place((-n - 1) / SECOND, taken=False) for n in found]

    async def goes(self, letter: str, *, bulk: bool) -> float:
        """0, or seconds to wait. Raises LimitsAway."""
        most = [IN_A_SECOND, _micro(LONGEST), _micro(LOOK_AGAIN)]
        (wait,) = await self._run(["goes", self._whose + letter, int(bulk), *most])
        return wait / SECOND

    async def came_back(self, letter: str) -> None:
        """It counts for one more second. Raises LimitsAway."""
        await self._run(["came back", self._whose + letter])

    async def refused(self, chat: str, seconds: float, *, bulk: bool) -> None:
        """Tell every process. Raises LimitsAway; this one knows in any case."""
        self._held[chat] = max(time.monotonic() + seconds, self._held.get(chat, 0.0))
        (hold,) = await self._run(["refused", chat, _micro(seconds), int(bulk), int(TOGETHER * 1000)])
        self._hold = time.monotonic() + hold / SECOND

    async def look(self) -> None:
        """Learn which chats are left alone now, in one round trip. Raises LimitsAway."""
        try:
            async with self._redis.pipeline(transaction=False) as asked:
                asked.time()
                asked.zrange(self._keys[3], 0, -1, withscores=True)
                asked.get(self._keys[1])
                (seconds, micros), found, hold = await asked.execute()
        except AWAY as trouble:
            raise LimitsAway(type(trouble).__name__) from None
        here, now = time.monotonic(), seconds * SECOND + micros
        told = {_text(chat): here + (until - now) / SECOND for chat, until in found if until > now}
        self._held = {chat: at for chat, at in self._held.items() if at > here} | told
        self._hold = here + (int(hold or 0) - now) / SECOND

    def holds(self) -> bool:
        """Whether nothing goes out in bulk now."""
        return self._hold > time.monotonic()

    def left_alone(self, chat: str) -> float:
        """Seconds this chat is still to be left alone."""
        until = self._held.get(chat)
        return max(0.0, until - time.monotonic()) if until else 0.0

    async def _run(self, asked: list[Any]) -> list[int]:
        try:
            found: list[int] = await self._script(keys=self._keys, args=asked)
        except AWAY as trouble:
            raise LimitsAway(type(trouble).__name__) from None
        return found


def _micro(seconds: float) -> int:
    return round(seconds * SECOND)


def _text(found: bytes | str) -> str:
    return found.decode() if isinstance(found, bytes) else found
