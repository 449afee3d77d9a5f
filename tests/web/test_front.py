"""What stands before the application: one write for an answer, no endless wait for a request."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from uvicorn.server import ServerState

from bot.front import ENOUGH, HEAD_LIMIT, WHOLE_WITHIN, Gathered, OneWrite

pytestmark = pytest.mark.asyncio


class Transport:
    """Keeps what is written to it."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str) -> None:
        return None

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


class Timer:
    """What is due at a time."""

    def __init__(self, at: float, call: Callable[[], None]) -> None:
        self.at, self.call, self.cancelled = at, call, False

    def cancel(self) -> None:
        self.cancelled = True


class Hours:
    """A loop whose time passes when it is told to; no application is ever run."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        self.timers.append(Timer(self.now + seconds, call))
        return self.timers[-1]

    def call_soon(self, call: Callable[[], None]) -> None:
        call()

    def create_task(self, work: Any) -> "asyncio.Future[None]":
        work.close()
        return asyncio.get_running_loop().create_future()

    def pass_by(self, seconds: float) -> None:
        end = self.now + seconds
        while due := [t for t in self.timers if not t.cancelled and t.at <= end]:
            first = min(due, key=lambda timer: timer.at)
            self.timers.remove(first)
            self.now = first.at
            first.call()
        self.now = end


class Client:
    """A connection to our protocol."""

    def __init__(self) -> None:
        self.hours, self.transport = Hours(), Transport()
        config = uvicorn.Config(Starlette(), log_config=None, lifespan="off", access_log=False)
        loop: Any = self.hours
        transport: Any = self.transport
        self.protocol = OneWrite(config, ServerState(), {}, loop)
        self.protocol.connection_made(transport)

    def sends(self, data: bytes) -> None:
        self.protocol.data_received(data)


HEAD = b"POST /x HTTP/1.1\r\nHost: t\r\nContent-Length: 400000\r\n\r\n"


@pytest.mark.parametrize("begun", [b"", b"\r\n", b"PO", HEAD, HEAD + b"x" * 300])
async def test_a_request_that_never_is_whole_ends_the_connection(begun: bytes) -> None:
    client = Client()
    if begun:
        client.sends(begun)
    client.hours.pass_by(WHOLE_WITHIN - 1)
    assert not client.transport.closed
    client.hours.pass_by(2)
    assert client.transport.closed


async def test_crumbs_do_not_put_it_off() -> None:
    client = Client()
    for crumb in HEAD[:10]:
        client.sends(bytes([crumb]))
        client.hours.pass_by(WHOLE_WITHIN / 8)
    assert client.transport.closed


async def test_neither_an_answer_that_takes_long_nor_a_slow_line_ends_it() -> None:
    client = Client()
    client.sends(b"GET /x HTTP/1.1\r\nHost: t\r\n\r\n")
    client.hours.pass_by(10 * WHOLE_WITHIN)
    assert not client.transport.closed
    client = Client()
    client.sends(HEAD)
    for _ in range(50):
        client.sends(b"x" * 8_000)
        client.protocol.flow.resume_reading()
        client.hours.pass_by(1.5)
    assert not client.transport.closed


async def test_who_is_not_read_from_is_not_late() -> None:
    client = Client()
    client.sends(HEAD + b"x" * 100_000)
    assert client.protocol.flow.read_paused
    client.hours.pass_by(5 * WHOLE_WITHIN)
    assert not client.transport.closed


async def test_a_connection_that_is_over_leaves_no_timer() -> None:
    client = Client()
    client.sends(b"PO")
    client.protocol.connection_lost(None)
    assert all(timer.cancelled for timer in client.hours.timers)


async def test_a_head_without_an_end_is_refused() -> None:
    client = Client()
    client.sends(b"GET /x HTTP/1.1\r\nHost: t\r\n")
    for number in range(HEAD_LIMIT // 1_000 + 1):
        assert not client.transport.closed
        client.sends(b"X-%d: %s\r\n" % (number, b"x" * 1_000))
    assert client.transport.closed
    assert client.transport.written[0].startswith(b"HTTP/1.1 400 ")


async def test_head_and_body_leave_in_one_write() -> None:
    transport = Transport()
    gathered = Gathered(transport, asyncio.get_running_loop())  # type: ignore[arg-type]
    for piece in (b"head", b"", b"body"):
        gathered.write(piece)
    assert not transport.written
    await asyncio.sleep(0)
    assert transport.written == [b"headbody"]
    gathered.write(b"next")
    gathered.close()
    await asyncio.sleep(0)
    assert transport.written == [b"headbody", b"next"]
    assert transport.closed


async def test_much_does_not_wait() -> None:
    transport = Transport()
    gathered = Gathered(transport, asyncio.get_running_loop())  # type: ignore[arg-type]
    gathered.write(b"a" * ENOUGH)
    gathered.write(b"b")
    assert transport.written == [b"a" * ENOUGH + b"b"]
    gathered.write(b"c")
    await asyncio.sleep(0)
    assert transport.written[1:] == [b"c"]
