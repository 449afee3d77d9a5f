"""Delivers what waits in the outbox: after the commit, once, to where people wrote last."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from domain.calendar import Calendar
from domain.certain import certain
from domain.messages import Choice, Message
from domain.people import Seat, consents_needed
from handlers import unreached
from handlers.house import House
from handlers.ports import Ambiguous, Channel, NotNow, TryLater, Unreachable
from handlers.visit import now_of
from storage.outbox import Letter, Sent
from storage.people import Address
from storage.together import Together
from storage.unit import UnitOfWork

EVERY = 1.0
"""Seconds between looks when nobody wakes the postman (letters of other processes, retries)."""

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(minutes=30)
ELSEWHERE = 5.0
"""Seconds after which a letter for a channel this process doesn't serve is looked at again."""

AT_ONCE = 16
"""Letters under way at the same time."""

IN_A_DIGEST = 10
"""Letters named in one digest; more are counted."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes out as one message: one letter, or several held back by the quiet hours."""

    letters: tuple[Letter, ...]
    message: Message


class Postman:
    """Claims letters, sends them, writes down what became of them. Any number may run."""

    def __init__(self, house: House, bell: asyncio.Event) -> None:
        """`bell` rings when there is something to deliver."""
        self._house = house
        self._bell = bell
        self._together = Together(house.database)

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until told to stop; what is in hand is finished."""
        while not stop.is_set():
            self._bell.clear()  # before looking: what is posted from now on rings again
            try:
                busy = await self.round()
            except Exception as trouble:  # noqa: BLE001  # the postman must outlive a database that is away
                self._house.report(trouble)
                busy = 0
            if not busy:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._bell.wait(), EVERY)

    async def round(self) -> int:
        """Deliver what is due now; how many letters were dealt with."""
        async with self._house.database.writing() as connection:
            uow = UnitOfWork(connection)
            now = await now_of(uow, self._house)
            letters = await uow.outbox.claim(now.moment)
            held, due = _sort(letters, now.calendar, now.moment)
            for letter in held:
                await uow.outbox.hold(letter.id, now.calendar.end_of_quiet(now.moment))
        room = asyncio.Semaphore(AT_ONCE)
        waiting = _by_seat(_bundles(due, now.calendar))
        await asyncio.gather(*(self._in_order(bundles, now.calendar, room) for bundles in waiting))
        return len(due)

    async def _in_order(self, bundles: Sequence[Bundle], calendar: Calendar, room: asyncio.Semaphore) -> None:
        """What one person gets comes in the order it was written."""
        for bundle in bundles:
            await self._deliver(bundle, calendar, room)

    async def _deliver(self, bundle: Bundle, calendar: Calendar, room: asyncio.Semaphore) -> None:
        async with room:
            letter = bundle.letters[0]
            try:
                sent = await self._edit(letter) if letter.edits else await self._send(bundle)
            except Unreachable as gone:
                await self._end(bundle, "unreachable", str(gone))
                return
            except (TryLater, Ambiguous) as later:
                await self._again(bundle, later, calendar)
                return
            except Exception as trouble:  # noqa: BLE001  # one letter's bug must not stop the others
                await self._again(bundle, TryLater(60, self._house.report(trouble)), calendar)
                return
            if sent:
                await self._delivered(bundle, sent)

    async def _send(self, bundle: Bundle) -> Sent:
        """Try the person's addresses, the one they wrote from last first."""
        language, addresses = await self._addresses(bundle.letters[0].seat)
        for address in addresses:
            channel = self._house.channels[address.channel]
            rendered = self._house.words.render(language, bundle.message)
            try:
                sent = Sent(address.channel, address.chat, await channel.send(address.chat, rendered))
                await self._waits(bundle, sent, tried=address is not addresses[0])
                return sent
            except NotNow:
                continue
            except Unreachable:
                async with self._house.database.writing() as connection:
                    await UnitOfWork(connection).people.lost(address.channel, address.user)
        raise Unreachable("no channel left" if addresses else "nobody is bound, or nothing is open to them")

    async def _waits(self, bundle: Bundle, sent: Sent, *, tried: bool) -> None:
        """What could only be laid on the page waits until its reader looks: a person calls meanwhile."""
        if tried and sent.channel in unreached.WAITS_TO_BE_SEEN:
            async with self._house.database.writing() as connection:
                for letter in bundle.letters:
                    await unreached.tell_liaison(
                        UnitOfWork(connection), letter, self._house.clock(), page=True
                    )

    async def _addresses(self, seat: Seat) -> tuple[str, list[Address]]:
        async with self._house.database.reading() as connection:
            uow = UnitOfWork(connection)
            holder = await uow.people.holder(seat)
            if holder is None:
                return self._house.language, []
            person, known = await uow.people.person(holder), await uow.people.addresses(holder)
        agreed = [a for a in known if set(consents_needed(a.channel)) <= person.consents]
        served = [a for a in agreed if a.channel in self._house.channels]
        if agreed and not served:
            raise TryLater(ELSEWHERE, "a channel that another process serves")
        return person.language, served

    async def _edit(self, letter: Letter) -> Sent | None:
        """Change an earlier letter where it stands; one that isn't out yet is rewritten instead."""
        edited = certain(letter.edits)
        async with self._house.database.writing() as connection:
            outbox = UnitOfWork(connection).outbox
            original = await outbox.sent_to(edited)
            if original is None:
                await outbox.rewrite(edited, letter.message)
                await outbox.give_up(letter.id, "dropped", "the original was not out yet")
                return None
        language, addresses = await self._addresses(letter.seat)
        if original.chat not in {address.chat for address in addresses}:
            raise Unreachable("somebody else holds the seat now")
        channel: Channel = self._house.channels[original.channel]
        rendered = self._house.words.render(language, letter.message)
        ref = await channel.send(original.chat, rendered, edit=original.ref)
        return replace(original, ref=ref)

    async def _delivered(self, bundle: Bundle, sent: Sent) -> None:
        async def write(uow: UnitOfWork) -> None:
            for letter in bundle.letters:
                await uow.outbox.delivered(letter.id, sent, self._house.clock())

        await self._together.do(write)

    async def _end(self, bundle: Bundle, state: str, reason: str) -> None:
        async with self._house.database.writing() as connection:
            uow = UnitOfWork(connection)
            for letter in bundle.letters:
                await uow.outbox.give_up(letter.id, state, reason)
                await unreached.tell_liaison(uow, letter, self._house.clock())

    async def _again(self, bundle: Bundle, later: TryLater | Ambiguous, calendar: Calendar) -> None:
        """Wait longer each time, at least as long as the platform says; after a day give up, visibly."""
        now, letter = self._house.clock(), bundle.letters[0]
        if now - letter.made_at >= timedelta(hours=calendar.terms.give_up_hours):
            await self._end(bundle, "given_up", str(later))
            return
        wait = min(FIRST_WAIT * 2 ** min(letter.tries, 16), LONGEST_WAIT)
        if isinstance(later, TryLater):
            wait = max(wait, timedelta(seconds=later.seconds))
        async with self._house.database.writing() as connection:
            outbox = UnitOfWork(connection).outbox
            for one in bundle.letters:
                await outbox.again(one.id, now + wait, str(later))


def _sort(letters: Sequence[Letter], calendar: Calendar, now: object) -> tuple[list[Letter], list[Letter]]:
    """What the quiet hours hold back, and what goes out now. Urgent letters and edits never wait."""
    quiet = calendar.is_quiet(now)  # type: ignore[arg-type]
    held = [letter for letter in letters if quiet and not letter.urgent and letter.edits is None]
    kept = {letter.id for letter in held}
    return held, [letter for letter in letters if letter.id not in kept]


def _bundles(letters: Iterable[Letter], calendar: Calendar) -> list[Bundle]:
    """Several letters that the night kept for one seat become one digest (part 3, 13)."""
    nightly: dict[Seat, list[Letter]] = {}
    bundles = []
    for letter in letters:
        if letter.edits is None and not letter.urgent and calendar.is_quiet(letter.made_at):
            nightly.setdefault(letter.seat, []).append(letter)
        else:
            bundles.append(Bundle((letter,), letter.message))
    for kept in nightly.values():
        message = kept[0].message if len(kept) == 1 else digest(kept)
        bundles.append(Bundle(tuple(kept), message))
    return bundles


def _by_seat(bundles: Iterable[Bundle]) -> Iterable[list[Bundle]]:
    seats: dict[Seat, list[Bundle]] = {}
    for bundle in bundles:
        seats.setdefault(bundle.letters[0].seat, []).append(bundle)
    return seats.values()


def digest(letters: Sequence[Letter]) -> Message:
    """One message that names each case with what happened to it, and opens it."""
    named: dict[str, dict[str, object]] = {}
    for letter in letters:
        params = letter.message.params
        if number := params.get("number"):
            named[number] = {
                "number": number,
                "about": params.get("about", ""),
                "key": letter.message.key,
                "action": params.get("action", ""),
            }
    shown = list(named.values())[:IN_A_DIGEST]
    rows = tuple((Choice(f"show:{n['number']}", "notice.digest_show", n),) for n in shown)
    return Message(
        "notice.digest", {"items": shown, "count": len(named), "more": len(named) - len(shown)}, rows
    )
