"""Visits and activities: a representative logs them, the liaison confirms or returns (rules 34-39, 63, 64).

Who was visited is shown to the representative and the workroom's liaison, on their own screen and nowhere
else: no letter, list or log holds it.
"""

from dataclasses import replace
from typing import Any, Literal

from domain.effects import LogActivity, ReturnActivity
from domain.errors import DomainError, NotFound
from domain.messages import Choice, Message, Rows
from domain.people import Holding, Seat
from domain.visits import Activity, kinds_for, understood
from handlers.visit import Visit
from storage.outbox import NewLetter
from storage.unit import UnitOfWork
from storage.visits import NewActivity

Side = Literal["own", "liaison"]
# --- logging -----------------------------------------------------------------------------------------------


async def begin(visit: Visit) -> list[Message]:
    """Log something: the kind first, then the card."""
    _own_seat(visit)
    return await visit.begin("log_activity", {})


async def said(visit: Visit, text: str) -> list[Message] | None:
    """A representative's message that reports something done opens the card with what was understood."""
    if not any(h.workroom for h in visit.person.holding("representative")):
        return None
    given = heard(visit, text)
    return None if given is None else await visit.begin("log_activity", given, "card")


def heard(visit: Visit, text: str) -> dict[str, str] | None:
    """What a message reports as done, for the card; None when it reports nothing."""
    today = visit.now.today
    kinds = kinds_for(today, visit.terms.activity_month)
    log = understood(text, visit.house.lexicon.visits, today, kinds)
    if log is None:
        return None
    given = {"kind": log.kind, "place": log.place, "day": log.day.isoformat(), "words": text.strip()}
    return given | ({"count": str(log.count)} if log.count else {})


def _own_seat(visit: Visit) -> Holding:
    """The representative's seat in whose name something is logged. Raises DomainError."""
    for holding in visit.person.holding("representative"):
        if holding.workroom is not None:
            return holding
    raise DomainError("visits.representatives_only")


async def log(visit: Visit, effect: LogActivity) -> list[Message]:
    """Write it once and ask the liaison to look; the same key again gives the same answer."""
    seat = _own_seat(visit)
    known = await visit.uow.visits.by_origin(effect.key)
    if known is None:
        known = await _logged(visit, seat, effect)
    params = await params_of(visit.uow, known)
    liaison = await visit.uow.registry.liaison_of(known.workroom)
    rows = (
        (_button(known, "case"), Choice("go:visits", "command.visits")),
        (_button(known, "withdraw", True),),
    )
    return [Message("visits.logged", {**params, "liaison": liaison.name if liaison else ""}, rows)]


async def _logged(visit: Visit, seat: Holding, effect: LogActivity) -> Activity:
    if effect.corrects is not None:
        await _demand_correctable(visit, effect.corrects)
    made = Activity(
        0,
        seat.id,
        seat.workroom or 0,
        effect.kind,
        effect.count,
        effect.place,
        effect.day,
        effect.words,
        effect.corrects,
    )
    new = NewActivity(effect.key, made, effect.whom, effect.files)
    number = await visit.uow.visits.log(new, visit.now.moment)
    if number is None:
        if (known := await visit.uow.visits.by_origin(effect.key)) is not None:
            return known  # another process was faster
        raise DomainError("visits.corrected_already")
    activity = replace(made, id=number)
    await _ask_liaison(visit, activity, effect.files)
    return activity


async def _demand_correctable(visit: Visit, number: int) -> None:
    """A returned log of one's own that nothing has put right yet. Raises NotFound, DomainError."""
    activity, side = await find(visit, number)
    if side != "own" or activity.decision != "returned":
        raise NotFound
    if await visit.uow.visits.corrected_by(number) is not None:
        raise DomainError("visits.corrected_already")


async def _ask_liaison(visit: Visit, activity: Activity, files: tuple[int, ...]) -> None:
    liaison = await visit.uow.registry.liaison_of(activity.workroom)
    if liaison is None:
        return
    seat = Seat("liaison", liaison.id)
    rows = (
        (_button(activity, "confirm"), _button(activity, "return")),
        (_button(activity, "show", True),),
    )
    message = Message("visits.to_confirm", await params_of(visit.uow, activity), rows, files)
    await visit.uow.outbox.post_all(
        [NewLetter(f"visit.{activity.id}.{seat}", seat, message)], visit.now.moment
    )


# --- looking -----------------------------------------------------------------------------------------------


async def find(visit: Visit, number: int) -> tuple[Activity, Side]:
    """A log, as its representative or the workroom's liaison. Raises NotFound: none, or not yours."""
    activity = await visit.uow.visits.by_id(number)
    if activity is not None:
        if any(h.id == activity.representative for h in visit.person.holding("representative")):
            return activity, "own"
        if any(h.workroom == activity.workroom for h in visit.person.holding("liaison")):
            return activity, "liaison"
    raise NotFound


async def for_liaison(visit: Visit, number: int) -> Activity:
    """A log that waits for this liaison. Raises NotFound, or DomainError (one's own, decided already)."""
    activity, side = await find(visit, number)
    if side == "own":
        mine = any(h.workroom == activity.workroom for h in visit.person.holding("liaison"))
        raise DomainError("visits.not_your_own") if mine else NotFound
    if activity.decision is not None:
        raise DomainError("visits.decided_already", decision=activity.decision)
    return activity


async def params_of(uow: UnitOfWork, activity: Activity) -> dict[str, Any]:
    """What everything about a log can say; nothing of who was visited."""
    representative = await uow.registry.representative(activity.representative)
    return {
        "name": representative.name if representative else "",
        "kind": activity.kind,
        "count": activity.count,
        "place": activity.place,
        "day": activity.day.isoformat(),
        "note": activity.words,
        "decision": activity.decision or "",
        "reason": activity.reason,
    }


async def show(visit: Visit, activity: Activity, side: Side) -> list[Message]:
    """One log, whole, to the two who may see it."""
    visits = visit.uow.visits
    params = await params_of(visit.uow, activity) | {
        "whom": await visits.whom(activity.id),
        "cases": await visits.cases_of(activity.id),
        "own": side == "own",
    }
    again = activity.decision == "returned" and await visits.corrected_by(activity.id) is None
    return [Message("visits.shown", params, _rows(activity, side, again), await visits.files(activity.id))]


def _rows(activity: Activity, side: Side, again: bool) -> Rows:
    if side == "liaison":
        waits = activity.decision is None
        return ((_button(activity, "confirm"), _button(activity, "return")),) if waits else ()
    if activity.decision is None:
        return ((_button(activity, "case"),), (_button(activity, "withdraw", True),))
    return ((_button(activity, "again"),),) if again else ((_button(activity, "case"),),)


def _button(activity: Activity, what: str, minor: bool = False) -> Choice:
    return Choice(f"visit:{activity.id}:{what}", f"visits.do.{what}", minor=minor)


# --- pressing ----------------------------------------------------------------------------------------------


async def press(visit: Visit, number: str, what: str) -> list[Message]:
    """A button under a log; rights are looked at here, on every press."""
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise NotFound
    activity, side = await find(visit, int(number))
    match what:
        case "show":
            return await show(visit, activity, side)
        case "confirm":
            return await _decide(visit, activity, "confirmed")
        case "return":
            return await _ask_why(visit, activity)
        case "case" if side == "own" and activity.counts:
            return await _open_case(visit, activity)
        case "again" if side == "own":
            return await _log_again(visit, activity)
        case "withdraw" if side == "own":
            return await _withdraw(visit, activity)
    raise NotFound


async def _decide(
    visit: Visit, activity: Activity, decision: str, words: str = "", key: str = ""
) -> list[Message]:
    """Whoever is first decides; the same press again is told the same, another what stands."""
    origin = f"{key or visit.key}:{decision}"
    if activity.decision is None:
        await for_liaison(visit, activity.id)
    seat = next((h.seat for h in visit.person.holding("liaison") if h.workroom == activity.workroom), None)
    if seat is None:
        raise NotFound
    standing = await visit.uow.visits.decide(activity.id, decision, seat, origin, visit.now.moment, words)
    if standing != origin:
        await for_liaison(visit, activity.id)
    decided = replace(activity, decision=decision, reason=words)  # type: ignore[arg-type]  # one of the two
    params = await params_of(visit.uow, decided)
    rows: Rows = ((_button(activity, "again"),),) if decision == "returned" else ()
    told = Seat("representative", activity.representative)
    letter = NewLetter(
        f"visit.{activity.id}.{decision}.{told}", told, Message(f"visits.{decision}", params, rows)
    )
    await visit.uow.outbox.post_all([letter], visit.now.moment)
    return [Message(f"visits.done_{decision}", params, replaces=True)]


async def _ask_why(visit: Visit, activity: Activity) -> list[Message]:
    await for_liaison(visit, activity.id)
    return await visit.begin("return_activity", {"activity": activity.id})


async def give_back(visit: Visit, effect: ReturnActivity) -> list[Message]:
    """Returned with the reason that was asked for."""
    activity, _ = await find(visit, effect.activity)
    return await _decide(visit, activity, "returned", effect.words, effect.key)


async def _withdraw(visit: Visit, activity: Activity) -> list[Message]:
    origin = f"{visit.key}:withdrawn"
    seat = Seat("representative", activity.representative)
    standing = await visit.uow.visits.decide(activity.id, "withdrawn", seat, origin, visit.now.moment)
    if standing != origin:
        raise DomainError("visits.decided_already", decision=activity.decision or "withdrawn")
    return [Message("visits.done_withdrawn", await params_of(visit.uow, activity), replaces=True)]


async def _log_again(visit: Visit, activity: Activity) -> list[Message]:
    """A returned log is put right: its card is filled in as it was."""
    await _demand_correctable(visit, activity.id)
    given = {
        "kind": activity.kind,
        "count": str(activity.count),
        "place": activity.place,
        "day": activity.day.isoformat(),
        "words": activity.words,
        "whom": await visit.uow.visits.whom(activity.id),
        "files": list(await visit.uow.visits.files(activity.id)),
        "corrects": activity.id,
    }
    return await visit.begin("log_activity", given, "card")


async def _open_case(visit: Visit, activity: Activity) -> list[Message]:
    """What was heard on a visit becomes a request, with its place; the words are theirs to write."""
    given = {"workroom": activity.workroom, "activity": activity.id, "place": activity.place}
    return await visit.begin("file_request", {**given, "name": visit.person.name})
