"""The limits of all processes together: one script in Redis, on Redis' own clock."""

import time
from collections.abc import Sequence
from typing import Any

from bot.channels.telegram.limits import (
    BULK_EVERY,
    HORIZON,
    TOGETHER,
    LimitsAway,
    Place,
    Want,
)
from storage.redis import AWAY, Redis

SECOND = 1_000_000
"""Redis counts microseconds."""

SCRIPT = """
-- KEYS: bulk, hold, flooded, held, and what chats' keys begin with. All times are microseconds.
local told = redis.call('TIME')
local now = told[1] * 1000000 + told[2]
local function at(key) return tonumber(redis.call('GET', key)) or 0 end
local function keep(key, moment)
    redis.call('SET', key, string.format('%.0f', moment), 'PX', math.ceil((moment - now) / 1000) + 1000)
end
if ARGV[1] == 'refused' then
    local chat, until_, bulk, together = ARGV[2], now + tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
    keep(KEYS[5] .. chat, math.max(until_, at(KEYS[5] .. chat)))
    redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', string.format('%.0f', now))
    redis.call('ZADD', KEYS[4], string.format('%.0f', until_), chat)
    local life = math.ceil((until_ - now) / 1000) + 60000
    if redis.call('PTTL', KEYS[4]) < life then redis.call('PEXPIRE', KEYS[4], life) end
    if bulk == '1' then
        local other = redis.call('GET', KEYS[3])
        if other and other ~= chat then keep(KEYS[2], math.max(until_, at(KEYS[2]))) end
        redis.call('SET', KEYS[3], chat, 'PX', together)
    end
    return {math.max(0, at(KEYS[2]) - now)}
end
local horizon, every, places = tonumber(ARGV[2]), tonumber(ARGV[3]), {}
local bulk, hold = at(KEYS[1]), at(KEYS[2])
for i = 4, #ARGV, 4 do
    local chat, its = KEYS[5] .. ARGV[i], tonumber(ARGV[i + 1])
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
        names = ("bulk", "hold", "flooded", "held", "chat:")
        self._keys = [f"workroom:{{telegram:{bot}}}:{name}" for name in names]  # {…}: all of it on one node
        self._held: dict[str, float] = {}
        self._hold = 0.0

    async def places(self, wants: Sequence[Want]) -> list[Place]:
        """A place for each, in one round trip. Raises LimitsAway."""
        asked: list[Any] = ["places", _micro(HORIZON), _micro(BULK_EVERY)]
        for want in wants:
            asked += [want.chat, _micro(want.every), want.cost, int(want.bulk)]
        found = await self._run(asked)
        return [Place(n / SECOND) if n >= 0 else Place((-n - 1) / SECOND, taken=False) for n in found]

    async def refused(self, chat: str, seconds: float, *, bulk: bool) -> None:
        """Tell every process. Raises LimitsAway; this one knows in any case."""
        self._held[chat] = time.monotonic() + seconds
        (hold,) = await self._run(["refused", chat, _micro(seconds), int(bulk), int(TOGETHER * 1000)])
        self._hold = time.monotonic() + hold / SECOND

    async def look(self) -> None:
        """Learn which chats are left alone now. Raises LimitsAway."""
        try:
            seconds, micros = await self._redis.time()
            now = seconds * SECOND + micros
            found = await self._redis.zrangebyscore(self._keys[3], now, "+inf", withscores=True)
            hold = int(await self._redis.get(self._keys[1]) or 0)
        except AWAY as trouble:
            raise LimitsAway(type(trouble).__name__) from None
        here = time.monotonic()
        told = {_text(chat): here + (until - now) / SECOND for chat, until in found}
        self._held = {chat: at for chat, at in self._held.items() if at > here} | told
        self._hold = here + (hold - now) / SECOND

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
