"""People who come into a workroom: counted in a few taps, and helped to file when they want to (rule 51)."""

from domain.cases import KINDS, Case
from domain.codes import claim_code, digest
from domain.effects import OpenCase, WalkIn
from domain.messages import Choice, Message
from domain.people import Seat
from handlers.context import suggester
from handlers.duty_brief import do
from handlers.duty_rights import number_in, rooms, seat_of
from handlers.requests import open_for
from handlers.visit import Visit


async def begin(visit: Visit) -> list[Message]:
    """登记来访: at the workroom where one receives people; which one, where there are several."""
    places = rooms(visit.person)
    if not places:
        return [Message("walk_in.only_staff")]
    if len(places) == 1:
        return await visit.begin("walk_in", {"workroom": places[0].workroom})
    known = [await visit.uow.registry.workroom(place.workroom or 0) for place in places]
    rows = tuple((Choice.named(f"duty:walk:{room.id}", room.name),) for room in known if room)
    return [Message("walk_in.where", {}, rows)]


async def begin_at(visit: Visit, about: str) -> list[Message]:
    """The same at this workroom."""
    workroom = number_in(about)
    seat_of(visit, workroom)
    return await visit.begin("walk_in", {"workroom": workroom})


async def record(visit: Visit, effect: WalkIn) -> list[Message]:
    """Write it down once; with words a case is opened, and its code is given to be handed over."""
    seat = seat_of(visit, effect.workroom)
    known = await visit.uow.walk_ins.known(effect.key)
    number = await visit.uow.walk_ins.case_of(effect.key) if known else None
    case = await visit.uow.cases.by_id(number) if number else None
    if not known:
        case = await _opened(visit, effect, seat) if effect.words else None
        on = await visit.uow.duty.on_now(effect.workroom, visit.now.moment)
        values = {
            "workroom_id": effect.workroom,
            "shift_id": on[0].shift.id if on else None,
            "at": visit.now.moment,
            "persons": effect.persons,
            "kind": effect.kind,
            "seat": str(seat),
            "case_id": case.id if case else None,
        }
        await visit.uow.walk_ins.record(effect.key, values)
    return [await _recorded(visit, effect, case)]


async def _recorded(visit: Visit, effect: WalkIn, case: Case | None) -> Message:
    today = visit.now.calendar.start_of(visit.now.today)
    params = {
        "kind": effect.kind,
        "persons": effect.persons,
        "came": await visit.uow.walk_ins.count(effect.workroom, today),
    }
    again = do("walk", effect.workroom, minor=True)
    if case is None:
        return Message("walk_in.recorded_only", params, ((again,),), replaces=True)
    code = await _claim_code(visit, effect, case)
    params |= {"number": case.number, "code": code, "answer_by": case.answer_by.isoformat()}
    rows = ((Choice(f"show:{case.number}", "case.do.show", minor=True), again),)
    return Message("walk_in.recorded_case", params, rows, replaces=True)


async def _opened(visit: Visit, effect: WalkIn, seat: Seat) -> Case:
    """A case of somebody of whom nothing is known yet, in the name of whoever receives them."""
    guessed, category = (await suggester(visit))(effect.words)
    kind = effect.kind if effect.kind in KINDS else guessed
    opening = OpenCase(
        key=effect.key,
        kind=kind,
        category=category,
        words=effect.words,
        privacy="workroom_only",
        files=effect.files,
        workroom=effect.workroom,
    )
    person = await visit.uow.walk_ins.somebody(visit.house.language, visit.now.moment)
    return await open_for(visit, opening, person, str(seat))


async def _claim_code(visit: Visit, effect: WalkIn, case: Case) -> str:
    """The code that is handed over, on paper or read aloud."""
    code = claim_code(visit.house.secret, effect.key)
    await visit.uow.walk_ins.prepare_claim(digest(visit.house.secret, code), case.person, visit.now.moment)
    return f"{code[:5]}-{code[5:]}"
