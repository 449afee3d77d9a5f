"""What stands before the application: one write for an answer."""

import asyncio

import pytest

from bot.front import ENOUGH, Gathered

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
