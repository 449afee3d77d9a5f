"""What something unasked for belongs to: a case, a question, an unfinished request."""

from datetime import timedelta
from typing import Any

from conversations.flow import holds_anything
from domain.cases import Case, Part, may
from domain.casework import may_reopen
from domain.codes import case_number_in, spoken
from domain.messages import Position, Stored, Text
from handlers.rights import parts_of
from handlers.visit import Visit

TOGETHER = timedelta(minutes=1)
"""Messages that follow each other within it are one request (EXPERIENCE 10)."""

PAUSE = timedelta(hours=12)
"""After so long nobody remembers the question that was asked: words may mean something new."""

MOST = 4
"""Cases to choose from; the question stays readable."""

ABOUT = 12
"""Characters of a case's words on a button."""

_SHORT_LIVED = ("link_home", "set_name", "belongs_to")
_FILER = frozenset({Part.FILER})

Content = Text | Stored | Position


def flow_for(visit: Visit, case: Case, asked: bool) -> str | None:
    """The conversation that takes what a resident says to this case; None when nothing more can be said."""
    if asked and may("tell", case, _FILER):
        return "reply_question"
    if may("add", case, _FILER):
        return "add_to_case"
    return "reopen_case" if may_reopen(case, visit.now) else None


async def is_asked(visit: Visit, case: Case) -> bool:
    """Whether the workroom waits for an answer about this case."""
    return any(number == case.number for number, _ in await visit.uow.cases.questions_open(visit.person.id))


async def quoted(visit: Visit) -> Case | None:
    """The case whose message is replied to, when it isn't the one being talked about already."""
    number = case_number_in(visit.inbound.quoted) if visit.inbound.quoted else None
    if number is None or (visit.talk and visit.talk.data.get("case") == number):
        return None
    case = await visit.uow.cases.by_number(number)
    return case if case and parts_of(visit.person, case) else None


def paused(visit: Visit) -> bool:
    """Whether the question that stands was asked so long ago that words may not be its answer."""
    saved, talk = visit.session.saved_at, visit.talk
    if talk is None or saved is None or visit.now.moment - saved < PAUSE:
        return False
    return talk.flow in _SHORT_LIVED or (talk.flow == "file_request" and holds_anything(talk.data))


async def choices(visit: Visit) -> dict[str, Any] | None:
    """What it may belong to, to be asked by `belongs_to`; None when it can only be a new request."""
    options, why = await _asked(visit), "asked"
    if not options:
        options, why = await _just_filed(visit), "filed"
    if await visit.uow.drafts.latest(visit.person.id, "file_request"):
        why = why if options else "draft"
        options.append({"id": "draft"})
    return {"why": why, "options": [*options, {"id": "new"}]} if options else None


async def _asked(visit: Visit) -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for number, question in (await visit.uow.cases.questions_open(visit.person.id))[:MOST]:
        case = await visit.uow.cases.by_number(number)
        if case and number not in found and may("tell", case, _FILER):
            found[number] = _option(case, "tell", question)
    return list(found.values())


async def _just_filed(visit: Visit) -> list[dict[str, str]]:
    since = visit.now.moment - TOGETHER
    newest = (await visit.uow.lists.mine(visit.person.id, 0))[:MOST]
    return [_option(case, "add", case.words) for case in newest if case.is_open and case.filed_at >= since]


def _option(case: Case, action: str, about: str) -> dict[str, str]:
    words = " ".join(about.split())
    short = words if len(words) <= ABOUT else f"{words[:ABOUT]}…"
    text = f"{spoken(case.number)} {short}".rstrip()
    return {"id": case.number, "number": case.number, "text": text, "words": about, "action": action}
