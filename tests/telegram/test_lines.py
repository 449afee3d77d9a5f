"""Kept connections under servers that behave badly: what was surely not sent, and what nobody knows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from yarl import URL

from bot.channels.telegram.lines import Broken, Lines, NotOpened
from bot.channels.telegram.wire import limits

pytestmark = pytest.mark.asyncio

FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
PATIENT, SHORT = limits(), limits(0.05, 0.05, 0.05)

Say = Callable[[asyncio.StreamWriter], None]


@dataclass
class Server:
    """Answers each request with the next of `says`, the last one again and again."""

    says: list[Say]
    url: URL = field(default_factory=URL)
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].split()[0])
                self.requests.append(head + await reader.readexactly(length))
                self.heard.set()
                (self.says.pop(0) if len(self.says) > 1 else self.says[0])(writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.ended.set()
        finally:
            writer.close()


@asynccontextmanager
async def serving(*says: Say) -> AsyncIterator[tuple[Server, Lines]]:
    """A server that says this, and lines to it."""
    server, lines = Server(list(says)), Lines("Tests")
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        server.url = URL(f"http://127.0.0.1:{port}/botX/sendMessage")
        yield server, lines
        lines.close()


def saying(*pieces: bytes) -> Say:
    """Says this and keeps the connection."""
    return lambda writer: writer.write(b"".join(pieces))


def leaving(writer: asyncio.StreamWriter) -> None:
    """Says it and closes, without having announced that."""
    writer.write(FINE)
    writer.close()


async def ask(server: Server, lines: Lines, body: bytes = b"{}") -> tuple[int, bytes]:
    return await lines.post(server.url, body, {"Content-Type": "application/json"}, PATIENT)


async def test_one_connection_carries_call_after_call() -> None:
    async with serving(saying(FINE)) as (server, lines):
        for number in range(3):
            assert await ask(server, lines, b"%d" % number) == (200, b"{}")
        assert server.connections == 1
        head, _, body = server.requests[-1].partition(b"\r\n\r\n")
        assert head.split(b"\r\n") == [
            b"POST /botX/sendMessage HTTP/1.1",
            b"Host: " + f"127.0.0.1:{server.url.port}".encode(),
            b"User-Agent: Tests",
            b"Content-Type: application/json",
            b"Content-Length: 1",
        ]
        assert body == b"2"


async def test_calls_at_once_have_a_connection_each() -> None:
    async with serving(saying(FINE)) as (server, lines):
        answers = await asyncio.gather(*(ask(server, lines) for _ in range(5)))
        assert answers == [(200, b"{}")] * 5
        assert server.connections == 5


async def test_an_answer_may_come_in_chunks_after_one_that_only_announces_it() -> None:
    chunked = b"HTTP/1.1 502 Bad\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    early = b"HTTP/1.1 100 Continue\r\n\r\n"
    async with serving(saying(early, chunked), saying(FINE)) as (server, lines):
        assert await ask(server, lines) == (502, b"abcde")
        assert await ask(server, lines) == (200, b"{}")
        assert server.connections == 1


@pytest.mark.parametrize(
    "bad",
    [
        leaving,
        saying(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"),
        saying(FINE, FINE),
    ],
    ids=["closes", "announces it", "says more than it was asked"],
)
async def test_what_can_not_be_trusted_is_not_used_again(bad: Say) -> None:
    async with serving(bad, saying(FINE)) as (server, lines):
        assert await ask(server, lines) == (200, b"{}")
        await ask(server, Lines("Others"))  # so long it takes for the end to arrive
        assert await ask(server, lines) == (200, b"{}")
        assert server.connections == 3


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"no answer\r\n"])
async def test_a_connection_that_breaks_leaves_it_open(said: bytes) -> None:
    def breaks(writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()

    async with serving(breaks) as (server, lines):
        with pytest.raises(Broken):
            await ask(server, lines)


async def test_silence_in_the_middle_is_a_timeout_and_ends_the_connection() -> None:
    async with serving(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")) as (server, lines):
        with pytest.raises(TimeoutError):
            await lines.post(server.url, b"{}", {}, SHORT)
        await server.ended.wait()


async def test_who_goes_away_ends_the_connection() -> None:
    async with serving(saying(b"HTTP/1.1 200 OK\r\n")) as (server, lines):
        asking = asyncio.create_task(ask(server, lines))
        await server.heard.wait()
        asking.cancel()
        await server.ended.wait()
        assert asking.cancelled()


async def test_what_was_never_sent_says_so(unused_tcp_port: int) -> None:
    lines = Lines("Tests")
    with pytest.raises(NotOpened):
        await lines.post(URL(f"http://127.0.0.1:{unused_tcp_port}/"), b"{}", {}, PATIENT)
    with pytest.raises(NotOpened):
        await lines.post(URL("http://127.0.0.1/"), b"{}", {"X": "a\r\nHost: elsewhere"}, PATIENT)
