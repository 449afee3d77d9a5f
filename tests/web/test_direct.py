"""The direct way to an address, over sockets: answered alike by our protocol and by any other server."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.direct import Direct, Exchange, Reply
from bot.front import THROWN_AWAY, Front, OneWrite
from tests.rubbish import left, without_collector

pytestmark = pytest.mark.asyncio


TOO_LONG = "POST /hook HTTP/1.1\r\nHost: t\r\nSecret: s\r\nTransfer-Encoding: chunked\r\n\r\n" + (
    "10000\r\n" + "x" * 0x10000 + "\r\n"
) * 2 + "0\r\n\r\n"  # fmt: skip


class Echo:
    """Says what it was sent; stands still where told to; breaks where told to."""

    limit = 100_000

    def __init__(self) -> None:
        self.goes, self.stands = asyncio.Event(), asyncio.Event()
        self.heard: list[bytes] = []

    def refused(self, headers: Mapping[bytes, bytes]) -> Reply | None:
        return (401, (), b"") if headers.get(b"secret") != b"s" else None

    async def answered(self, body: bytes) -> Reply:
        self.heard.append(body)
        if body == b"wait":
            self.stands.set()
            await self.goes.wait()
        if body == b"break":
            raise ValueError("as told")
        return 200, ((b"x-length", b"%d" % len(body)),), body[:20]


class Caller:
    """A connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def sends(self, body: bytes, *, headers: str = "Secret: s\r\n", length: int | None = None) -> None:
        head = f"POST /hook HTTP/1.1\r\nHost: t\r\n{headers}Content-Length: {length or len(body)}\r\n\r\n"
        self.writer.write(head.encode() + body)

    async def hears(self) -> tuple[int, dict[str, str], bytes]:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)
        }
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return int(head[0].split(" ")[1]), headers, body


@pytest.fixture
def echo() -> Echo:
    return Echo()


class Running:
    """A server with the address; `at` is its port.

    `goes_on`: a refused request ends nothing, and what stands behind it is answered.
    """

    def __init__(self, server: uvicorn.Server, at: int, *, goes_on: bool) -> None:
        self.server, self.at, self.goes_on = server, at, goes_on

    async def called(self) -> Caller:
        return Caller(*await asyncio.open_connection("127.0.0.1", self.at))


@pytest.fixture(params=[OneWrite, "httptools"])
async def running(request: pytest.FixtureRequest, echo: Echo) -> AsyncIterator[Running]:
    """With our protocol, and with uvicorn's own."""
    routes = [Direct("/hook", echo), Route("/", lambda request: PlainTextResponse("page"))]
    app = Front(Starlette(routes=routes))
    config = uvicorn.Config(
        app, http=request.param, log_config=None, lifespan="off", access_log=False, proxy_headers=False
    )
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield Running(server, listening.getsockname()[1], goes_on=request.param is not OneWrite)
        echo.goes.set()
        server.should_exit = True
        await serving


@pytest.fixture
async def caller(running: Running) -> AsyncIterator[Caller]:
    caller = await running.called()
    yield caller
    caller.writer.close()
    with suppress(ConnectionError):
        await caller.writer.wait_closed()


async def test_one_after_the_other_over_one_connection(caller: Caller) -> None:
    for words in (b"one", b"two"):
        caller.sends(words)
        status, headers, body = await caller.hears()
        assert (status, headers["x-length"], body) == (200, "3", words)
        assert "date" in headers
        assert "connection" not in headers


async def test_a_body_that_comes_in_pieces(caller: Caller) -> None:
    caller.sends(b"", length=90_000)
    for _ in range(9):
        await caller.writer.drain()
        caller.writer.write(b"x" * 10_000)
    status, headers, _ = await caller.hears()
    assert (status, headers["x-length"]) == (200, "90000")


async def test_a_chunked_body(caller: Caller) -> None:
    head = b"POST /hook HTTP/1.1\r\nHost: t\r\nSecret: s\r\nTransfer-Encoding: chunked\r\n\r\n"
    caller.writer.write(head + b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
    assert (await caller.hears())[2] == b"onetwo"


async def test_two_at_once_are_answered_in_their_order(caller: Caller) -> None:
    caller.sends(b"one")
    caller.sends(b"two")
    assert [(await caller.hears())[2] for _ in range(2)] == [b"one", b"two"]


async def test_without_the_secret_nothing_is_read(caller: Caller) -> None:
    caller.sends(b"", headers="", length=50_000)
    assert (await caller.hears())[0] == 401


def _blindly(port: int, headers: str) -> bytes:
    """What a client hears that reads nothing until it has sent all it has."""
    head = f"POST /hook HTTP/1.1\r\nHost: t\r\n{headers}Content-Length: 1000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port)) as plain:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # as over a slow line
        plain.sendall(head.encode() + b"x" * 1_000_000)
        return plain.recv(1000)


@pytest.mark.parametrize("headers, status", [("", b"401"), ("Secret: s\r\n", b"413")])
async def test_who_is_refused_hears_it_though_the_body_still_comes(
    running: Running, headers: str, status: bytes
) -> None:
    """Closed at once, the connection would be reset, and the answer with it."""
    heard = await asyncio.to_thread(_blindly, running.at, headers)
    assert heard.split(b" ")[1] == status


async def _goes_on_and_on(caller: Caller) -> None:
    for _ in range(8 * THROWN_AWAY // 100_000):
        caller.writer.write(b"x" * 100_000)
        await caller.writer.drain()


async def test_what_is_thrown_away_has_an_end(running: Running, caller: Caller) -> None:
    caller.sends(b"", headers="", length=10**9)
    assert (await caller.hears())[0] == 401
    if running.goes_on:  # another server reads as long as it likes
        return
    with pytest.raises(ConnectionError):
        await _goes_on_and_on(caller)


@pytest.mark.parametrize(
    "refused", ["POST /hook HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nno", TOO_LONG]
)
async def test_what_stands_behind_a_refused_request_is_not_carried_out_unheard(
    running: Running, caller: Caller, echo: Echo, refused: str
) -> None:
    caller.writer.write(refused.encode())
    caller.sends(b"behind it")
    assert (await caller.hears())[0] in (401, 413)
    answered = (await caller.hears())[2] if running.goes_on else await caller.reader.read()
    assert answered == (b"behind it" if running.goes_on else b"")
    assert echo.heard == ([b"behind it"] if running.goes_on else [])


@pytest.mark.parametrize("declared", [True, False])
async def test_too_long(caller: Caller, declared: bool) -> None:
    if declared:
        caller.sends(b"", length=100_001)
    else:
        head = b"POST /hook HTTP/1.1\r\nHost: t\r\nSecret: s\r\nTransfer-Encoding: chunked\r\n\r\n"
        caller.writer.write(head + (b"8000\r\n" + b"x" * 0x8000 + b"\r\n") * 4)
    assert (await caller.hears())[0] == 413


async def test_other_addresses_and_methods_go_their_way(caller: Caller) -> None:
    caller.writer.write(b"GET / HTTP/1.1\r\nHost: t\r\n\r\n")
    assert (await caller.hears())[2] == b"page"
    caller.writer.write(b"GET /hook HTTP/1.1\r\nHost: t\r\n\r\n")
    assert (await caller.hears())[0] == 405
    caller.sends(b"and then this")
    assert (await caller.hears())[2] == b"and then this"


async def test_old_clients_are_told_that_it_ends(caller: Caller) -> None:
    caller.writer.write(b"POST /hook HTTP/1.0\r\nSecret: s\r\nContent-Length: 2\r\n\r\nhi")
    status, headers, body = await caller.hears()
    assert (status, headers["connection"], body) == (200, "close", b"hi")
    assert await caller.reader.read() == b""


async def test_an_old_client_that_would_stay_is_told_too(caller: Caller) -> None:
    head = b"POST /hook HTTP/1.0\r\nConnection: keep-alive\r\nSecret: s\r\nContent-Length: 2\r\n\r\n"
    caller.writer.write(head + b"hi")
    status, headers, body = await caller.hears()
    assert (status, headers["connection"], body) == (200, "close", b"hi")
    assert await caller.reader.read() == b""


async def test_a_bug_is_a_500_and_the_connection_goes_on(caller: Caller) -> None:
    caller.sends(b"break")
    assert (await caller.hears())[0] == 500
    caller.sends(b"again")
    assert (await caller.hears())[2] == b"again"


async def test_who_goes_away_meanwhile_hurts_nobody(running: Running, caller: Caller, echo: Echo) -> None:
    other = await running.called()
    other.sends(b"wait")
    await echo.stands.wait()
    other.writer.transport.abort()
    caller.sends(b"here")
    assert (await caller.hears())[2] == b"here"
    echo.goes.set()


async def test_what_is_in_hand_is_answered_before_the_server_stops(
    running: Running, caller: Caller, echo: Echo
) -> None:
    caller.sends(b"wait")
    await echo.stands.wait()
    running.server.should_exit = True
    hearing = asyncio.create_task(caller.hears())
    echo.goes.set()
    status, _, body = await hearing
    assert (status, body) == (200, b"wait")


async def test_an_answered_request_is_let_go(running: Running) -> None:
    caller = await running.called()
    with without_collector():
        for _ in range(5):
            caller.sends(b"hello")
            assert (await caller.hears())[0] == 200
        assert left(Exchange) <= 1  # the connection's last
    caller.writer.close()
    await caller.writer.wait_closed()
