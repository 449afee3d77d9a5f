"""Nobody approves their own: another person decides what somebody asked for, answered or filed (TRUST 19)."""

from domain.cases import RATINGS, Case
from domain.effects import Act
from domain.errors import DomainError
from domain.people import Person, Seat
from storage.unit import UnitOfWork

RATES = frozenset(f"rate_{rating}" for rating in RATINGS)


async def refuse_own(uow: UnitOfWork, person: Person, case: Case, act: Act) -> None:
    """Raises DomainError when this person would decide about their own doing, in whichever seat."""
    match act.action:
        case "grant_extension":
            own = await _asker(uow, case) in _seats(person)
        case "call_back":
            own = person.id == case.person or await handler_of(uow, case, case.round - 1) in _seats(person)
        case "merge":
            target = await uow.cases.by_number(str(act.facts.get("into_number", "")))
            own = target is not None and target.person == person.id
        case action if action in RATES:
            own = bool(await _behind(uow, case) & _seats(person))
        case _:
            own = False
    if own:
        raise DomainError("case.not_your_own", number=case.number)


def _seats(person: Person) -> frozenset[str]:
    return frozenset(str(holding.seat) for holding in person.holdings)


async def _asker(uow: UnitOfWork, case: Case) -> str:
    events = await uow.timeline.of_case(case.id, staff=True)
    return next((e.seat for e in reversed(events) if e.action == "ask_extension"), "")


async def _behind(uow: UnitOfWork, case: Case) -> frozenset[str]:
    """The seats whose work a rating is about."""
    answered_by = (await uow.cases.round(case.id, case.round)).answered_by
    return frozenset(filter(None, (answered_by, await handler_of(uow, case, case.round))))


async def handler_of(uow: UnitOfWork, case: Case, number: int) -> str | None:
    """The seat in charge of a round: the representative who has taken the case, else whoever answered."""
    if case.representative:
        return f"representative:{case.representative}"
    answered_by: str | None = (await uow.cases.round(case.id, number)).answered_by
    return answered_by


async def caller_of(uow: UnitOfWork, case: Case) -> str | None:
    """Who calls back after 不满意: the liaison, a representative, the office; neither handler nor filer.

    Two seats of one person are one person; a seat nobody holds yet will be held by somebody.
    """
    handler = await handler_of(uow, case, case.round)
    busy = {case.person, await uow.people.holder(Seat.parse(handler)) if handler else None} - {None}
    for seat in await _callers(uow, case):
        if str(seat) != handler and await uow.people.holder(seat) not in busy:
            return str(seat)
    return None


async def _callers(uow: UnitOfWork, case: Case) -> list[Seat]:
    liaison = await uow.registry.liaison_of(case.workroom)
    seats = [Seat("liaison", liaison.id)] if liaison else []
    seats += [Seat("representative", r.id) for r in await uow.registry.representatives(case.workroom)]
    return seats + [Seat("officer", o.id) for o in await uow.registry.officers()]
