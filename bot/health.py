"""`/healthz`, `/readyz`, `/metrics`: whether the process lives, can work, and how it has been doing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot import measure
from bot.settings import Settings
from bot.wiring import now
from storage.census import letters
from storage.database import Database, open_database
from storage.redis import open_redis
from storage.unit import UnitOfWork

WITHIN = 2.0
"""Seconds a part has to answer in; one that takes longer counts as away."""

Probe = Callable[[], Awaitable[bool]]


class Health:
    """Asks every part, over connections of its own: a busy pool is not a database that is away.

    `channels` are put in as they open; until then each says no.
    """

    def __init__(self, settings: Settings, channels: tuple[str, ...] = (), within: float = WITHIN) -> None:
        self._within = within
        self._database = Database(open_database(settings.database))
        self._redis = open_redis(settings.redis_url) if settings.redis_url else None
        self.channels: dict[str, Probe] = dict.fromkeys(channels, _not_yet)

    async def look(self) -> dict[str, bool]:
        """Every part by name; never longer than `within` seconds."""
        probes = {
            "database": self.database,
            **({"redis": self.redis} if self._redis else {}),
            **self.channels,
        }
        answers = await asyncio.gather(*(self._answer(probe) for probe in probes.values()))
        found = dict(zip(probes, answers, strict=True))
        for part, up in found.items():
            measure.UP.labels(part).set(up)
        return found

    async def database(self) -> bool:
        """Whether the database answers. Raises what keeps it from answering."""
        async with self._database.reading() as connection:
            return bool((await connection.execute(sa.select(1))).scalar_one())

    async def redis(self) -> bool:
        """Whether Redis answers. Raises what keeps it from answering."""
        return self._redis is not None and await cast("Awaitable[bool]", self._redis.ping())

    async def count(self) -> None:
        """Put what waits in the outbox into the figures; while the database is away there are none."""
        async with self._database.reading() as connection:
            states = await letters(connection)
            waiting = await UnitOfWork(connection).outbox.waiting(now())
        for state, count in {"waiting": waiting.count, **states}.items():
            measure.OUTBOX.labels(state).set(count)
        measure.OLDEST.set(waiting.oldest)

    def routes(self) -> list[BaseRoute]:
        """The three addresses."""
        return [
            Route("/healthz", _alive),
            Route("/readyz", self._ready),
            Route("/metrics", self._metrics),
        ]

    async def _ready(self, request: Request) -> Response:
        state = await self.look()
        return JSONResponse(state, status_code=200 if all(state.values()) else 503)

    async def _metrics(self, request: Request) -> Response:
        state = await self.look()
        if not state["database"] or not await self._answer(self._counted):
            measure.OUTBOX.clear()
            measure.OLDEST.set(float("nan"))
        return Response(measure.shown(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def _counted(self) -> bool:
        await self.count()
        return True

    async def _answer(self, probe: Probe) -> bool:
        """What it says in time. Whatever keeps it from answering is a no: this page does not fail."""
        try:
            async with asyncio.timeout(self._within):
                return await probe()
        except Exception:  # noqa: BLE001
            return False

    async def close(self) -> None:
        """Give back the connections."""
        await self._database.close()
        if self._redis is not None:
            await self._redis.aclose()


async def _alive(request: Request) -> Response:
    return PlainTextResponse("ok")


async def _not_yet() -> bool:
    return False
