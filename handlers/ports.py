"""What the desk and the postman need from a channel and from the outside, as protocols."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from domain.messages import File, Rendered

Clock = Callable[[], datetime]
"""Now, aware, in UTC."""

Token = Callable[[int], str]
"""So many random characters of the readable alphabet (domain.codes.ALPHABET)."""


class Unreachable(Exception):
    """This person can't be reached in this channel any more (blocked, deleted, quota of the platform)."""


class NotNow(Unreachable):
    """This person can't be reached in this channel until they do something there; nothing else is lost."""


class TryLater(Exception):
    """Not sent; try again after so many seconds (the platform's `retry_after`, or a fault)."""

    def __init__(self, seconds: float, reason: str = "") -> None:
        super().__init__(reason)
        self.seconds = seconds
        self.reason = reason


class Ambiguous(Exception):
    """It isn't known whether the message went out (a timeout after the request).

    `counted`: the platform lets us say only so much, and has perhaps counted this.
    """

    def __init__(self, reason: str = "", *, counted: bool = False) -> None:
        super().__init__(reason)
        self.counted = counted


class TooBig(Exception):
    """The file is larger than the channel or we take; `limit` in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"over {limit} bytes")
        self.limit = limit


class Channel(Protocol):
    """A way to reach people: what arrives goes to the desk; what is said to others goes through here."""

    name: str

    async def fetch(self, file: File) -> bytes:
        """The file's bytes. Raises TooBig, TryLater."""

    async def send(self, chat: str, message: Rendered, *, edit: str | None = None) -> str:
        """Say it there (or change the earlier message `edit`) and give the channel's own reference to it.

        Raises Unreachable, TryLater, Ambiguous.
        """
