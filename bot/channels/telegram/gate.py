"""How much is let in at a time: past it an update stays with Telegram, and who floods is slowed alone."""

import time
from collections.abc import Callable

from bot import sends
from bot.channels.recent import Recent

IN_HAND = 400
"""Updates dealt with at the same time in one process. Telegram itself brings at most 40 at once."""

BURST, A_SECOND = 40, 4.0
"""Updates of one person taken as they come (a stack of forwarded messages), and lastingly each second."""

FULL_WAIT = 1.0
REMEMBERED = 10_000


class Later(Exception):
    """Not dealt with, or not answered: bring the update again after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Gate:
    """Counts who comes in; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._inside = 0
        self._free_at: Recent[str, float] = Recent(REMEMBERED)

    def enter(self, who: str) -> None:
        """The update of this person (empty: nobody's) is dealt with; `leave` must follow. Raises Later."""
        if self._inside >= IN_HAND:
            sends.REFUSED.labels("full").inc()
            raise Later(FULL_WAIT)
        if who:
            self._count(who)
        self._inside += 1

    def leave(self) -> None:
        """It is done with."""
        self._inside -= 1

    def _count(self, who: str) -> None:
        now = self._clock()
        free_at = max(self._free_at.get(who) or 0.0, now)
        ahead = free_at - now - (BURST - 1) / A_SECOND
        if ahead > 0:
            sends.REFUSED.labels("flood").inc()
            raise Later(ahead)
        self._free_at.put(who, free_at + 1 / A_SECOND)
