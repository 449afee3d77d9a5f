"""Wakes the pages that wait for something new, within this process."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Bell:
    """Rung when a transcript grew. Other processes are not heard: pages also look for themselves."""

    def __init__(self) -> None:
        self._listening: dict[str, set[asyncio.Event]] = {}
        self.closed = False

    def ring(self, chat: str) -> None:
        """Something new for this visitor."""
        for event in self._listening.get(chat, ()):
            event.set()

    def close(self) -> None:
        """The process ends: nobody waits any longer."""
        self.closed = True
        for chat in self._listening:
            self.ring(chat)

    @contextmanager
    def listening(self, chat: str) -> Iterator[asyncio.Event]:
        """An event that is set when the bell rings for this visitor; the listener clears it."""
        event = asyncio.Event()
        self._listening.setdefault(chat, set()).add(event)
        try:
            yield event
        finally:
            self._listening[chat].discard(event)
            if not self._listening[chat]:
                del self._listening[chat]


async def rung(event: asyncio.Event, seconds: float) -> None:
    """Return when the bell rings, or after so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
