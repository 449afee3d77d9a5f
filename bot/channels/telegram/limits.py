"""How fast Telegram may be written to, kept by this process alone or, in Redis, by all of them together.

In bulk about 30 messages a second, to one chat one a second, to a group twenty a minute; after a 429 nothing
to that chat until its time is over. What answers somebody who is waiting is never held back here.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.channels.recent import Recent

IN_A_SECOND = 30
"""Letters that Telegram takes in any second."""

BULK_EVERY = 1 / IN_A_SECOND
"""Seconds between the places of letters in bulk."""

LONGEST = 30.0
"""Seconds after which a letter that never came back (its process died) counts no more."""

LOOK_AGAIN = 0.05
"""Seconds to wait for one of the letters under way to come back."""

CHAT_EVERY, GROUP_EVERY = 1.0, 3.0
"""Seconds between letters to one person, and to one group."""

HORIZON = 10.0
"""Seconds ahead that a place may be taken; who would wait longer asks again."""

TOGETHER = 5.0
"""Seconds within which refusals of letters to two chats mean that all of them are too many."""

CHATS = 50_000


@dataclass(frozen=True, slots=True)
class Want:
    """A letter that wants to go out. Not in `bulk`, it waits only for its chat. `cost`: its messages."""

    chat: str
    cost: int = 1
    bulk: bool = True

    @property
    def every(self) -> float:
        """Seconds its chat gets for one message."""
        return GROUP_EVERY if self.chat.startswith("-") else CHAT_EVERY


@dataclass(frozen=True, slots=True)
class Place:
    """A moment to go out, so many seconds from now; not `taken`, it is when to ask again."""

    wait: float
    taken: bool = True


class Limits(Protocol):
    """Keeps count. Times are seconds."""

    async def places(self, wants: Sequence[Want]) -> list[Place]:
        """A place for each, in the order given. Raises LimitsAway."""

    async def goes(self, letter: str, *, bulk: bool) -> float:
        """This letter goes out now: 0; in bulk, seconds to wait while thirty are out. Raises LimitsAway.

        A letter is out from now until a second after it `came_back`. Telegram counts it somewhere between, so
        that it never sees more than thirty in a second, however late any of them was sent or answered.
        """

    async def came_back(self, letter: str) -> None:
        """It was answered, or given up. Raises LimitsAway."""

    async def refused(self, chat: str, seconds: float, *, bulk: bool) -> None:
        """Telegram wants this chat left alone for so long; `bulk`: it said so to a letter."""

    async def look(self) -> None:
        """Learn which chats other processes were told to leave alone."""

    def left_alone(self, chat: str) -> float:
        """Seconds this chat is still to be left alone after a 429, as far as is known here; 0 for no time."""

    def holds(self) -> bool:
        """Whether nothing goes out in bulk now, as far as is known here: places taken before are void."""


class LimitsAway(Exception):
    """Nobody can say now how much was sent."""


@dataclass
class OwnLimits:
    """The count of one process; `clock` gives seconds."""

    clock: Callable[[], float] = time.monotonic
    _bulk: float = 0.0
    _hold: float = 0.0
    _chats: Recent[str, float] = field(default_factory=lambda: Recent(CHATS))
    _held: Recent[str, float] = field(default_factory=lambda: Recent(CHATS))
    _flooded: tuple[str, float] = ("", 0.0)
    _out: dict[str, float] = field(default_factory=dict)

    async def places(self, wants: Sequence[Want]) -> list[Place]:
        """A place for each, in the order given."""
        now = self.clock()
        return [self._place(want, now) for want in wants]

    def _place(self, want: Want, now: float) -> Place:
        ready = max(now, self._chats.get(want.chat) or now)
        place = max(now, self._bulk, self._hold) if want.bulk else ready
        if ready > place:  # another letter may have this place meanwhile
            return Place(ready - now, taken=False)
        if place - now > HORIZON:
            return Place(place - now, taken=False)
        if want.bulk:
            self._bulk = place + BULK_EVERY * want.cost
        self._chats.put(want.chat, place + want.every * want.cost)
        return Place(place - now)

    async def goes(self, letter: str, *, bulk: bool) -> float:
        """0, or seconds to wait."""
        now = self.clock()
        self._out = {one: until for one, until in self._out.items() if until > now}
        if bulk and len(self._out) >= IN_A_SECOND:
            return min(min(self._out.values()) - now, LOOK_AGAIN)
        self._out[letter] = now + LONGEST
        return 0.0

    async def came_back(self, letter: str) -> None:
        """It counts for one more second."""
        self._out[letter] = self.clock() + 1.0

    async def refused(self, chat: str, seconds: float, *, bulk: bool) -> None:
        """Leave the chat alone; and everybody, when letters to two chats are refused at the same time."""
        now = self.clock()
        until = now + seconds
        self._chats.put(chat, max(until, self._chats.get(chat) or until))
        self._held.put(chat, max(until, self._held.get(chat) or until))
        if not bulk:
            return
        other, at = self._flooded
        if other not in ("", chat) and now - at < TOGETHER:
            self._hold = max(self._hold, until)
        self._flooded = (chat, now)

    async def look(self) -> None:
        """There is nobody else."""

    def holds(self) -> bool:
        """Whether nothing goes out in bulk now."""
        return self._hold > self.clock()

    def left_alone(self, chat: str) -> float:
        """Seconds this chat is still to be left alone."""
        return max(0.0, (self._held.get(chat) or 0.0) - self.clock())
