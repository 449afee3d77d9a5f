"""A bot's webhook of the simplest kind, to see what the stub brings."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web


class Receiver:
    """A bot's webhook: keeps what arrives; `answers` decides what to say, 200 by default."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.answers: Callable[[dict[str, Any]], Awaitable[web.Response]] = self._fine
        self.url = ""

    async def _fine(self, update: dict[str, Any]) -> web.Response:
        return web.Response()

    async def receive(self, request: web.Request) -> web.Response:
        """Take one update."""
        update = await request.json()
        self.got.append(update)
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        return await self.answers(update)

    @property
    def texts(self) -> list[str]:
        """The words that arrived, in order."""
        return [update["message"]["text"] for update in self.got if "message" in update]
