"""What the staff's conversations may ask for and begin with: suggestions, the text as it will be read."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from conversations.engine import Talk
from conversations.flow import Option
from domain.cases import ACTIONS, Case, Event, may
from domain.casework import route_until
from domain.registry import Department
from handlers import notices
from handlers.rights import demand_parts, parts_of, seat_for
from handlers.visit import Visit

ADVICE = ("advise_direct", "advise_route", "advise_escalate", "advise_visit")

_READ = {
    "answer": "notice.answer.filer",
    "advise_direct": "notice.advise_direct.filer",
    "refuse": "notice.refuse.filer",
    "progress": "notice.progress.filer",
    "ask": "notice.ask.filer",
}
"""What the resident gets when staff do this."""


async def at_hand(visit: Visit) -> Case:
    """The case the conversation is about, looked at anew. Raises NotFound when it is no longer theirs."""
    given = visit.loaded["given"]
    case, _ = demand_parts(visit.person, await visit.uow.cases.by_number(given["case"]))
    return case


async def categories_by_number(visit: Visit) -> list[Option]:
    """The district's categories, by their ids."""
    return [Option(str(c.id), c.name) for c in await visit.uow.registry.categories()]


async def colleagues(visit: Visit) -> list[Option]:
    """The workroom's representatives in office, without the one who has the case."""
    case = await at_hand(visit)
    people = await visit.uow.registry.representatives(case.workroom)
    return [Option(str(r.id), r.name) for r in people if r.id != case.representative]


async def departments(visit: Visit) -> list[Option]:
    """All departments, the suggested one first."""
    suggested = await suggested_department(visit)
    known: Sequence[Department] = await visit.uow.registry.departments()
    return [Option(str(d.id), d.name) for d in sorted(known, key=lambda d: d.id != suggested)]


async def suggested_department(visit: Visit) -> int | None:
    """The one the representative named, else the category's own."""
    return await _suggested(visit, await at_hand(visit))


async def _suggested(visit: Visit, case: Case) -> int | None:
    advised = await _latest(visit, case, "advise_route")
    category = await visit.uow.registry.category(case.category) if case.category else None
    wanted = advised.data.get("department") if advised else category.department_id if category else None
    present = {d.id for d in await visit.uow.registry.departments()}
    return wanted if wanted in present else None


async def _latest(visit: Visit, case: Case, *actions: str) -> Event | None:
    """The last such event of the round."""
    events = await visit.uow.timeline.of_case(case.id, staff=True)
    return next((e for e in reversed(events) if e.action in actions and e.round == case.round), None)


async def advice(visit: Visit) -> frozenset[str]:
    """The opinions that are possible now."""
    case = await at_hand(visit)
    parts = parts_of(visit.person, case)
    return frozenset(name for name in ADVICE if may(name, case, parts))


async def days(visit: Visit) -> list[Option]:
    """How long a department may ask for, each with the day it leads to."""
    case, most = await at_hand(visit), visit.terms.extension_days
    return [Option(str(n), _until(visit, case, n)) for n in range(1, most + 1)]


def _until(visit: Visit, case: Case, count: int) -> str:
    day = visit.now.calendar.after(case.answer_by, count).isoformat()
    return visit.house.words.say(visit.language, "ask_extension.until", {"count": count, "day": day})


async def until(visit: Visit) -> str:
    """The day a department would have to answer by."""
    return route_until(await at_hand(visit), visit.now).isoformat()


async def mergeable(visit: Visit) -> Mapping[str, str]:
    """The open cases of the workroom, number and words."""
    case = await at_hand(visit)
    return dict(await visit.uow.cases.open_in(case.workroom))


async def plain(visit: Visit) -> Callable[[str], Sequence[str]]:
    """A function from a text to what could be plainer in it; without a word list there is nothing to say."""
    judge = visit.house.plain
    return (lambda words: judge(visit.language, words)) if judge else lambda words: ()


Letter = Callable[[str, str, int, Mapping[str, Any]], str]


async def letter(visit: Visit) -> Letter:
    """A function (action, words, files, facts) → the text as the resident will read it."""
    case = await at_hand(visit)
    parts = parts_of(visit.person, case)
    blank = Event("", visit.now.moment, case.round, "service:0", "all")
    shared = await notices.params_of(visit.uow, notices.Deed(case, case, blank))
    held = {str(holding.seat): holding.name for holding in visit.person.holdings}

    def said(action: str, words: str, files: int, facts: Mapping[str, Any]) -> str:
        row = ACTIONS[action]
        by = held.get(seat_for(visit.person, case, row.by & parts), "")
        own = {"words": words, "files": files, "action": action, "by": by, "state": str(row.to or case.state)}
        told = {f"with_{name}": value for name, value in facts.items()}
        return visit.house.words.say(visit.language, _READ[action], {**shared, **own, **told})

    return said


async def opening(visit: Visit, case: Case, action: str) -> tuple[dict[str, Any], str]:
    """What is known before the first question, and the step to begin at ("": the first)."""
    if action == "route":
        return await _open_route(visit, case)
    if action == "advise":
        suggested = await _suggested(visit, case)
        return ({"department": str(suggested)} if suggested else {}), ""
    if action == "answer" and case.route and case.route.state == "answered" and case.route.reply:
        return await _open_relay(visit, case, case.route.reply), "card"
    return {}, ""


async def _open_route(visit: Visit, case: Case) -> tuple[dict[str, Any], str]:
    """With a department suggested, forwarding is two taps (EXPERIENCE 17)."""
    opinion = await _latest(visit, case, *ADVICE)
    given: dict[str, Any] = {"words": opinion.words} if opinion and opinion.words else {}
    suggested = await _suggested(visit, case)
    return ({**given, "department": str(suggested)}, "card") if suggested else (given, "")


async def _open_relay(visit: Visit, case: Case, words: str) -> dict[str, Any]:
    """The department's reply with its files is the answer already: the liaison only completes the wording."""
    reply = await _latest(visit, case, "reply")
    return {"words": words, "files": list(reply.media) if reply else []}


async def unfinished(visit: Visit, flow: str, number: str) -> Talk | None:
    """The conversation about this case whose words were written and not sent."""
    draft = await visit.uow.drafts.latest(visit.person.id, flow, number)
    if draft is None or draft.flow != flow or draft.data.get("case") != number or not draft.data.get("words"):
        return None
    return Talk(draft.flow, draft.step, draft.data)


STAFF_LOADERS: dict[str, Callable[[Visit], Awaitable[Any]]] = {
    "at_hand": at_hand,
    "categories_by_number": categories_by_number,
    "colleagues": colleagues,
    "departments": departments,
    "suggested_department": suggested_department,
    "advice": advice,
    "days": days,
    "mergeable": mergeable,
    "route_until": until,
    "plain": plain,
    "letter": letter,
}
