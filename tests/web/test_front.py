"""What stands before the application: one write for an answer, and the direct way."""

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.front import ENOUGH, Direct, Front, Gathered

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


async def test_only_the_direct_route_goes_past_the_router() -> None:
    async def direct(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    class Hook:
        __call__ = staticmethod(direct)

    routes = [
        Direct("/hook", Hook(), methods=["POST"]),
        Route("/", lambda request: PlainTextResponse("page")),
    ]
    front = Front(Starlette(routes=routes))
    assert await _status(front, "POST", "/hook") == 204
    assert await _status(front, "GET", "/hook") == 405
    assert await _status(front, "GET", "/") == 200
    assert await _status(front, "POST", "/hook/") == 307


async def _status(front: Front, method: str, path: str) -> int:
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {
        "type": "http", "method": method, "path": path, "headers": [], "query_string": b"", "root_path": "",
        "http_version": "1.1", "scheme": "http", "server": ("test", 80), "client": ("test", 1),
    }  # fmt: skip
    await front(scope, receive, send)
    return int(said[0]["status"])
