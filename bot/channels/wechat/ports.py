"""What answering needs from the platform's API; how a push fits windows and quotas is that side's affair."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from domain.messages import File, Rendered

Opening = Literal["message", "tap", "click", "scan", "follow"]
"""What somebody did, since each opens another window for customer-service messages (CHANNELS §3)."""


Subscribed = Literal["popup", "change", "sent"]


@dataclass(frozen=True, slots=True)
class Subscription:
    """What somebody decided about one kind of notice, or what became of one that was sent.

    `event` is `popup` (asked and decided), `change` (decided anew in the settings) or `sent`;
    `status` is the platform's word (`accept`, `reject`; for `sent` its error text or `success`).
    `told` is what this telling is known by, the same for every time it is brought.
    """

    event: Subscribed
    template: str
    status: str
    message: str = ""
    scene: str = ""
    told: str = ""


class Platform(Protocol):
    """`handlers.ports.Channel` with what WeChat tells beside messages. An openid is both chat and user."""

    name: str

    async def fetch(self, file: File) -> bytes:
        """The bytes of a media id. Raises TooBig, TryLater, MediaRefused when it has expired."""

    async def send(self, chat: str, message: Rendered, *, edit: str | None = None) -> str:
        """Push it, however it fits, and give a reference. Raises Unreachable, TryLater, Ambiguous."""

    async def heard(self, openid: str, how: Opening) -> None:
        """They did something that opens a window. Nothing is kept of somebody who isn't remembered yet."""

    async def room(self, openid: str) -> int:
        """How many customer-service messages may go to them now."""

    async def left(self, openid: str) -> None:
        """They have unfollowed: the platform asks that what names them be deleted. Twice is once."""

    async def subscribed(self, openid: str, told: Sequence[Subscription]) -> None:
        """What they decided about notices. Twice is once."""

    async def delivered(self, openid: str, message: str, status: str) -> None:
        """What became of a template message (`success`, `failed:user block` …). Twice is once."""
