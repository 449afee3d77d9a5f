"""What others hear about a roster: written with its cause, each under a key of its own."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from domain.casework import Now
from domain.duty import Book, Offer, OfferState, Slot
from domain.messages import Choice, Message, Rows
from domain.people import Seat
from handlers.duty_brief import brief, do
from storage.duty_ends import Lapsed
from storage.outbox import NewLetter
from storage.unit import UnitOfWork


def letter(key: str, seat: Seat, words: str, params: Mapping[str, Any], rows: Rows = ()) -> NewLetter:
    """One letter about a shift."""
    return NewLetter(f"{key}.{seat}", seat, Message(words, params, rows))


async def name_of(uow: UnitOfWork, representative: int | None) -> str:
    """A representative's name, "" for nobody."""
    return await uow.registry.name_of_seat(f"representative:{representative}") if representative else ""


async def to_liaison(
    uow: UnitOfWork, now: Now, key: str, slot: Slot, words: str, more: Mapping[str, Any], rows: Rows = ()
) -> None:
    """Tell the workroom's liaison; where there is none, the office, so that a hole is never unseen."""
    liaison = await uow.registry.liaison_of(slot.shift.workroom)
    room = await uow.registry.workroom(slot.shift.workroom)
    seats = [Seat("liaison", liaison.id)] if liaison else []
    seats = seats or [Seat("officer", officer.id) for officer in await uow.registry.officers()]
    params = {**brief(slot.shift), "workroom": room.name if room else "", **more}
    await uow.outbox.post_all([letter(key, seat, words, params, rows) for seat in seats], now.moment)


async def to_representatives(
    uow: UnitOfWork, now: Now, key: str, slot: Slot, words: Message, whom: Iterable[int]
) -> None:
    """Tell some representatives about a place."""
    params = {**brief(slot.shift), **words.params}
    letters = [letter(key, Seat("representative", w), words.key, params, words.choices) for w in whom]
    await uow.outbox.post_all(letters, now.moment)


def view(slot: Slot) -> Rows:
    """The button that opens a place."""
    return ((Choice(f"duty:slot:{slot.id}", "duty.do.slot", minor=True),),)


def fills(slot: Slot) -> Rows:
    """What a liaison can do about a hole."""
    return ((do("fill", slot.id),), (do("shift", slot.shift.id, minor=True),))


async def offers_ended(uow: UnitOfWork, now: Now, before: Book, after: Book, but: int = 0) -> None:
    """Whose offer is void because its place, or the wanted one, changed hands meanwhile, hears of it."""
    ended = [o for o in _ended(before, after, OfferState.VOID) if o.id != but]
    gone = [Lapsed(offer.id, offer.by, after.slots[offer.slot], offer.to) for offer in ended]
    if gone:
        await uow.outbox.post_all(void(gone), now.moment)


def void(gone: Iterable[Lapsed], but: Collection[int] = ()) -> list[NewLetter]:
    """To whose offer it was and who was asked by name: it holds no longer. Nothing to those in `but`."""
    return [
        letter(
            f"offer.{one.id}.void",
            Seat("representative", who),
            "duty.told.void",
            brief(one.slot.shift),
            view(one.slot),
        )
        for one in gone
        for who in sorted({one.by, *([one.to] if one.to else [])} - set(but))
    ]


def _ended(before: Book, after: Book, state: OfferState) -> list[Offer]:
    return [o for o in after.offers.values() if o.state == state and before.offers[o.id].waits]
