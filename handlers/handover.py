"""Somebody leaves their seat (rule 23): what lay there passes to a successor or back to the workroom.

A workroom without a liaison keeps its cases: they wait for the seat, not for a person, so that whoever is
bound next finds them in their list. The office is told, and letters wait a week for the next one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.casework import Now
from domain.effects import Act
from domain.errors import DomainError
from domain.people import Seat
from domain.registry_changes import Handover
from handlers import duty_due, handover_letters
from handlers.casework import perform
from handlers.claims import REVIVED_DAYS
from storage.leavings import Leavings
from storage.seats import Place, Seats
from storage.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Departure:
    """What became of what a seat had: cases passed on or handed back, calls and letters passed on."""

    seat: Seat
    name: str
    passed: int = 0
    back: int = 0
    calls: int = 0
    letters: int = 0
    heir: str = ""

    @property
    def moved_anything(self) -> bool:
        """Whether there was anything to pass on."""
        return bool(self.passed or self.back or self.calls or self.letters)


async def settle(uow: UnitOfWork, now: Now, handovers: Iterable[Handover] = ()) -> list[Departure]:
    """After an import: liaisons who went to another workroom, then every seat at which something lies still.

    Looks at how things stand, so that running it again does nothing twice and mends what was left.
    """
    left = Leavings(uow.connection)
    moved = [h for h in handovers if h.reason == "moved" and h.workroom]
    done = [await _move_away(uow, now, handover) for handover in moved]
    seats = [*await left.moved(), *await left.stranded(now.moment, _since(now))]
    return [*done, *[await leave(uow, now, seat) for seat in seats]]


async def leave(uow: UnitOfWork, now: Now, seat: Seat, successor: Seat | None = None) -> Departure:
    """Pass on what lies at the seat; if they no longer serve at all, end bindings and invites too.

    `successor` is in service in the same seat of the same workroom; without one cases go back to it.
    Raises DomainError for a seat that isn't there or a successor who can't take over.
    """
    seats, left = Seats(uow.connection), Leavings(uow.connection)
    place = await seats.by_id(seat)
    if place is None:
        raise DomainError("error.not_found")
    await _demand_successor(seats, place, successor)
    done = Departure(seat, place.name)
    if seat.role == "representative":
        done = await _pass_cases(uow, now, place, successor, done)
        await duty_due.release(uow, now)
    if place.serves:
        return done
    heir = successor or await _heir(uow, place)
    done = replace(done, calls=await _pass_calls(uow, now, seat, await left.calls(seat)))
    if heir:
        letters = await left.pass_letters(seat, heir, now.moment, _since(now))
        done = replace(done, letters=letters, heir=await uow.registry.name_of_seat(str(heir)))
    await handover_letters.tell(uow, now, place, heir)
    await left.forget(seat, now.moment)
    return done


def _since(now: Now) -> datetime:
    """Letters from before that are old news to whoever comes next."""
    return now.moment - timedelta(days=REVIVED_DAYS)


async def _demand_successor(seats: Seats, leaving: Place, successor: Seat | None) -> None:
    if successor is None:
        return
    found = await seats.by_id(successor) if successor.role == leaving.seat.role else None
    if found is None or not found.serves or found.workroom != leaving.workroom or successor == leaving.seat:
        raise DomainError("handover.no_successor")


async def _heir(uow: UnitOfWork, place: Place) -> Seat | None:
    """Who gets the letters: the workroom's liaison; for the office, a colleague."""
    if place.seat.role == "officer":
        officers = await uow.registry.officers()
        return Seat("officer", officers[0].id) if officers else None
    return await _liaison(uow, place.workroom) if place.workroom else None


async def _liaison(uow: UnitOfWork, workroom: int) -> Seat | None:
    liaison = await uow.registry.liaison_of(workroom)
    return Seat("liaison", liaison.id) if liaison else None


# --- cases -----------------------------------------------------------------------------------------------


async def _pass_cases(
    uow: UnitOfWork, now: Now, place: Place, successor: Seat | None, done: Departure
) -> Departure:
    """Cases of their workroom go to the successor, others back; who only moved keeps those of the new one."""
    for case_id, workroom in await Leavings(uow.connection).open_cases(place.seat):
        if place.serves and workroom == place.workroom:
            continue
        if successor and workroom == place.workroom:
            await _hand_over(uow, now, case_id, place.seat, successor)
            done = replace(done, passed=done.passed + 1)
        else:
            await _act(uow, now, case_id, place.seat, "hand_back")
            done = replace(done, back=done.back + 1)
    return done


async def _hand_over(uow: UnitOfWork, now: Now, case_id: int, leaving: Seat, successor: Seat) -> None:
    await _act(uow, now, case_id, leaving, "hand_over", successor)
    case = await uow.cases.by_id(case_id)
    await uow.cases.enter(case.id, case.round, {"representative_id": successor.id})
    if case.caller == str(successor) and not case.called_back:  # nobody calls back about their own work
        await _pass_calls(uow, now, successor, [case_id])


async def _act(
    uow: UnitOfWork, now: Now, case_id: int, leaving: Seat, action: str, successor: Seat | None = None
) -> None:
    """The service's own act; its key names the case's version, for somebody may come back and leave again."""
    case = await uow.cases.by_id(case_id)
    facts = {"representative": successor.id} if successor else {}
    await perform(
        uow, now, None, Act(case.number, action, f"{leaving}.{case_id}.{case.version}", facts=facts)
    )


# --- calls -----------------------------------------------------------------------------------------------


async def _pass_calls(uow: UnitOfWork, now: Now, leaving: Seat, case_ids: Iterable[int]) -> int:
    """Somebody else calls back: neither who gave the answer nor who handles the case now."""
    passed = 0
    for case_id in case_ids:
        case = await uow.cases.by_id(case_id)
        earlier = await uow.cases.round(case.id, max(1, case.round - 1))
        barred = {str(leaving), earlier.answered_by, f"representative:{case.representative}"}
        caller = await _next_caller(uow, case.workroom, barred)
        if caller is not None:
            await uow.cases.enter(case.id, case.round, {"caller": str(caller)})
            await handover_letters.call(uow, now, case, caller)
            passed += 1
    return passed


async def _next_caller(uow: UnitOfWork, workroom: int, barred: set[str | None]) -> Seat | None:
    """The liaison, then a representative of the workroom, then the office; None where nobody is left."""
    liaison = await _liaison(uow, workroom)
    seats = [liaison] if liaison else []
    seats += [Seat("representative", r.id) for r in await uow.registry.representatives(workroom)]
    seats += [Seat("officer", o.id) for o in await uow.registry.officers()]
    return next((seat for seat in seats if str(seat) not in barred), None)


# --- another workroom ------------------------------------------------------------------------------------


async def _move_away(uow: UnitOfWork, now: Now, handover: Handover) -> Departure:
    """Who went to another workroom stays bound; letters and calls of the old one stay behind for its liaison.

    The cases a representative had taken there are handed back by `settle`, which finds them by themselves.
    """
    left, seat = Leavings(uow.connection), Seat.parse(handover.seat)
    room = await left.workroom(handover.workroom or "")
    done = Departure(seat, handover.name)
    if room is None:
        return done
    done = replace(done, calls=await _pass_calls(uow, now, seat, await left.calls(seat, room)))
    heir = await _liaison(uow, room)
    if heir is None or heir == seat:
        return done
    letters = await left.pass_letters(seat, heir, now.moment, _since(now), room)
    return replace(done, letters=letters, heir=await uow.registry.name_of_seat(str(heir)))
