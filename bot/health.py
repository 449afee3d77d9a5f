"""`/healthz`, `/readyz`, `/metrics`: whether the process lives, can work, and how it has been doing."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot import measure
from handlers.house import House
from storage.database import DatabaseAway
from storage.unit import UnitOfWork

Probe = Callable[[], Awaitable[bool]]


def routes(house: House, probes: dict[str, Probe]) -> list[BaseRoute]:
    """The three addresses; `probes` ask the channels whether they work."""

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(request: Request) -> Response:
        state = {"database": await _database(house)} | {name: await probe() for name, probe in probes.items()}
        return JSONResponse(state, status_code=200 if all(state.values()) else 503)

    async def metrics(request: Request) -> Response:
        async with house.database.reading() as connection:
            waiting = await UnitOfWork(connection).outbox.waiting(house.clock())
        return Response(measure.shown(waiting), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


async def _database(house: House) -> bool:
    try:
        async with house.database.reading() as connection:
            await UnitOfWork(connection).registry.settings()
    except DatabaseAway:
        return False
    return True
