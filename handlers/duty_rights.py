"""Who may do what about a shift: its holder, a colleague of the workroom, the liaison, the office; asked anew
on every press. For everybody else it isn't there (TRUST 20)."""

from dataclasses import dataclass

from domain.duty import Slot
from domain.errors import DomainError, NotFound
from domain.people import Holding, Person, Seat
from handlers.visit import Visit


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is to one place: their representative's seat there, and the seat that is in charge."""

    slot: Slot
    own: int | None
    charge: Seat | None

    @property
    def holds(self) -> bool:
        """Whether the place is theirs."""
        return self.own is not None and self.own == self.slot.holder

    @property
    def seat(self) -> Seat:
        """The seat in whose name they act: the representative's, else the one in charge. Raises NotFound."""
        if self.own is not None:
            return Seat("representative", self.own)
        if self.charge is None:
            raise NotFound
        return self.charge


def standing(person: Person, slot: Slot) -> Standing:
    """What this person is to the place. Raises NotFound for nothing at all."""
    room = slot.shift.workroom
    own = next((h.id for h in person.holding("representative") if h.workroom == room), None)
    charge = in_charge(person, room)
    if own is None and charge is None:
        raise NotFound
    return Standing(slot, own, charge)


def in_charge(person: Person, workroom: int) -> Seat | None:
    """The seat that is in charge of a workroom's roster: its liaison's, or the office's."""
    for holding in person.holdings:
        if holding.role == "officer" or (holding.role == "liaison" and holding.workroom == workroom):
            return holding.seat
    return None


async def find(visit: Visit, about: str) -> Standing:
    """The place a button is about. Raises NotFound alike for none and for not theirs."""
    slot = await visit.uow.duty.slot(number_in(about))
    if slot is None:
        raise NotFound
    return standing(visit.person, slot)


async def held(visit: Visit, about: str) -> Standing:
    """The same, for its holder alone."""
    found = await find(visit, about)
    if not found.holds:
        raise NotFound
    return found


async def governed(visit: Visit, about: str) -> tuple[Standing, Seat]:
    """The same, for the liaison and the office; nobody decides about their own shift (TRUST 19)."""
    found = await find(visit, about)
    if found.charge is None:
        raise NotFound
    if found.holds:
        raise DomainError("duty.not_your_own")
    return found, found.charge


def seat_of(visit: Visit, workroom: int) -> Seat:
    """In whose name somebody receives people at a workroom. Raises NotFound."""
    for holding in visit.person.holdings:
        if holding.role in ("liaison", "representative") and holding.workroom == workroom:
            return holding.seat
    raise NotFound


def rooms(person: Person) -> list[Holding]:
    """The seats with which somebody receives people, a workroom once."""
    found: dict[int, Holding] = {}
    for holding in person.holdings:
        if holding.role in ("liaison", "representative") and holding.workroom is not None:
            found.setdefault(holding.workroom, holding)
    return list(found.values())


def number_in(text: str) -> int:
    """A number a button carries. Raises NotFound for anything else."""
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise NotFound
    return int(text)
