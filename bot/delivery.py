"""One bundle on its way, at the platform's pace, to where its person wrote last; and what became of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from bot import sends
from bot.bundles import Bundle
from bot.doubts import is_told, may_repeat, pause
from bot.paced import NotYet, Paced
from domain.calendar import Calendar
from domain.certain import certain
from domain.messages import Rendered
from domain.people import Seat, consents_needed
from handlers import unreached
from handlers.house import House
from handlers.ports import Ambiguous, Channel, NotNow, TryLater, Unreachable
from storage.database import DatabaseAway
from storage.outbox import Sent
from storage.people import Address
from storage.reaching import Reach, consents_there, reaching
from storage.together import Together
from storage.unit import UnitOfWork

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(minutes=30)
RECORDED, LOOK_AGAIN = 600, 0.5
"""Times, and seconds between them, that it is tried to write down what was sent."""

ELSEWHERE = 5.0
"""Seconds after which a letter for a channel this process doesn't serve is looked at again."""


class Lost(Exception):
    """The lease is over: another postman may have the letter now."""


@dataclass(frozen=True, slots=True)
class Held:
    """A bundle in hand. `going` says that it is about to go out; it raises Lost when it mustn't any more."""

    bundle: Bundle
    calendar: Calendar
    reach: Reach | None
    going: Callable[[], None]


class Delivery:
    """Sends one bundle after another, and writes down what became of each."""

    def __init__(self, house: House, together: Together) -> None:
        self._house = house
        self._together = together

    async def deliver(self, held: Held) -> None:
        """Send it, or say when to try again, or give it up where the liaison sees it."""
        bundle = held.bundle
        try:
            sent = await (self._send(held) if bundle.first.edits is None else self._edit(held))
        except Lost:
            return
        except NotYet as early:
            await self.put_back(bundle, early.seconds)
        except Unreachable as gone:
            await self._end(bundle, "unreachable", str(gone))
        except Ambiguous as doubt:
            await self._in_doubt(held, doubt)
        except TryLater as later:
            await self._again(held, later, str(later), later.seconds)
        except Exception as trouble:  # noqa: BLE001  # one letter's bug must not stop the others
            await self._again(held, trouble, self._house.report(trouble), 60)
        else:
            if sent:
                await self._delivered(bundle, sent)

    async def put_back(self, bundle: Bundle, seconds: float) -> None:
        """Somebody sends it later; this was no attempt."""
        until = self._house.clock() + timedelta(seconds=seconds)
        sends.PUT_BACK.inc(len(bundle.letters))
        await self._together.do(lambda uow: uow.outbox.hold(dict.fromkeys(bundle.ids, until)))

    # --- going out ---------------------------------------------------------------------------------------

    async def _send(self, held: Held) -> Sent:
        """Try the person's addresses, the one they wrote from last first."""
        language, addresses = self._served(held.reach)
        tried: set[Address] = set()
        missed = False
        while address := next((one for one in addresses if one not in tried), None):
            tried.add(address)
            rendered = self._worded(language, held.bundle)
            if not await self._turn(held, address, rendered):
                language, addresses = self._served(await self._reach(held.bundle.first.seat))
                continue
            try:
                sent = await self._out(held, address, rendered)
                if missed and sent.channel in unreached.WAITS_TO_BE_SEEN:
                    await self._waits(held.bundle)
                return sent
            except NotNow:
                missed = True
            except Unreachable:
                missed = True
                await self._together.do(partial(_lost, address))
        raise Unreachable("no channel left" if tried else "nobody is bound, or nothing is open to them")

    def _worded(self, language: str, bundle: Bundle) -> Rendered:
        """Its words; where they may have arrived before, they begin with that."""
        said = self._house.words.render(language, bundle.message)
        if not any(is_told(letter, bundle.message.key) for letter in bundle.letters):
            return said
        return replace(said, text=f"{self._house.words.say(language, 'notice.again')}\n{said.text}")

    async def _waits(self, bundle: Bundle) -> None:
        """What could only be laid on the page waits until its reader looks: a person calls meanwhile."""
        async with self._house.database.writing() as connection:
            uow = UnitOfWork(connection)
            for letter in bundle.letters:
                await unreached.tell_liaison(uow, letter, self._house.clock(), page=True)

    async def _turn(self, held: Held, address: Address, rendered: Rendered) -> bool:
        """Wait for its turn, where there are turns; False when they have withdrawn or left the seat since."""
        channel = self._house.channels[address.channel]
        if not isinstance(channel, Paced):
            return True
        still = partial(self._still, held.bundle.first.seat, address)
        return await channel.turn(address.chat, rendered, still, bulk=held.bundle.in_bulk)

    async def _still(self, seat: Seat, address: Address) -> bool:
        async with self._house.database.reading() as connection:
            agreed = await consents_there(connection, seat, address)
        return agreed is not None and set(consents_needed(address.channel)) <= agreed

    async def _out(self, held: Held, address: Address, rendered: Rendered, edit: str | None = None) -> Sent:
        held.going()
        channel: Channel = self._house.channels[address.channel]
        if isinstance(channel, Paced):
            ref = await channel.deliver(address.chat, rendered, edit=edit, bulk=held.bundle.in_bulk)
        else:
            ref = await channel.send(address.chat, rendered, edit=edit)
        return Sent(address.channel, address.chat, ref)

    async def _edit(self, held: Held) -> Sent | None:
        """Change an earlier letter where it stands; one that isn't out yet is rewritten instead."""
        letter = held.bundle.first
        edited = certain(letter.edits)
        async with self._house.database.writing() as connection:
            outbox = UnitOfWork(connection).outbox
            original = await outbox.sent_to(edited)
            if original is None:
                await outbox.rewrite(edited, letter.message)
                await outbox.give_up(letter.id, "dropped", "the original was not out yet")
                sends.letter("dropped")
                return None
        language, addresses = self._served(held.reach)
        address = next((one for one in addresses if one.chat == original.chat), None)
        if address is None:
            raise Unreachable("somebody else holds the seat now")
        rendered = self._house.words.render(language, letter.message)
        if not await self._turn(held, address, rendered):
            raise Unreachable("somebody else holds the seat now")
        return replace(original, ref=(await self._out(held, address, rendered, original.ref)).ref)

    async def _reach(self, seat: Seat) -> Reach | None:
        async with self._house.database.reading() as connection:
            return (await reaching(connection, [seat])).get(seat)

    def _served(self, reach: Reach | None) -> tuple[str, list[Address]]:
        """The language and the addresses they agreed to that this process serves. Raises TryLater."""
        if reach is None:
            return self._house.language, []
        agreed = [a for a in reach.addresses if set(consents_needed(a.channel)) <= reach.consents]
        served = [a for a in agreed if a.channel in self._house.channels]
        if agreed and not served:
            raise TryLater(ELSEWHERE, "a channel that another process serves")
        return reach.language, served

    # --- what became of it -------------------------------------------------------------------------------

    async def _delivered(self, bundle: Bundle, sent: Sent) -> None:
        """Write it down, however long the database is away: forgotten, it would be sent once more."""

        async def write(uow: UnitOfWork) -> None:
            for letter in bundle.letters:
                await uow.outbox.delivered(letter.id, sent, self._house.clock())

        sends.letter("sent" if bundle.first.edits is None else "edited", len(bundle.letters))
        for _ in range(RECORDED):
            try:
                await self._together.do(write)
                break
            except DatabaseAway:
                await asyncio.sleep(LOOK_AGAIN)

    async def _in_doubt(self, held: Held, doubt: Ambiguous) -> None:
        """It may have arrived. Said again a few times, then left where the liaison sees it."""
        doubts = 1 + max(letter.doubts for letter in held.bundle.letters)
        sends.letter("ambiguous", len(held.bundle.letters))
        await self._together.do(lambda uow: uow.outbox.doubted(held.bundle.ids))
        if may_repeat(doubts, doubt):
            await self._again(held, doubt, str(doubt), pause(doubts))
        else:
            await self._end(held.bundle, "in_doubt", str(doubt))

    async def _end(self, bundle: Bundle, state: sends.Outcome, reason: str) -> None:
        sends.letter(state, len(bundle.letters))
        async with self._house.database.writing() as connection:
            uow = UnitOfWork(connection)
            for letter in bundle.letters:
                if not await uow.outbox.give_up(letter.id, state, reason):
                    continue
                await unreached.tell_liaison(uow, letter, self._house.clock(), in_doubt=state == "in_doubt")

    async def _again(self, held: Held, trouble: Exception, reason: str, least: float) -> None:
        """Wait longer each time, at least as long as the platform says; after a day give up, visibly."""
        now, letter = self._house.clock(), held.bundle.first
        if now - letter.made_at >= timedelta(hours=held.calendar.terms.give_up_hours):
            await self._end(held.bundle, "given_up", reason)
            return
        wait = min(FIRST_WAIT * 2 ** min(letter.tries, 16), LONGEST_WAIT)
        until = now + max(wait, timedelta(seconds=least))
        sends.letter("again", len(held.bundle.letters))
        sends.RETRIES.labels("letter").inc()

        async def write(uow: UnitOfWork) -> None:
            for one in held.bundle.letters:
                await uow.outbox.again(one.id, until, reason)

        await self._together.do(write)


async def _lost(address: Address, uow: UnitOfWork) -> None:
    await uow.people.lost(address.channel, address.user)
