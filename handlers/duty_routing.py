"""A case filed during a shift goes first to who is there; unanswered, to the deputy, the liaison, the office.

Each is told once. Nobody's rights change by it: the liaison finds the case in their list from the beginning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from domain.cases import Case, Part, State
from domain.casework import Now
from domain.duty import Slot
from domain.messages import Message
from domain.people import Seat
from handlers import buttons
from handlers.brief import brief
from storage.duty_calls import Call, Charge
from storage.outbox import NewLetter
from storage.unit import UnitOfWork

MOST = 200
"""Calls passed on in one round."""

STEPS = ("deputy", "liaison", "office")
"""Who is told after whoever was there, one after another."""

Letters = dict[str, NewLetter]


async def first(uow: UnitOfWork, now: Now, case: Case, letters: Letters) -> Letters:
    """Of the letters about a new case only the one to who is checked in there now; all, if nobody is.

    Something urgent goes to everybody at once, as it does without a shift.
    """
    if case.urgent:
        return letters
    there = _there(await uow.duty.on_now(case.workroom, now.moment))
    if not there:
        return letters
    minutes = timedelta(minutes=now.calendar.terms.duty_answer_minutes)
    await uow.duty_calls.begin(case.id, there[0], now.moment + minutes)
    seat = f"representative:{there[0].holder}"
    told = letters.get(seat)
    if told is None:  # they have written it down themselves, for somebody who came in
        return {}
    message = replace(told.message, params={**told.message.params, "on_duty": True})
    return {seat: replace(told, message=message)}


def _there(places: Sequence[Slot]) -> list[Slot]:
    """Who is checked in, whoever came first at the head."""
    here = [slot for slot in places if slot.is_there and slot.holder is not None]
    return sorted(here, key=lambda slot: (slot.arrived_at or slot.shift.starts_at, slot.place))


@dataclass(frozen=True, slots=True)
class Around:
    """Everybody who may be told about the cases of a round."""

    places: Mapping[int, Sequence[Slot]]
    people: Mapping[int, Sequence[int]]
    charges: Mapping[int, Charge]
    names: Mapping[int, str]
    office: Sequence[Seat]


async def go_on(uow: UnitOfWork, now: Now) -> int:
    """Tell the next one about each case that nobody has answered in the set time."""
    calls = await uow.duty_calls.due(now.moment, MOST)
    if not calls:
        return 0
    open_calls = [call for call in calls if call.case.state == State.SUBMITTED]
    around = await _around(uow, open_calls)
    minutes = timedelta(minutes=now.calendar.terms.duty_answer_minutes)
    letters, steps = [], [(c.id, c.step, None) for c in calls if c.case.state != State.SUBMITTED]
    advanced = []
    for call in open_calls:
        step, told = _next(call, around)
        letters += told
        more = step < len(STEPS)
        advanced.append((call.id, step, now.moment + minutes if more else None))
    await uow.duty_calls.advance([*steps, *advanced])
    await uow.outbox.post_all(letters, now.moment)
    return len(calls)


async def _around(uow: UnitOfWork, calls: Sequence[Call]) -> Around:
    rooms = {call.case.workroom for call in calls}
    return Around(
        await uow.duty_calls.places({call.shift for call in calls}),
        await uow.rosters.people(rooms),
        await uow.duty_calls.charges(rooms),
        await uow.rosters.names(rooms),
        [Seat("officer", officer.id) for officer in await uow.registry.officers()],
    )


def _next(call: Call, around: Around) -> tuple[int, list[NewLetter]]:
    """The first step above where there is somebody to tell, and the letters; at the end nobody is left."""
    for step in range(call.step, len(STEPS)):
        told = _letters(call, STEPS[step], around)
        if told:
            return step + 1, told
    return len(STEPS), []


def _letters(call: Call, step: str, around: Around) -> list[NewLetter]:
    case, key = call.case, f"filed.{call.case.id}"
    if step == "deputy":
        deputy = _deputy(call, around)
        seats = [Seat("representative", deputy)] if deputy is not None else []
        return [
            NewLetter(f"{key}.{seat}", seat, _asking(case, Part.REPRESENTATIVE), case.id) for seat in seats
        ]
    charge = around.charges.get(case.workroom)
    if step == "liaison":
        seats = [Seat("liaison", charge.id)] if charge else []
        return [NewLetter(f"{key}.{seat}", seat, _asking(case, Part.LIAISON), case.id) for seat in seats]
    params = {
        "workroom": around.names.get(case.workroom, ""),
        "number": case.number,  # the office has no part in the case: it hears which one, not what it says
        "name": charge.name if charge else "",
        "phone": charge.phone if charge else "",
    }
    message = Message("duty.told.unanswered", params)
    return [NewLetter(f"{key}.{seat}", seat, message) for seat in around.office]


def _asking(case: Case, part: Part) -> Message:
    """The notice of a new case, as this part reads it: with what it can do about it."""
    told = {**brief(case), "words": case.words, "action": "submit", "on_duty": False}
    rows = buttons.for_staff(case, frozenset({part}))
    return Message(f"notice.submit.{part}", told, rows)


def _deputy(call: Call, around: Around) -> int | None:
    """The other one on duty, whoever is there first; else the next representative of the workroom."""
    places = around.places.get(call.shift, ())
    order = [s.holder for s in (*_there(places), *places) if s.holder not in (None, call.first)]
    if order:
        return order[0]
    serving = list(around.people.get(call.case.workroom, ()))
    if call.first in serving:
        place = serving.index(call.first)
        serving = [*serving[place + 1 :], *serving[:place]]
    return serving[0] if serving else None
