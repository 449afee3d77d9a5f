"""Delivers what waits in the outbox: after the commit, once, to where people wrote last."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from weakref import WeakValueDictionary

from bot import sends
from bot.bundles import Bundle, bundles, sort
from bot.delivery import Delivery, Held, Lost
from bot.paced import Paced
from domain.casework import Now
from domain.people import Seat
from handlers import reminders
from handlers.house import House
from handlers.nights import Nights
from handlers.visit import now_of
from storage.database import DatabaseAway
from storage.leasing import LEASE
from storage.outbox import Letter
from storage.reaching import Reach, reaching
from storage.together import Together
from storage.unit import UnitOfWork

EVERY = 1.0
"""Seconds between looks when nobody wakes the postman (letters of other processes, retries)."""

AT_ONCE = 30
"""Letters in hand: what Telegram takes in a second."""

FOR_ONE = 4
"""Letters in hand for one seat; more are given back, where the platform takes one a second for each."""

FULL = timedelta(seconds=FOR_ONE)

RENEWED = LEASE.total_seconds() / 3
"""Seconds after which letters still in hand are leased anew."""

LAST_MOMENT = LEASE.total_seconds() - 15
"""Seconds after leasing at which a letter is no longer sent: an upload must end before the lease does."""


class Postman:
    """Claims letters, sends them, writes down what became of them. Any number may run.

    While some wait for their moment the next ones are fetched, so that no moment passes unused; a letter
    that can't go out soon is given back.
    """

    def __init__(self, house: House, bell: asyncio.Event) -> None:
        """`bell` rings when there is something to deliver.

        `more`: there was as much as could be taken at once, so that more may be due, though all of what was
        taken waits for its readers' morning.
        """
        self._house = house
        self._bell = bell
        self._together = Together(house.database)
        self._delivery = Delivery(house, self._together)
        self._in_hand: dict[asyncio.Task[None], Bundle] = {}
        self._waiting: set[asyncio.Task[None]] = set()
        self._leased: dict[int, float] = {}
        self.more = False
        self._seats: WeakValueDictionary[Seat, asyncio.Lock] = WeakValueDictionary()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until told to stop; what is about to go out is finished, what still waits is given back."""
        renewing, away = asyncio.create_task(self._renew_always()), False
        try:
            while not stop.is_set():
                self._bell.clear()  # before looking: what is posted from now on rings again
                try:
                    await self._take(AT_ONCE - len(self._leased))
                    away = False
                except DatabaseAway as trouble:
                    if not away:  # once is enough
                        self._house.report(trouble)
                    away, self.more = True, False
                except Exception as trouble:  # noqa: BLE001  # the postman must outlive what nobody foresaw
                    self._house.report(trouble)
                    self.more = False
                await (self._some_hands_free(stop) if self.more else self._rung())
        finally:
            await self._leave()
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def round(self) -> int:
        """Deliver what is due now; how many letters were dealt with."""
        due = await self._take(AT_ONCE)
        await asyncio.gather(*self._in_hand)
        return due

    # --- taking ------------------------------------------------------------------------------------------

    async def _take(self, most: int) -> int:
        """Take up to so many letters in hand; how many there were to deliver."""
        leased = time.monotonic()  # before the lease begins: to be too early does no harm
        async with self._house.database.writing() as connection:
            uow = UnitOfWork(connection)
            now = await now_of(uow, self._house)
            letters, nights = await self._claimed(uow, now, most)
            held, due = sort(letters, nights, now.moment)
            await uow.outbox.hold(held)
            due, many = self._not_too_many(due, nights)
            await uow.outbox.hold(dict.fromkeys((letter.id for letter in many), now.moment + FULL))
        sends.TAKEN_OVER.inc(sum(letter.taken_over for letter in letters))
        self._leased |= {letter.id: leased for letter in due}
        for bundle in bundles(due, nights):
            self._start(bundle, partial(Held, bundle, now.calendar, nights.reached.get(bundle.first.seat)))
        return len(due)

    async def _claimed(self, uow: UnitOfWork, now: Now, most: int) -> tuple[list[Letter], Nights]:
        """What is due; of whoever gets a digest, everything, and nothing that was settled meanwhile."""
        letters = await uow.outbox.claim(now.moment, most)
        self.more = len(letters) >= most
        reached = await reaching(uow.connection, {letter.seat for letter in letters})
        nights = Nights(now.calendar, reached)
        seats = {letter.seat for letter in letters if nights.gathers(letter)}
        if not seats:
            return letters, nights
        letters += await uow.outbox.claim_of(seats, now.moment)
        letters.sort(key=lambda letter: (not letter.urgent, letter.id))
        settled = await reminders.settled(uow, now, letters)
        for letter in letters:
            if letter.id in settled:
                await uow.outbox.give_up(letter.id, "dropped", "settled before it was said")
        return [letter for letter in letters if letter.id not in settled], nights

    def _not_too_many(self, due: Sequence[Letter], nights: Nights) -> tuple[list[Letter], list[Letter]]:
        """What to take, and what would only fill the hands, since its seat gets one letter a second."""
        counted = Counter(bundle.first.seat for bundle in self._in_hand.values())
        taken: list[Letter] = []
        left: list[Letter] = []
        for letter in due:
            if nights.gathers(letter):  # all of a digest is one message
                taken.append(letter)
                continue
            counted[letter.seat] += 1
            paced = self._is_paced(nights.reached.get(letter.seat))
            (left if paced and counted[letter.seat] > FOR_ONE else taken).append(letter)
        return taken, left

    def _is_paced(self, reach: Reach | None) -> bool:
        channels = self._house.channels
        return reach is not None and any(isinstance(channels.get(a.channel), Paced) for a in reach.addresses)

    def _start(self, bundle: Bundle, held: "partial[Held]") -> None:
        lock = self._seats.setdefault(bundle.first.seat, asyncio.Lock())
        task = asyncio.create_task(self._in_order(lock, held))
        self._in_hand[task] = bundle
        self._waiting.add(task)
        task.add_done_callback(self._ended)

    async def _in_order(self, lock: asyncio.Lock, held: "partial[Held]") -> None:
        """What one person gets comes in the order it was written."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # a coroutine that runs is somebody's task
        async with lock:
            try:
                await self._delivery.deliver(held(partial(self._going, task)))
            except Exception as trouble:  # noqa: BLE001  # the lease runs out, and it is tried again
                self._house.report(trouble)

    def _going(self, task: "asyncio.Task[None]") -> None:
        """From here on it may be out. Raises Lost when the lease is nearly over (this process was asleep)."""
        oldest = min(self._leased[letter] for letter in self._in_hand[task].ids)
        if time.monotonic() - oldest > LAST_MOMENT:
            raise Lost
        self._waiting.discard(task)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._waiting.discard(task)
        for letter in self._in_hand.pop(task).ids:
            self._leased.pop(letter, None)

    # --- waiting -----------------------------------------------------------------------------------------

    async def _some_hands_free(self, stop: asyncio.Event) -> None:
        """There is more to deliver: fetch it as soon as half of the hands are free."""
        while len(self._leased) > AT_ONCE // 2 and not stop.is_set():
            await asyncio.wait(self._in_hand, timeout=EVERY, return_when=asyncio.FIRST_COMPLETED)

    async def _rung(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._bell.wait(), EVERY)

    async def _renew_always(self) -> None:
        while True:
            await asyncio.sleep(RENEWED)
            with suppress(Exception):  # a database that is away: what isn't renewed in time is not sent
                await self.renew()

    async def renew(self) -> None:
        """Lease anew what is in hand."""
        letters, leased = list(self._leased), time.monotonic()
        async with self._house.database.writing() as connection:
            await UnitOfWork(connection).outbox.renew(letters)
        self._leased |= {letter: leased for letter in letters if letter in self._leased}

    async def _leave(self) -> None:
        """Give back what waits for its moment; finish the rest."""
        given_back = [self._in_hand[task] for task in self._waiting]
        under_way = list(self._in_hand)
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        for bundle in given_back:
            await self._delivery.put_back(bundle, 0)
