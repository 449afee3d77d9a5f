"""The page's server side around a small desk, and a real server for the browser."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import uvicorn
from starlette.applications import Starlette

from bot.channels.web.channel import WebChannel
from bot.channels.web.parts import WebParts
from bot.channels.web.routes import routes
from domain.media import Limits
from locales.catalogue import Catalogue
from storage.database import Database, open_database
from storage.media import Shelf
from tests.web.desk import SmallDesk
from tests.world import copy_of

SECRET = b"a secret of the tests that opens nothing"
HEADERS = {"X-Workroom": "1"}


@dataclass
class Time:
    """A clock that stands until it is put forward."""

    now: datetime = datetime(2026, 11, 30, 1, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class House:
    """The parts, and what was put into them."""

    parts: WebParts
    desk: SmallDesk
    channel: WebChannel
    time: Time
    seen: set[int]

    @property
    def app(self) -> Starlette:
        """The addresses as an application."""
        return Starlette(routes=routes(self.parts))

    def client(self, app: Starlette | None = None) -> httpx.AsyncClient:
        """A browser without a page: keeps cookies, sends the page's header."""
        transport = httpx.ASGITransport(app or self.app)
        return httpx.AsyncClient(transport=transport, base_url="http://workroom.test", headers=HEADERS)


@pytest_asyncio.fixture
async def house(tmp_path: Path, laid: Path, request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """A sample district without consent questions, unless `consent` is asked for by parameter."""
    database, time, seen = Database(open_database(copy_of(laid, tmp_path))), Time(), set[int]()
    shelf = Shelf(tmp_path / "media")
    desk = SmallDesk(database, shelf, time, consent=getattr(request, "param", None) == "consent")
    channel = WebChannel(database, time, Limits())
    desk.channel = channel

    async def may_see(visitor: str, number: int) -> bool:
        return visitor in desk.people and number not in seen

    words = Catalogue.load(clock=time)
    parts = WebParts(desk, channel, database, words, shelf, time, SECRET, may_see, sample=True)
    yield House(parts, desk, channel, time, seen)
    channel.bell.close()
    shelf.close()
    await database.close()


@pytest_asyncio.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor who has opened the page."""
    async with house.client() as client:
        assert (await client.get("/")).status_code == 200
        yield client


@pytest.fixture
def plain(house: House) -> House:
    """The same house, of a real district."""
    return replace(house, parts=replace(house.parts, sample=False))


Serve = Callable[[Starlette], AsyncIterator[str]]


@pytest_asyncio.fixture
async def address(house: House) -> AsyncIterator[str]:
    """A real server on loopback, on a port of its own."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(house.app, log_level="error", lifespan="off", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    house.channel.bell.close()
    server.should_exit = True
    await task
    listener.close()
