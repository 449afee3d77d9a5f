"""Residents who file a request step by step, at the desk itself or through the web chat's addresses."""

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from starlette.applications import Starlette

from benchmarks.figures import Stopwatch
from bot.sampling import WORKROOM
from domain.messages import Inbound, Press, Start, Text, What
from handlers.desk import Desk

WORDS = "3号楼室外楼梯一下雨就打滑，上周有老人摔倒了。希望能铺上防滑条，再装一盏灯。"

Pause = Callable[[], Awaitable[None]]


class Resident(Protocol):
    """Says one thing and gives the buttons of the answer, by what they stand for."""

    async def say(self, what: What) -> list[str]:
        """The buttons' data."""


@dataclass
class AtTheDesk:
    """What a channel does after its parsing: straight to the desk."""

    desk: Desk
    user: str
    said: int = 0

    async def say(self, what: What) -> list[str]:
        """The buttons' data."""
        self.said += 1
        answer = await self.desk.handle(
            Inbound("web", self.user, self.user, f"{self.user}-{self.said}", what)
        )
        return [b.data for message in answer.messages for row in message.buttons for b in row]


class OnThePage:
    """What a browser does: a request to `/chat/send`, parsed, kept in the transcript and answered."""

    def __init__(self, app: Starlette) -> None:
        self._app, self._cookie = app, b""

    async def open(self) -> "OnThePage":
        """Become a visitor."""
        headers, _ = await self._ask("/chat/fresh", b"")
        self._cookie = headers[b"set-cookie"].partition(b";")[0]
        return self

    async def say(self, what: What) -> list[str]:
        """The buttons' data."""
        body: dict[str, Any] = {"id": secrets.token_hex(8)}
        match what:
            case Text(text):
                body["text"] = text
            case Press(data):
                body["press"] = data
            case Start(payload):
                body["start"] = payload
        _, answer = await self._ask("/chat/send", orjson.dumps(body))
        messages = orjson.loads(answer)["messages"]
        return [b["data"] for message in messages for row in message.get("buttons", ()) for b in row]

    async def _ask(self, path: str, body: bytes) -> tuple[dict[bytes, bytes], bytes]:
        headers = [
            (b"host", b"workroom.test"), (b"x-workroom", b"1"), (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()), (b"cookie", self._cookie),
        ]  # fmt: skip
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path,
            "raw_path": path.encode(), "root_path": "", "scheme": "http", "query_string": b"",
            "headers": headers, "client": ("127.0.0.1", 1), "server": ("workroom.test", 80),
        }  # fmt: skip
        told: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            told.append(message)

        await self._app(scope, receive, send)
        assert told[0]["status"] == 200, (path, told)
        return dict(told[0]["headers"]), b"".join(part.get("body", b"") for part in told[1:])


class Filing:
    """One resident's way from the first contact to a filed request, again and again."""

    def __init__(
        self, who: Resident, watch: Stopwatch, *, alone: bool = True, pause: Pause | None = None
    ) -> None:
        self._who, self._watch, self._alone, self._pause = who, watch, alone, pause
        self._buttons: list[str] = []

    async def arrive(self) -> None:
        """The first contact, with the workroom's QR code, and the consent."""
        await self._step("start, a stranger", Start(f"w_{WORKROOM}"))
        await self._press("agree to be remembered", "agree:")

    async def file(self, words: str = WORDS) -> None:
        """One request: words, another category on the card, sent; then the list of one's own."""
        await self._step("start", Start())
        await self._press("file", "go:file")
        await self._step("the words", Text(words))
        await self._press("change the category", ".change_category")
        await self._step("choose a category", Press(self._buttons[0]))
        await self._press("send it", ".send")
        await self._step("my requests", Press("go:mine"))
        await self._press("one request", "show:")

    async def _press(self, name: str, data: str) -> None:
        found = next((b for b in self._buttons if b.startswith(data) or b.endswith(data)), None)
        assert found is not None, f"{name}: no button {data} among {self._buttons}"
        await self._step(name, Press(found))

    async def _step(self, name: str, what: What) -> None:
        if self._pause is not None:
            await self._pause()
        with self._watch.timing(name, alone=self._alone):
            self._buttons = await self._who.say(what)


def pausing(seconds: float, seed: int) -> Pause:
    """Waits about so long, never in step with others."""
    dice = random.Random(seed)
    return lambda: asyncio.sleep(seconds * dice.uniform(0.5, 1.5))
