"""Tells everyone concerned what has happened to a case: letters in the outbox, committed with their cause."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from domain.cases import ACTIONS, Case, Event, Part
from domain.casework import Now
from domain.messages import Choice, Message, Rows
from domain.people import Seat
from handlers import buttons, duty_routing
from handlers.brief import brief
from storage.outbox import Letter, NewLetter
from storage.unit import UnitOfWork

CLOSING = (
    "notice.answer.filer",
    "notice.answer.handler",
    "notice.advise_direct.filer",
    "notice.refuse.filer",
)
"""Letters whose delivery the liaison sees."""

ANSWERS = ("answer", "advise_direct")
"""Actions that close the work and ask for the rating."""

TOLD_TO_JOINED = ("answer", "advise_direct", "refuse", "progress")
"""What staff say in words that also answers requests merged into this one."""

CALLS = ("notice.submit.liaison", "notice.submit.representative", "notice.now")
"""Letters that ask somebody to act: changed in place when somebody has."""

_SETTLES = ("accept", "take", "assign", "refuse", "undo", "withdraw", "merge", "route")


@dataclass(frozen=True, slots=True)
class Deed:
    """A case before and after one event."""

    before: Case
    after: Case
    event: Event


async def tell(uow: UnitOfWork, now: Now, deed: Deed) -> None:
    """One letter to each seat that the table names, but not to whoever did it; then the edits in place."""
    letters: dict[str, NewLetter] = {}
    params = await params_of(uow, deed)
    for part in ACTIONS[deed.event.action].tells:
        message: Message | None = None  # the same for all seats of a part
        for seat in await seats_of(uow, part, deed):
            name = str(seat)
            if name != deed.event.seat and name not in letters:
                message = message or message_of(deed, part, params, now)
                letters[name] = letter(deed, seat, message)
    if deed.event.action == "submit":
        letters = await duty_routing.first(uow, now, deed.after, letters)
    _relieve(deed, params, letters)
    if deed.event.action in ANSWERS:
        await _remind_by_photo(uow, deed, letters)
    if deed.event.action in TOLD_TO_JOINED:
        await _to_joined(uow, deed, params, letters)
    edits = await _edits(uow, deed, params, now) if deed.event.action in _SETTLES else []
    await uow.outbox.post_all([*letters.values(), *edits], now.moment)


def _relieve(deed: Deed, params: dict[str, Any], letters: dict[str, NewLetter]) -> None:
    """Who had the case until the liaison gave it to somebody else has nothing more to do."""
    before, case = deed.before.representative, deed.after
    if deed.event.action != "assign" or before is None or before == case.representative:
        return
    seat = Seat("representative", before)
    show = Choice(f"show:{case.number}", "case.do.show", minor=True)
    message = Message("notice.relieved", params, ((show,),))
    letters[str(seat)] = NewLetter(f"{case.number}.{case.version}.relieved.{seat}", seat, message, case.id)


async def _to_joined(
    uow: UnitOfWork, deed: Deed, params: dict[str, Any], letters: dict[str, NewLetter]
) -> None:
    """Whose request was merged into this one reads what was said to it, under their own number and words.

    The other request, its words, place and photos, is somebody else's (TRUST 20).
    """
    case, action = deed.after, deed.event.action
    for own in await uow.cases.joined(case.id):
        seat = Seat("person", own.person)
        if str(seat) in letters or own.person == case.person:
            continue
        told = {**params, "number": own.number, "about": own.words, "place": own.place, "files": 0}
        show = Choice(f"show:{own.number}", "case.do.show", minor=True)
        message = Message("notice.joined", told, ((show,),))
        letters[str(seat)] = NewLetter(
            f"{case.number}.{case.version}.{action}.{seat}", seat, message, case.id
        )


async def _remind_by_photo(uow: UnitOfWork, deed: Deed, letters: dict[str, NewLetter]) -> None:
    """The question how it went shows a photo of what it was about (EXPERIENCE 18)."""
    files = await uow.timeline.media_of(deed.after.id, staff=False)
    first = next((number for number in files if number not in deed.event.media), None)
    for name, written in letters.items():
        if written.seat.role == "person" and first is not None:
            message = replace(written.message, media=(*written.message.media, first))
            letters[name] = replace(written, message=message)


async def seats_of(uow: UnitOfWork, part: Part, deed: Deed) -> list[Seat]:
    """The seats of a part in this case, as it is after the event."""
    case = deed.after
    match part:
        case Part.FILER:
            return [Seat("person", case.person)]
        case Part.LIAISON:
            liaison = await uow.registry.liaison_of(case.workroom)
            return [Seat("liaison", liaison.id)] if liaison else []
        case Part.REPRESENTATIVE:
            return [Seat("representative", r.id) for r in await uow.registry.representatives(case.workroom)]
        case Part.HANDLER:
            return [Seat("representative", case.representative)] if case.representative else []
        case Part.CONTACT:
            return await _contacts(uow, deed)
        case Part.OFFICER:
            return [Seat("officer", officer.id) for officer in await uow.registry.officers()]
        case Part.CALLER:
            return [Seat.parse(case.caller)] if case.caller else []
    return []


async def _contacts(uow: UnitOfWork, deed: Deed) -> list[Seat]:
    route = deed.after.route or deed.before.route
    if route is None or route.state not in ("sent", "acknowledged", "recalled", "answered"):
        return []
    if route.state == "recalled" and deed.before.route and deed.before.route.state == "recalled":
        return []  # it was taken back before: they have nothing to do with what happens now
    if route.department is None:
        return [Seat("officer", officer.id) for officer in await uow.registry.officers()]
    return [Seat("contact", contact.id) for contact in await uow.registry.contacts(route.department)]


async def params_of(uow: UnitOfWork, deed: Deed) -> dict[str, Any]:
    """What the notices of this event can say. Nothing here tells who filed it."""
    case, event = deed.after, deed.event
    names = (
        await uow.registry.names_of_seats([event.seat])
        if not event.seat.startswith(("person", "service"))
        else {}
    )
    taker = await uow.registry.representative(case.representative) if case.representative else None
    routed = event.data.get("department") or (case.route.department if case.route else None)
    department = await uow.registry.department(routed) if routed else None
    known = Names(
        names.get(event.seat, ""), taker.name if taker else "", department.name if department else ""
    )
    return params_with(deed, known)


@dataclass(frozen=True, slots=True)
class Names:
    """Who did it, who has the case, with which department it lies: as people read them."""

    by: str = ""
    handler: str = ""
    department: str = ""


def params_with(deed: Deed, names: Names) -> dict[str, Any]:
    """What the notices of this event can say, where the names are known already."""
    case, event = deed.after, deed.event
    return brief(case) | {
        "words": event.words,
        "by": names.by,
        "action": event.action,
        "handler": names.handler,
        "department": names.department,
        "files": len(event.media),
        "route_by": case.route.answer_by.isoformat() if case.route else "",
        "reply": (case.route.reply or "") if case.route else "",
        **{f"with_{name}": value for name, value in event.data.items()},
    }


def message_of(deed: Deed, part: Part, params: dict[str, Any], now: Now) -> Message:
    """What a part hears of an event."""
    event = deed.event
    shown = event.media if event.visible == "all" or part != Part.FILER else ()
    return Message(f"notice.{event.action}.{part}", params, _choices(part, deed, now), shown)


def letter(deed: Deed, seat: Seat, message: Message) -> NewLetter:
    """The letter about an event to a seat."""
    case, event = deed.after, deed.event
    urgent = (case.urgent and event.action == "submit") or bool(event.data.get("urgent"))
    return NewLetter(f"{case.number}.{case.version}.{event.action}.{seat}", seat, message, case.id, urgent)


def _choices(part: Part, deed: Deed, now: Now) -> Rows:
    case, action = deed.after, deed.event.action
    if part == Part.FILER:
        if action == "ask":
            return ((buttons.do("tell", case.number),),)
        return buttons.for_filer(case, now) or ((Choice(f"show:{case.number}", "case.do.show", minor=True),),)
    return buttons.for_staff(case, _as(part))


def _as(part: Part) -> frozenset[Part]:
    """The parts that come with a part: a handler is a representative of the workroom too."""
    return frozenset({part, Part.REPRESENTATIVE}) if part == Part.HANDLER else frozenset({part})


async def _edits(uow: UnitOfWork, deed: Deed, params: dict[str, Any], now: Now) -> list[NewLetter]:
    """The notices that asked for this, changed in place to show who did it (EXPERIENCE 17)."""
    case = deed.after
    letters: Iterable[Letter] = await uow.outbox.calls(case.id, CALLS[:2])
    made = []
    for letter in letters:
        part = Part.LIAISON if letter.seat.role == "liaison" else Part.REPRESENTATIVE
        if letter.seat.role == "representative" and letter.seat.id == case.representative:
            part = Part.HANDLER
        message = Message("notice.now", params, buttons.for_staff(case, _as(part)))
        key = f"{case.number}.{case.version}.edit.{letter.id}"
        made.append(NewLetter(key, letter.seat, message, case.id, edits=letter.id))
    return made
