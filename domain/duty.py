"""Shifts and who keeps them: one table of what may become of a place in the roster, pure and whole.

A `Book` is the piece of the roster that one step looks at. Every step gives a new book; the same functions
carry out what people press and what the planner does, so that no order of steps can lose a place or give it
to two (issue 4).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from domain.errors import DomainError, NotFound


class SlotState(StrEnum):
    """Where a place in the roster stands."""

    OPEN = "open"
    """Nobody keeps it: the liaison sees the hole."""
    TAKEN = "taken"
    OFFERED = "offered"
    """Its holder looks for somebody else, and keeps it until one agrees."""
    DONE = "done"
    MISSED = "missed"


class OfferState(StrEnum):
    """What became of an offer."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOID = "void"
    """What it was about has changed meanwhile."""


AHEAD = frozenset({SlotState.OPEN, SlotState.TAKEN, SlotState.OFFERED})
"""States of a shift that is not over."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One period of an open day at one workroom. `nominal` and `part` name it wherever the day moves."""

    id: int
    workroom: int
    day: date
    starts_at: datetime
    ends_at: datetime
    nominal: date
    part: int = 0
    tentative: bool = False
    cancelled: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in a shift. `since` is set while its holder is there; `minutes` are those spent before."""

    id: int
    shift: Shift
    place: int
    holder: int | None
    state: SlotState
    version: int = 0
    arrived_at: datetime | None = None
    since: datetime | None = None
    left_at: datetime | None = None
    minutes: int = 0
    counts: bool = False

    @property
    def is_there(self) -> bool:
        """Whether the holder is checked in now."""
        return self.since is not None


@dataclass(frozen=True, slots=True)
class Offer:
    """A holder asks to be relieved: by `to` (None: whoever is first), for the place `wants` (None: none)."""

    id: int
    slot: int
    by: int
    to: int | None
    wants: int | None
    expires_at: datetime
    state: OfferState = OfferState.WAITING

    @property
    def waits(self) -> bool:
        """Whether it can still be answered."""
        return self.state == OfferState.WAITING

    def touches(self, slot: int) -> bool:
        """Whether this place is given or wanted by it."""
        return slot in (self.slot, self.wants)


@dataclass(frozen=True, slots=True)
class Book:
    """All places of the shifts a step is about, and every waiting offer that touches them."""

    slots: Mapping[int, Slot]
    offers: Mapping[int, Offer] = field(default_factory=dict)

    def slot(self, number: int) -> Slot:
        """A place. Raises NotFound."""
        if number not in self.slots:
            raise NotFound
        return self.slots[number]

    def offer(self, number: int) -> Offer:
        """An offer. Raises NotFound."""
        if number not in self.offers:
            raise NotFound
        return self.offers[number]

    def keeps(self, who: int, shift: int) -> bool:
        """Whether somebody has a place in this shift already."""
        return any(s.holder == who and s.shift.id == shift for s in self.slots.values())

    def put(self, *slots: Slot) -> "Book":
        """The same with these places as they are now."""
        return replace(self, slots={**self.slots, **{s.id: s for s in slots}})

    def end(self, state: OfferState, *offers: Offer) -> "Book":
        """These offers are over; places that were only offered by them are simply kept again."""
        ended = {o.id: replace(o, state=state) for o in offers}
        book = replace(self, offers={**self.offers, **ended})
        kept = [book.slots[o.slot] for o in offers if o.slot in book.slots]
        back = [replace(s, state=SlotState.TAKEN) for s in kept if s.state == SlotState.OFFERED]
        return book.put(*back)

    def void(self, *numbers: int) -> "Book":
        """What was offered about these places no longer holds."""
        about = [o for o in self.offers.values() if o.waits and any(o.touches(n) for n in numbers)]
        return self.end(OfferState.VOID, *about)

    def give(self, *gifts: tuple[int, int | None]) -> "Book":
        """These places pass to these people (None: to nobody), and every other offer about them ends."""
        book = self.void(*(number for number, _ in gifts))
        for number, who in gifts:
            state = SlotState.OPEN if who is None else SlotState.TAKEN
            book = book.put(replace(book.slot(number), holder=who, state=state))
        return book


def take(book: Book, number: int, who: int, now: datetime) -> Book:
    """A representative of the workroom takes a place nobody keeps. Raises DomainError."""
    slot = _ahead(book, number, now)
    if slot.holder == who:
        raise DomainError("duty.yours_already")
    if slot.holder is not None:
        raise DomainError("duty.somebody_has_it")
    _demand_once(book, who, slot.shift.id)
    return book.give((number, who))


def fill(book: Book, number: int, who: int, now: datetime) -> Book:
    """The liaison gives a hole to somebody. Raises DomainError."""
    slot = _ahead(book, number, now)
    if slot.holder is not None:
        raise DomainError("duty.filled_already")
    _demand_once(book, who, slot.shift.id)
    return book.give((number, who))


def offer(book: Book, made: Offer, now: datetime) -> Book:
    """A holder offers a place, for another or for nothing. Raises DomainError, NotFound (not theirs)."""
    slot = _before(book, made.slot, now)
    if slot.holder != made.by:
        raise NotFound
    if slot.state == SlotState.OFFERED:
        raise DomainError("duty.offered_already")
    if made.to == made.by:
        raise DomainError("duty.offer_to_oneself")
    _demand_possible(book, made, made.to, now)
    offered = replace(slot, state=SlotState.OFFERED)
    return replace(book.put(offered), offers={**book.offers, made.id: made})


def accept(book: Book, number: int, who: int, now: datetime) -> Book:
    """The named colleague, or the first of all, agrees; both places change hands at once.

    Raises DomainError (answered, expired, would be there twice), NotFound for somebody it isn't for.
    """
    made = _answerable(book, number, who)
    if now >= made.expires_at:
        raise DomainError("duty.offer_expired")
    slot = _before(book, made.slot, now)
    if slot.holder != made.by:
        raise DomainError("duty.offer_void")
    _demand_possible(book, made, who, now)
    done = replace(book, offers={**book.offers, number: replace(made, state=OfferState.ACCEPTED)})
    gifts: tuple[tuple[int, int | None], ...] = ((made.slot, who),)
    return done.give(*gifts) if made.wants is None else done.give(*gifts, (made.wants, made.by))


def decline(book: Book, number: int, who: int) -> Book:
    """The named colleague can't. An offer to everybody stays for the others."""
    made = _answerable(book, number, who)
    return book if made.to is None else book.end(OfferState.DECLINED, made)


def withdraw(book: Book, number: int, who: int) -> Book:
    """Who made an offer takes it back."""
    made = book.offer(number)
    if made.by != who:
        raise NotFound
    if not made.waits:
        raise DomainError(f"duty.offer_{made.state}")
    return book.end(OfferState.WITHDRAWN, made)


def expire(book: Book, now: datetime) -> Book:
    """Offers nobody answered in time end; their places are kept as before."""
    late = [o for o in book.offers.values() if o.waits and now >= o.expires_at]
    return book.end(OfferState.EXPIRED, *late)


def absent(book: Book, number: int, who: int, now: datetime) -> Book:
    """A holder can't come: the place is open at once. Raises DomainError once they were there."""
    slot = _ahead(book, number, now)
    if slot.holder != who:
        raise NotFound
    if slot.arrived_at is not None:
        raise DomainError("duty.here_already")
    return book.give((number, None))


def release(book: Book, leavers: Iterable[int], now: datetime) -> Book:
    """Who no longer serves here keeps no place of the future; what they were at stays as it was."""
    gone = frozenset(leavers)
    theirs = [
        s.id
        for s in book.slots.values()
        if s.holder in gone and s.state in AHEAD and s.arrived_at is None and now < s.shift.ends_at
    ]
    return book.give(*((number, None) for number in theirs))


def arrive(book: Book, number: int, at: datetime) -> Book:
    """The holder is there: nothing about the place is offered any more."""
    book = book.void(number)
    slot = book.slot(number)
    arrived = slot.arrived_at or at
    return book.put(replace(slot, arrived_at=arrived, since=at, left_at=None))


def _ahead(book: Book, number: int, now: datetime) -> Slot:
    """A place of a shift that is not over. Raises DomainError."""
    slot = book.slot(number)
    if slot.shift.cancelled:
        raise DomainError("duty.cancelled_shift")
    if slot.state not in AHEAD or now >= slot.shift.ends_at:
        raise DomainError("duty.over")
    return slot


def _before(book: Book, number: int, now: datetime) -> Slot:
    """A place of a shift that has not begun, with nobody there yet. Raises DomainError."""
    slot = _ahead(book, number, now)
    if now >= slot.shift.starts_at or slot.arrived_at is not None:
        raise DomainError("duty.begun")
    return slot


def _answerable(book: Book, number: int, who: int) -> Offer:
    made = book.offer(number)
    if who == made.by or made.to not in (None, who):
        raise NotFound
    if not made.waits:
        raise DomainError(f"duty.offer_{made.state}")
    return made


def _demand_possible(book: Book, made: Offer, who: int | None, now: datetime) -> None:
    """Nobody would stand twice in one shift afterwards, and what is wanted is there to be had."""
    slot = book.slot(made.slot)
    if made.wants is not None:
        wanted = _before(book, made.wants, now)
        if who is None or wanted.holder != who:
            raise DomainError("duty.offer_void")
        if wanted.shift.id == slot.shift.id:
            raise DomainError("duty.same_shift")
        _demand_once(book, made.by, wanted.shift.id)
    if who is not None:
        _demand_once(book, who, slot.shift.id)


def _demand_once(book: Book, who: int, shift: int) -> None:
    if book.keeps(who, shift):
        raise DomainError("duty.in_it_already")
