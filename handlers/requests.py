"""A resident's request becomes a case, once, and the receipt says what happens next."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conversations.checks import request_text
from conversations.engine import Talk
from conversations.flow import MAX_FILES
from domain import suggest
from domain.cases import Case, Event, Kind, Part, Privacy, State
from domain.casework import terms_of_round
from domain.codes import case_number
from domain.effects import DraftRequest, OpenCase
from domain.errors import Retry
from domain.messages import Choice, Message
from domain.open_day_words import told
from handlers import buttons, notices
from handlers.context import reception
from handlers.next_open_days import next_if_closed, tell
from handlers.visit import Visit


async def open_case(visit: Visit, effect: OpenCase) -> list[Message]:
    """Open it, tell the workroom, and give the receipt. The same key again gives the same receipt."""
    if effect.name:
        await visit.uow.people.change(visit.person.id, name=effect.name)
    case = await open_for(visit, effect, visit.person.id, str(visit.person.seat))
    return [await receipt(visit, case)]


async def open_for(visit: Visit, effect: OpenCase, person: int, seat: str) -> Case:
    """A new case of this person's, written down by this seat (their own, or who receives them)."""
    case = replace(await _made(visit, effect), person=person)
    if visit.uow.again and (known := await visit.uow.cases.by_origin(effect.key)) is not None:
        return known
    its_id = await visit.uow.id_of_new_case(case.workroom, visit.now.moment)
    while (case_id := await visit.uow.cases.open(case, effect.key, its_id)) is None:
        if (known := await visit.uow.cases.by_origin(effect.key)) is not None:
            return known  # this step was run before, or another process was faster
        case = replace(case, number=case_number(visit.house.choose))
    case = replace(case, id=case_id)
    event = Event("submit", visit.now.moment, 1, seat, "all", effect.words, media=effect.files)
    await visit.uow.timeline.record(case, event, f"{effect.key}:submit")
    await notices.tell(visit.uow, visit.now, notices.Deed(case, case, event))
    if effect.activity:
        await visit.uow.visits.link(effect.activity, case.id)
    return case


async def _made(visit: Visit, effect: OpenCase) -> Case:
    category = await visit.uow.registry.category_by_code(effect.category)
    urgent = suggest.danger(effect.words, visit.house.lexicon) or (category and category.urgent)
    kind: Kind = effect.kind  # type: ignore[assignment]  # one of KINDS: the flow's own options
    privacy: Privacy = effect.privacy  # type: ignore[assignment]  # one of PRIVACIES, likewise
    terms = terms_of_round(visit.now)
    return Case(
        id=0,
        number=case_number(visit.house.choose),
        workroom=effect.workroom or visit.person.home or (await reception(visit)).id,
        person=visit.person.id,
        kind=kind,
        category=category.id if category else None,
        words=effect.words,
        privacy=privacy,
        state=State.SUBMITTED,
        round=1,
        representative=None,
        accept_by=terms.accept_by,
        opinion_by=terms.opinion_by,
        answer_by=terms.answer_by,
        filed_at=visit.now.moment,
        version=0,
        place=effect.place,
        latitude=effect.latitude,
        longitude=effect.longitude,
        urgent=bool(urgent),
        waits_for=Part.LIAISON,
        wait_until=terms.accept_by,
    )


async def receipt(visit: Visit, case: Case) -> Message:
    """Number, what happens next, until when; and for ten minutes the way back (EXPERIENCE 13, 14).

    After hours the next open day is named too (part 2, 30-33).
    """
    room = await visit.uow.registry.workroom(case.workroom)
    opens = await next_if_closed(visit.uow, visit.now, case.workroom)
    if opens is not None:
        await tell(visit.uow, visit.person, case.workroom, [opens])
    params = {
        "opens": told(opens) if opens else None,
        "today": visit.now.today.isoformat(),
        "workroom": room.name if room else "",
        "number": case.number,
        "accept_by": case.accept_by.isoformat(),
        "answer_by": case.answer_by.isoformat(),
        "minutes": visit.terms.undo_minutes,
        "hotline": visit.terms.hotline,
        "urgent": case.urgent,
    }
    show = Choice(f"show:{case.number}", "case.do.show")
    undo = buttons.do("undo", case.number, minor=True)
    return Message("case.receipt", params, ((show,), (undo, buttons.do("add", case.number, minor=True))))


async def draft(visit: Visit, effect: DraftRequest) -> list[Message]:
    """Open a draft with what was sent, or put it to the unfinished one; it is shown, not filed by force."""
    old = await visit.uow.drafts.latest(visit.person.id, "file_request") if effect.unfinished else None
    data = _together(old.data if old else {"name": visit.person.name}, effect)
    enough = data.get("words") or {"voice", "video"} & set(data.get("kinds", ()))
    at = "card" if enough else "words"
    if old is None:
        await visit.uow.drafts.drop(visit.person.id, "file_request")
        return await visit.begin("file_request", data, at)
    return await visit.take_up(Talk("file_request", at, data))


def _together(data: Mapping[str, Any], effect: DraftRequest) -> dict[str, Any]:
    """What a draft holds after more was put to it, no more than a request takes. Raises Retry."""
    files = [*data.get("files", ()), *effect.files]
    if len(files) > MAX_FILES:
        raise Retry("retry.too_many_files", most=MAX_FILES)
    words = "\n".join(filter(None, [data.get("words", ""), effect.words]))
    joined = {**data, "files": files, "kinds": [*data.get("kinds", ()), *effect.kinds]}
    if words:
        joined["words"] = request_text(words)
    if effect.position:
        joined |= {"position": list(effect.position), "place": effect.place or data.get("place", "")}
    return joined
