"""Remembers which calls were seen: a signed call works once, whoever copies it (TRUST 17)."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from bot.channels.recent import Recent
from storage.redis import AWAY, Redis

FRESH = 300
"""Seconds that a call's own timestamp may be off; a signature is worth nothing afterwards."""

RETRIES = 20
"""Seconds within which the platform itself may bring the very same call again (three times, 5 s each)."""

REMEMBERED = 100_000
"""Calls remembered in this process: more than come in twice `FRESH` seconds."""


class Replays:
    """In this process and, where there is Redis, in all of them. A Redis that is away is not waited for."""

    def __init__(self, clock: Callable[[], datetime], redis: Redis | None = None) -> None:
        self._clock, self._redis = clock, redis
        self._here: Recent[str, str] = Recent(REMEMBERED)

    def is_fresh(self, timestamp: str) -> bool:
        """Whether the call is of now."""
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
            return False
        return abs(self._clock().timestamp() - int(timestamp)) <= FRESH

    async def is_replayed(self, timestamp: str, nonce: str, body: bytes) -> bool:
        """Whether this was seen before; the platform's own retry (soon, and byte for byte) is none."""
        name = _digest(f"{timestamp}\0{nonce}".encode())
        now = f"{_digest(body)} {int(self._clock().timestamp())}"
        first = self._here.get(name) or await self._first(name, now)
        if first is None:
            self._here.put(name, now)
            return False
        before, at = first.split(" ")
        return before != now.split(" ")[0] or int(now.split(" ")[1]) - int(at) > RETRIES

    async def _first(self, name: str, now: str) -> str | None:
        """What another process knows of it."""
        if self._redis is None:
            return None
        key = f"workroom:wechat:seen:{name}"
        try:
            if await self._redis.set(key, now, nx=True, ex=2 * FRESH):
                return None
            kept = await self._redis.get(key)
        except AWAY:
            return None
        return kept.decode() if isinstance(kept, bytes) else kept


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
