"""How much each chat has been told in the last seconds, as far as this process knows."""

import time
from collections.abc import Callable

from bot.channels.recent import Recent

AT_ONCE, A_SECOND = 8, 1.0
"""What Telegram lets through at once to one chat, and lastingly each second."""

REMEMBERED = 10_000


class Bursts:
    """Whether a chat has room for one more message that nobody will hear about if Telegram refuses it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._free_at: Recent[str, float] = Recent(REMEMBERED)

    def room(self, chat: str) -> bool:
        """Take the room, if there is some."""
        now = self._clock()
        free_at = max(self._free_at.get(chat) or 0.0, now)
        if free_at - now > (AT_ONCE - 1) / A_SECOND:
            return False
        self._free_at.put(chat, free_at + 1 / A_SECOND)
        return True
