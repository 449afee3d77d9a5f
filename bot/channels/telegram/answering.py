"""One update's way: acknowledged, handed to the desk until its commit, then answered, each once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar
from weakref import WeakValueDictionary

from bot.channels.recent import Recent
from bot.channels.telegram.parse import Arrival, Arrived, Elsewhere, Gone, Nothing, Ourselves, parse
from bot.channels.telegram.reading import Json
from bot.channels.telegram.saying import TelegramChannel
from domain.messages import Answer, Inbound, Rendered
from handlers.house import Speech
from handlers.ports import Ambiguous, TryLater, Unreachable
from handlers.queues import Busy
from storage.database import DatabaseAway

T = TypeVar("T")

AWAY = 2.0
"""Seconds after which Telegram may bring an update again that couldn't be taken."""

TRIES = 5
"""Times an update is tried that fails for a reason nobody foresaw; then it is let go, with an apology."""

REMEMBERED = 10_000
"""Updates, and chats, of which the last standing is kept in memory."""


class Door(Protocol):
    """The desk, as far as a channel knows it."""

    async def handle(self, inbound: Inbound) -> Answer:
        """Deal with one arrival."""


class Later(Exception):
    """Not dealt with, or not answered: bring the update again after so many seconds."""

    def __init__(self, seconds: float, *, busy: bool = False) -> None:
        super().__init__(seconds)
        self.seconds = seconds
        self.busy = busy


@dataclass
class Owed:
    """What is still to be said in answer to an update that was dealt with."""

    arrival: Arrival
    messages: Sequence[Rendered]
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """The message with buttons shown last in a chat, and the album it answers, if any."""

    ref: str
    album: str = ""


class Answering:
    """Takes updates in any order and any number of times.

    An update known to be answered is not answered again. One whose answer is still owed (a fault) gets the
    rest of it; after a restart the desk recognises it and the whole answer is given again.
    """

    def __init__(
        self,
        desk: Door,
        channel: TelegramChannel,
        words: Speech,
        lost: Callable[[str], Awaitable[None]],
        report: Callable[[BaseException], str],
    ) -> None:
        self.channel = channel
        self._desk, self._words, self._lost, self._report = desk, words, lost, report
        self.us = Ourselves("")
        self.counts: Counter[str] = Counter()
        self._owed: Recent[tuple[str, str], Owed] = Recent(REMEMBERED)
        self._answered: Recent[tuple[str, str], bool] = Recent(REMEMBERED)
        self._failed: Recent[str, int] = Recent(REMEMBERED)
        self._cards: Recent[str, Card] = Recent(REMEMBERED)
        self._refused: Recent[str, bool] = Recent(REMEMBERED)
        self._one_by_one: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._acknowledging: set[asyncio.Task[None]] = set()

    def read(self, update: Json) -> Arrived:
        """What the update means; a press is acknowledged from here on."""
        arrived = parse(update, self.us)
        if not isinstance(arrived, Gone) and (query := getattr(arrived, "query", "")):
            task = asyncio.create_task(self._acknowledge(query))
            self._acknowledging.add(task)
            task.add_done_callback(self._acknowledging.discard)
        return arrived

    async def take(self, arrived: Arrived) -> Owed | None:
        """Deal with it; afterwards it is committed and must not come again. Raises Later."""
        match arrived:
            case Nothing():
                self.counts[arrived.kind] += 1
                return None
            case Elsewhere():
                await self._refuse_group(arrived)
                return None
            case Gone():
                await self._guarded(f"gone {arrived.user}", self._lost(arrived.user))
                return None
        told = arrived.inbound.delivery
        if told in self._answered:
            return None
        known = self._owed.get(told)
        if known is None:
            known = await self._asked(arrived)
            self._owed.put(told, known)
        return known

    async def give(self, owed: Owed) -> None:
        """Say what is owed, in the chat's order. Raises Later; the next try goes on from there."""
        inbound = owed.arrival.inbound
        lock = self._one_by_one.setdefault(inbound.chat, asyncio.Lock())
        async with lock:
            try:
                while owed.messages:
                    await self._say(inbound.chat, owed, owed.messages[0])
                    owed.messages = owed.messages[1:]
            except Unreachable:
                await self._guarded(f"gone {inbound.user}", self._lost(inbound.user))
            except TryLater as later:
                raise Later(later.seconds) from None
            self._owed.take(inbound.delivery)
            self._answered.put(inbound.delivery, True)

    async def close(self) -> None:
        """Wait for the acknowledgements under way."""
        await asyncio.gather(*self._acknowledging)

    # --- taking ------------------------------------------------------------------------------------------

    async def _asked(self, arrival: Arrival) -> Owed:
        answer = await self._guarded(arrival.inbound.id, self._desk.handle(arrival.inbound))
        if isinstance(answer, Answer):
            return Owed(arrival, answer.messages)
        sorry = self._say_in(arrival.inbound.spoken, "error.bug", {"reference": answer})
        return Owed(arrival, [Rendered(sorry)])

    async def _guarded(self, name: str, work: Awaitable[T]) -> T | str:
        """The work's result, or, when it failed too often, the reference of its failure. Raises Later."""
        try:
            return await work
        except Busy:
            self.counts["busy"] += 1
            raise Later(1, busy=True) from None
        except DatabaseAway:
            self.counts["database away"] += 1
            raise Later(AWAY) from None
        except TryLater as later:
            raise Later(later.seconds) from None
        except Exception as bug:  # noqa: BLE001 - the update must neither vanish nor block its chat for ever
            reference, failures = self._report(bug), (self._failed.take(name) or 0) + 1
            if failures >= TRIES:
                return reference
            self._failed.put(name, failures)
            raise Later(AWAY) from None

    async def _refuse_group(self, place: Elsewhere) -> None:
        """Say once in each group that nothing is done there."""
        if place.chat in self._refused:
            return
        self._refused.put(place.chat, True)
        said = Rendered(self._say_in(place.spoken, "other.group"))
        with suppress(Unreachable, TryLater, Ambiguous):
            await self.channel.send(place.chat, said)

    def _say_in(self, spoken: str, key: str, params: dict[str, str] | None = None) -> str:
        return self._words.say(self._words.closest(spoken), key, params)

    async def _acknowledge(self, query: str) -> None:
        try:
            await self.channel.acknowledge(query)
        except (Unreachable, TryLater, Ambiguous):
            self.counts["press not acknowledged"] += 1

    # --- giving ------------------------------------------------------------------------------------------

    async def _say(self, chat: str, owed: Owed, message: Rendered) -> None:
        edit = self._place_for(chat, owed, message)
        try:
            ref = await self.channel.send(chat, message, edit=edit)
        except Ambiguous:  # it most likely went out; said twice would be worse
            self.counts["answer in doubt"] += 1
            return
        except (Unreachable, TryLater):
            raise
        except Exception as bug:  # noqa: BLE001 - one message Telegram won't take must not keep back others
            self._report(bug)
            return
        owed.replaced = owed.replaced or edit is not None
        if message.buttons:
            self._cards.put(chat, Card(ref, owed.arrival.album))

    def _place_for(self, chat: str, owed: Owed, message: Rendered) -> str | None:
        """The message to change: the pressed one; a correction and an album's next part change the last card.

        Anything else that was typed is answered below it, where the person looks.
        """
        if owed.replaced:
            return None
        if owed.arrival.pressed:
            return owed.arrival.pressed if message.replaces else None
        card, album = self._cards.get(chat), owed.arrival.album
        if card is None or not message.buttons:
            return None
        if album and card.album == album and len(owed.messages) == 1:
            return card.ref
        return card.ref if message.replaces and owed.arrival.inbound.edited else None
