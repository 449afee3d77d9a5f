"""The access token: one for all processes, fetched by one of them, forgotten when the platform refuses it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from redis.exceptions import LockError

from handlers.ports import Clock, TryLater
from storage.redis import AWAY, Redis

EARLY = 300
"""Seconds before its end after which a token is no longer used: a call takes time, clocks differ."""

HELD, PATIENCE = 15.0, 20.0
"""Seconds that one process may keep the others waiting while it fetches, and that they wait."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the platform gave, and for how many seconds."""

    token: str
    seconds: int


Fetch = Callable[[bool], Awaitable[Fetched]]
"""Asks the platform; true: for another token than the one it gives now."""


class Kept(Protocol):
    """Where the token lies."""

    async def read(self) -> str | None:
        """The token, while it is good."""

    async def keep(self, fetched: Fetched) -> None:
        """This is the token from now on."""

    def alone(self) -> AbstractAsyncContextManager[object]:
        """Held by the one that fetches."""


class InProcess:
    """Kept in memory, for the one process of a service without Redis."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, asyncio.Lock()
        self._token, self._until = "", clock()

    async def read(self) -> str | None:
        """The token, while it is good."""
        return self._token if self._token and self._clock() < self._until else None

    async def keep(self, fetched: Fetched) -> None:
        """This is the token from now on."""
        self._token = fetched.token
        self._until = self._clock() + timedelta(seconds=max(1, fetched.seconds - EARLY))

    def alone(self) -> asyncio.Lock:
        """The process's own lock."""
        return self._lock


class InRedis:
    """Kept in Redis under the account's name, for any number of processes; Redis forgets it in time."""

    def __init__(self, redis: Redis, app_id: str, what: str = "token") -> None:
        self._redis, self._name = redis, f"workroom:wechat:{app_id}:{what}"

    async def read(self) -> str | None:
        """The token, while it is good."""
        found = await self._redis.get(self._name)
        return found.decode() if isinstance(found, bytes) else found

    async def keep(self, fetched: Fetched) -> None:
        """This is the token from now on."""
        await self._redis.set(self._name, fetched.token, ex=max(1, fetched.seconds - EARLY))

    def alone(self) -> AbstractAsyncContextManager[object]:
        """Redis's lock: it ends by itself when its holder dies."""
        lock: AbstractAsyncContextManager[object] = self._redis.lock(
            f"{self._name}:lock", timeout=HELD, blocking_timeout=PATIENCE
        )
        return lock


class Tokens:
    """Gives the token and, when it was refused, another."""

    def __init__(self, kept: Kept, fetch: Fetch) -> None:
        self._kept, self._fetch = kept, fetch
        self._here = asyncio.Lock()  # of one process only one asks, however many wait

    async def token(self, refused: str = "") -> str:
        """The token; never the `refused` one. Raises TryLater, and what the platform's answer raises."""
        try:
            return await self._known(refused) or await self._new(refused)
        except (*AWAY, LockError) as trouble:
            raise TryLater(2, f"no token: {type(trouble).__name__}") from None

    async def _known(self, refused: str) -> str:
        found = await self._kept.read()
        return found if found and found != refused else ""

    async def _new(self, refused: str) -> str:
        async with self._here, self._kept.alone():
            if found := await self._known(refused):  # another has fetched it meanwhile
                return found
            fetched = await self._fetch(False)
            if refused and fetched.token == refused:  # the platform still gives the one it refuses
                fetched = await self._fetch(True)
            await self._kept.keep(fetched)
            return fetched.token
