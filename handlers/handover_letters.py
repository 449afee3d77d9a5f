"""What is said when a seat changes hands: to who leaves, who follows, who calls back, and the office."""

from domain.cases import Case, Part
from domain.casework import Now
from domain.messages import Choice, Message
from domain.people import Seat
from handlers import buttons
from handlers.brief import brief
from handlers.visit import Visit
from storage.leavings import Leavings
from storage.outbox import NewLetter
from storage.seats import Place, Seats
from storage.unit import UnitOfWork


async def tell(uow: UnitOfWork, now: Now, place: Place, heir: Seat | None) -> None:
    """Who leaves hears it; a new liaison hears how much waits; without one the office hears that."""
    letters = []
    holder = await uow.people.holder(place.seat)
    if holder is not None:
        ended = Message("handover.ended", {"role": place.seat.role, "place": place.where})
        letters.append(_once(now, place, Seat("person", holder), ended))
    if place.seat.role == "liaison" and place.workroom:
        waiting = await Leavings(uow.connection).waiting_in(place.workroom)
        params = {"place": place.where, "count": waiting}
        if heir is None:
            officers = await uow.registry.officers()
            vacant = Message("handover.vacant", params)
            letters += [_once(now, place, Seat("officer", officer.id), vacant) for officer in officers]
        elif holder is not None:
            todo = ((Choice("go:todo", "command.todo"),),)
            letters.append(_once(now, place, heir, Message("handover.liaison", params, todo)))
    await uow.outbox.post_all(letters, now.moment)


def _once(now: Now, place: Place, seat: Seat, message: Message) -> NewLetter:
    """Said at most once a day: as long as something lies at the seat it is looked at again."""
    return NewLetter(f"left:{place.seat}.{now.today}.{seat}", seat, message)


async def taken(visit: Visit, seat: Seat) -> None:
    """Who has held this seat hears that it is somebody else's, just before it is; nobody is named."""
    holder, place = await visit.uow.people.holder(seat), await Seats(visit.uow.connection).by_id(seat)
    if holder is None or holder == visit.person.id or place is None:
        return
    said = Message("handover.taken", {"role": seat.role, "place": place.where})
    letter = NewLetter(f"taken:{seat}.{visit.key}", Seat("person", holder), said)
    await visit.uow.outbox.post_all([letter], visit.now.moment)


async def call(uow: UnitOfWork, now: Now, case: Case, caller: Seat) -> None:
    """Ask the new caller to call the resident back, with the button for it."""
    rows = buttons.for_staff(case, frozenset({Part.CALLER}))
    message = Message("handover.caller", brief(case), rows)
    key = f"{case.number}.{case.round}.caller.{caller}"
    await uow.outbox.post_all([NewLetter(key, caller, message, case.id)], now.moment)
