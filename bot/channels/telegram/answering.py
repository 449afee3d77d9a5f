"""One update's way: acknowledged, handed to the desk until its commit, then answered, each once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bot import sends
from bot.channels.recent import Recent
from bot.channels.telegram.bursts import Bursts
from bot.channels.telegram.gate import FULL_WAIT, IN_HAND, Later
from bot.channels.telegram.parse import Arrival, Arrived, Elsewhere, Gone, Nothing, Ourselves, parse
from bot.channels.telegram.reading import Json
from bot.channels.telegram.saying import Call, TelegramChannel, edited, in_one
from bot.doubts import may_repeat, pause
from domain.messages import Answer, Inbound, Press, Rendered, Start
from handlers.house import Speech
from handlers.ports import Ambiguous, TryLater, Unreachable
from handlers.queues import Busy, Turns
from storage.database import DatabaseAway
from storage.redis import AWAY as REDIS_AWAY
from storage.scripts import RedisAway

T = TypeVar("T")

AWAITED = frozenset({"case.receipt"})
"""Messages that people rely on: their sending is awaited, never left to ride on the webhook's answer."""

AWAY = 2.0
"""Seconds after which Telegram may bring an update again that couldn't be taken."""

AT_ONCE = 200
"""Acknowledgements under way; more than that are left out, since an answer follows anyhow."""

TRIES = 5
"""Times an update is tried that fails for a reason nobody foresaw; then it is let go, with an apology."""

REMEMBERED = 10_000
"""Updates, and chats, of which the last standing is kept in memory."""


class Door(Protocol):
    """The desk, as far as a channel knows it."""

    async def handle(self, inbound: Inbound) -> Answer:
        """Deal with one arrival."""

    async def said(self, inbound: Inbound) -> None:
        """An answer that another process waits for, too, has been given."""

    async def was_said(self, inbound: Inbound) -> bool:
        """Whether another process has given it."""


@dataclass
class Owed:
    """What is still to be said in answer to an update that was dealt with."""

    arrival: Arrival
    messages: Sequence[Rendered]
    replaced: bool = False
    begun: bool = False
    doubts: int = 0
    elsewhere: bool = False


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
        self.again: dict[int, int] = {}  # updates brought again while they are dealt with: how often
        self._owed: Recent[tuple[str, str], Owed] = Recent(REMEMBERED)
        self._answered: Recent[tuple[str, str], bool] = Recent(REMEMBERED)
        self._failed: Recent[str, int] = Recent(REMEMBERED)
        self._cards: Recent[str, Card] = Recent(REMEMBERED)
        self._bursts = Bursts()
        self._refused: Recent[str, bool] = Recent(REMEMBERED)
        self._turns = Turns(most=IN_HAND)
        self._acknowledging: set[asyncio.Task[None]] = set()

    def read(self, update: Json) -> Arrived:
        """What the update means."""
        return parse(update, self.us)

    async def take(self, arrived: Arrived) -> Owed | None:
        """Deal with it; afterwards it is committed and must not come again. Raises Later.

        A press is acknowledged beside it.
        """
        if not isinstance(arrived, Gone) and arrived.query and len(self._acknowledging) < AT_ONCE:
            task = asyncio.create_task(self._acknowledge(arrived.query))
            self._acknowledging.add(task)
            task.add_done_callback(self._acknowledging.discard)
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
            if known is None:
                return None
            self._owed.put(told, known)
        return known

    async def give(self, owed: Owed, *, may_ride: bool = False) -> Call | None:
        """Say what is owed, in the chat's order. Raises Later; the next try goes on from there.

        `may_ride`: the end of it, where nobody needs to know what became of it, is given to the caller, to
        ride on the webhook's answer. The update comes again when that was lost: then the desk answers again.
        """
        inbound = owed.arrival.inbound
        async with self._turns.turn(inbound.chat):
            try:
                while owed.messages:
                    if may_ride and not self.again and (riding := self._riding(inbound.chat, owed)):
                        if not owed.begun:  # else a repeat goes on from here
                            self._owed.take(inbound.delivery)
                        return riding
                    await self._say(inbound.chat, owed, owed.messages[0])
                    owed.begun = True
                    owed.messages = owed.messages[1:]
            except Unreachable:
                sends.answer("unreachable")
                await self._guarded(f"gone {inbound.user}", self._lost(inbound.user))
            except TryLater as later:
                sends.answer("again")
                raise self._left("telegram", later.seconds) from None
            self._owed.take(inbound.delivery)
            self._answered.put(inbound.delivery, True)
            if owed.elsewhere:
                await self._desk.said(inbound)
            return None

    async def close(self) -> None:
        """Wait for the acknowledgements under way."""
        await asyncio.gather(*self._acknowledging)

    # --- taking ------------------------------------------------------------------------------------------

    async def _asked(self, arrival: Arrival) -> Owed | None:
        """What is to be answered; nothing when another process, to which it was brought, too, has done so."""
        answer = await self._guarded(arrival.inbound.id, self._desk.handle(arrival.inbound))
        if isinstance(answer, Answer):
            if answer.again and answer.elsewhere and await self._desk.was_said(arrival.inbound):
                return None
            return Owed(arrival, answer.messages, elsewhere=answer.elsewhere and not answer.again)
        sorry = self._say_in(arrival.inbound.spoken, "error.bug", {"reference": answer})
        return Owed(arrival, [Rendered(sorry)])

    async def _guarded(self, name: str, work: Awaitable[T]) -> T | str:
        """The work's result, or, when it failed too often, the reference of its failure. Raises Later."""
        try:
            return await work
        except Busy:
            raise self._left("busy", FULL_WAIT) from None
        except (RedisAway, *REDIS_AWAY):
            raise self._left("redis", AWAY) from None
        except DatabaseAway:
            raise self._left("database", AWAY) from None
        except TryLater as later:
            raise self._left("telegram", later.seconds) from None
        except Exception as bug:  # noqa: BLE001 - the update must neither vanish nor block its chat for ever
            reference, failures = self._report(bug), (self._failed.take(name) or 0) + 1
            if failures >= TRIES:
                return reference
            self._failed.put(name, failures)
            raise self._left("bug", AWAY) from None

    def _left(self, why: str, seconds: float) -> Later:
        """The update stays with Telegram for so long."""
        sends.REFUSED.labels(why).inc()
        return Later(seconds)

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
        """Twice does no harm, so a doubt is tried once more; a client that hears nothing stops waiting."""
        try:
            try:
                await self.channel.acknowledge(query)
            except Ambiguous:
                sends.RETRIES.labels("acknowledgement").inc()
                await self.channel.acknowledge(query)
        except (Unreachable, TryLater, Ambiguous):
            self.counts["press not acknowledged"] += 1

    # --- giving ------------------------------------------------------------------------------------------

    async def _say(self, chat: str, owed: Owed, message: Rendered) -> None:
        edit = self._place_for(chat, owed, message)
        try:
            ref = await self.channel.send(chat, message, edit=edit)
        except Ambiguous as doubt:
            sends.answer("ambiguous")
            owed.doubts += 1  # the same card twice is one card; none would leave somebody waiting
            if may_repeat(owed.doubts, doubt):
                sends.RETRIES.labels("answer").inc()
                raise TryLater(pause(owed.doubts), str(doubt)) from None
            sends.answer("in_doubt")
            return
        except (Unreachable, TryLater):
            raise
        except Exception as bug:  # noqa: BLE001 - one message Telegram won't take must not keep back others
            self._report(bug)
            sends.answer("failed")
            return
        sends.answer("edited" if ref == edit else "sent")
        owed.replaced = owed.replaced or edit is not None
        if message.buttons:
            self._cards.put(chat, Card(ref, owed.arrival.album))

    def _riding(self, chat: str, owed: Owed) -> Call | None:
        """The call that says the last message, if it need not be made here.

        It must be: what people rely on (a receipt), a place that may be gone, and a card, whose reference is
        wanted when a correction or an album's next part changes it.
        """
        message, arrival = owed.messages[0], owed.arrival
        if owed.elsewhere or len(owed.messages) > 1 or message.key in AWAITED or not self._may_ride(chat):
            return None
        place = self._place_for(chat, owed, message)
        if place is not None:
            call = edited(chat, message, place) if arrival.pressed else None
        else:
            is_card = bool(message.buttons) and not isinstance(arrival.inbound.what, Press | Start)
            call = None if is_card else in_one(chat, message)
        if call is not None:
            sends.answer("rode")
            if message.buttons:
                self._cards.take(chat)
                if place is not None:
                    self._cards.put(chat, Card(place, arrival.album))
        return call

    def _may_ride(self, chat: str) -> bool:
        """Whether Telegram will hardly refuse one more message to this chat: nobody would hear of it."""
        return not self.channel.pace.limits.left_alone(chat) and self._bursts.room(chat)

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
