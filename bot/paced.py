"""What a channel offers whose platform limits how fast letters may go out."""

from collections.abc import Awaitable, Callable
from typing import Protocol, runtime_checkable

from domain.messages import Rendered


class NotYet(Exception):
    """Its turn comes only after so many seconds: it goes back to the outbox, and this was no attempt."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@runtime_checkable
class Paced(Protocol):
    """A channel that sends letters at the platform's pace; answers go past it, by `send`."""

    async def turn(
        self, chat: str, message: Rendered, still: Callable[[], Awaitable[bool]], *, bulk: bool
    ) -> bool:
        """Wait until this letter may go out; not in `bulk`, only for its chat. Raises NotYet.

        Just before, `still` is asked whether it shall go out at all; False when not.
        """

    async def deliver(
        self, chat: str, message: Rendered, *, edit: str | None = None, bulk: bool = True
    ) -> str:
        """Send it as `handlers.ports.Channel.send` does, after its turn; a refusal slows letters down.

        Raises NotYet, too.
        """
