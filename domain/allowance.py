"""How many messages a platform lets us send to somebody after what they did, and until when (CHANNELS §3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

MESSAGE_WINDOW, MESSAGE_COUNT = timedelta(hours=48), 5
"""After each message of theirs."""

LATELY = timedelta(minutes=10)
"""A full window that was opened so lately isn't written down anew: a conversation is many messages."""

TAP_WINDOW, TAP_COUNT = timedelta(minutes=1), 3
"""After a tap, a click on the menu, a scan, a follow."""

OPENINGS: Mapping[str, str] = {
    "message": "message", "tap": "tap", "click": "tap", "scan": "tap", "follow": "tap",
}  # fmt: skip
"""What they did, and which window it opens."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of each window. Both may be open; what ends sooner is used first."""

    message_until: datetime | None = None
    messages_left: int = 0
    tap_until: datetime | None = None
    taps_left: int = 0

    def opened(self, how: str, now: datetime) -> "Allowance":
        """They did something that opens a window: it is full again."""
        if OPENINGS[how] == "tap":
            return replace(self, tap_until=now + TAP_WINDOW, taps_left=TAP_COUNT)
        return replace(self, message_until=now + MESSAGE_WINDOW, messages_left=MESSAGE_COUNT)

    def is_open(self, how: str, now: datetime) -> bool:
        """Whether what they did opens nothing that isn't open: the window is full, and hardly shorter."""
        if OPENINGS[how] != "message" or self.message_until is None:
            return False
        return self.messages_left == MESSAGE_COUNT and self.message_until >= now + MESSAGE_WINDOW - LATELY

    def left(self, now: datetime) -> int:
        """How many messages may go to them now."""
        return self._taps(now) + self._messages(now)

    def spent(self, now: datetime, count: int = 1) -> "Allowance":
        """So many were sent now."""
        from_taps = min(count, self._taps(now))
        from_messages = min(count - from_taps, self._messages(now))
        return replace(
            self, taps_left=self.taps_left - from_taps, messages_left=self.messages_left - from_messages
        )

    def closed(self) -> "Allowance":
        """The platform says that nothing is left: it counts, not we."""
        return Allowance()

    def _taps(self, now: datetime) -> int:
        return self.taps_left if self.tap_until and now < self.tap_until else 0

    def _messages(self, now: datetime) -> int:
        return self.messages_left if self.message_until and now < self.message_until else 0
