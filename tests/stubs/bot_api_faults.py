"""Trouble to order: refusals, floods, broken connections and answers held back by the test."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tests.stubs.bot_api_rules import ApiError
from tests.stubs.bot_api_world import PATIENCE


@dataclass
class Call:
    """A method call as it arrived; `result` or `error` says what became of it.

    `rode` marks one that came on a webhook's answer.
    """

    method: str
    params: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)
    at: float = 0.0
    result: Any = None
    error: ApiError | None = None
    carried_out: bool = False
    rode: bool = False

    @property
    def chat(self) -> int | None:
        """The chat the call was about, if any."""
        try:
            return int(self.params["chat_id"])
        except (KeyError, ValueError, TypeError):
            return None


@dataclass
class Fault:
    """What shall happen to the next `times` calls that fit; None fits every method and chat."""

    method: str | None
    chat: int | None
    times: int
    carried_out: bool = False

    def fits(self, call: Call) -> bool:
        """Whether this call is one the fault was meant for; polling must be named to be hit."""
        if self.method is None and call.method == "getUpdates":
            return False
        named = self.method is None or self.method.lower() == call.method.lower()
        return self.times > 0 and named and self.chat in (None, call.chat)


@dataclass
class Refusal(Fault):
    """Answers with an error instead of doing it; `body` replaces the JSON, as a proxy's error page does."""

    status: int = 500
    description: str = "Internal Server Error"
    retry_after: int | None = None
    body: bytes | None = None

    def error(self) -> ApiError:
        """The refusal as Telegram words it."""
        if self.retry_after is None:
            return ApiError(self.status, self.description)
        text = f"Too Many Requests: retry after {self.retry_after}"
        return ApiError(429, text, {"retry_after": self.retry_after})


@dataclass
class Dropped(Fault):
    """Closes the connection without an answer."""


@dataclass
class Held(Fault):
    """Keeps the answer back until `release`; never released, it hangs."""

    caught: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def reached(self, within: float = PATIENCE) -> None:
        """Wait until a call is being held."""
        async with asyncio.timeout(within):
            await self.caught.wait()

    def release(self) -> None:
        """Let the held calls be answered."""
        self.let_go.set()


class Faults:
    """The faults ordered so far; the one ordered first that fits is used up first."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Put a fault in line."""
        self._ordered.append(fault)

    def take(self, call: Call) -> Fault | None:
        """The fault that befalls this call."""
        for fault in self._ordered:
            if fault.fits(call):
                fault.times -= 1
                return fault
        return None

    def release(self) -> None:
        """Let go of everything held: the server closes."""
        for fault in self._ordered:
            if isinstance(fault, Held):
                fault.release()
