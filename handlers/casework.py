"""Carries out one action on a case: rights, the table, what follows, the timeline, who is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from domain.cases import ACTIONS, Case, Event, Part, may
from domain.casework import Now, follow, may_reopen, may_undo
from domain.effects import Act
from domain.errors import DomainError, NotFound
from domain.people import Person
from handlers import notices
from handlers.facts import last_told, settled
from handlers.own import caller_of, refuse_own
from handlers.rights import demand_parts, parts_of, seat_for
from storage.cases import RoundEntry
from storage.unit import UnitOfWork

SERVICE = "service:0"
"""The seat of what the service does by itself when a term ends."""


@dataclass(frozen=True, slots=True)
class Done:
    """The case afterwards; `repeated` when this very step had been done before; `facts` with their names."""

    case: Case
    repeated: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


async def perform(uow: UnitOfWork, now: Now, person: Person | None, act: Act) -> Done:
    """Do it, as this person (None: the service itself).

    Raises NotFound (no such case, or no part in it), DomainError (not possible as things stand).
    """
    found = await uow.cases.by_number(act.number)
    if found is None:
        raise NotFound
    case, parts = (found, frozenset({Part.PLANNER})) if person is None else demand_parts(person, found)
    origin = f"{act.key}:{act.action}"
    if await uow.timeline.happened(origin):
        told = last_told(await uow.timeline.of_case(case.id, staff=True), act.action)
        return Done(case, repeated=True, facts=told)
    await _demand_possible(uow, case, act, parts, now)
    if person is not None:
        await refuse_own(uow, person, case, act)
    act = replace(act, facts=await settled(uow, now, case, act))
    seat = SERVICE if person is None else seat_for(person, case, ACTIONS[act.action].by & parts)
    return await _carry_out(uow, now, case, act, seat, origin)


async def _carry_out(uow: UnitOfWork, now: Now, case: Case, act: Act, seat: str, origin: str) -> Done:
    facts: dict[str, Any] = {**act.facts, "words": act.words}
    if act.action == "rate_not":
        facts["caller"] = await caller_of(uow, case)
    after = replace(follow(case, act.action, facts, now), version=case.version + 1)
    if act.action.startswith("rate_"):
        await uow.cases.enter(case.id, case.round, _rating(act, now))
    if act.action == "comment":
        await uow.cases.enter(case.id, act.facts["round"], {"comment": act.words})
    await uow.cases.save(case, after, _entry(act, facts, seat, now), now.moment, _rating_days(act, now))
    await _questions(uow, case, act, seat, now)
    event = Event(
        act.action,
        now.moment,
        case.round,
        seat,
        ACTIONS[act.action].visible,
        act.words,
        _told(act, case, after),
        act.files,
    )
    await uow.timeline.record(after, event, origin)
    await notices.tell(uow, now, notices.Deed(case, after, event))
    return Done(await uow.cases.by_number(case.number) or after, facts=act.facts)


async def _demand_possible(uow: UnitOfWork, case: Case, act: Act, parts: frozenset[Part], now: Now) -> None:
    row = ACTIONS[act.action]
    if not row.by & parts:
        raise NotFound if parts == {Part.FILER} else DomainError("case.not_your_part")
    possible = may(act.action, case, parts)
    if act.action == "undo":
        possible = may_undo(case, now)
    if act.action == "reopen":
        possible = may_reopen(case, now)
    if not possible:
        raise await why_not(uow, case, act.action)


async def why_not(uow: UnitOfWork, case: Case, action: str) -> DomainError:
    """Why not, in words: who was faster, what is waited for, or how the case stands now."""
    shown = {"number": case.number, "state": str(case.state)}
    if action == "take" and case.representative:
        taker = await uow.registry.representative(case.representative)
        return DomainError("case.taken_by", name=taker.name if taker else "", **shown)
    if action in ("answer", "advise_direct") and case.caller and not case.called_back:
        return DomainError("case.call_back_first", **shown)
    if action in ("answer", "advise_direct") and case.route and case.route.state in ("sent", "acknowledged"):
        return DomainError("case.with_department", **shown)
    if action in ("route", "advise_route") and case.route:
        return DomainError("case.routed_already", **shown)
    if action == "undo":
        return DomainError("case.too_late_to_undo", **shown)
    if action == "reopen":
        return DomainError("case.too_late_to_reopen", **shown)
    return DomainError("case.not_now", **shown)


_OPINIONS = {
    "advise_direct": "direct",
    "advise_route": "route",
    "advise_escalate": "escalate",
    "advise_visit": "visit",
}


def _entry(act: Act, facts: Mapping[str, Any], seat: str, now: Now) -> RoundEntry:
    """What the action writes into the round."""
    if act.action in ("rate_not", "reopen"):
        cause = "not_satisfied" if act.action == "rate_not" else "reopened"
        return RoundEntry({"caller": facts.get("caller")}, cause)
    values: dict[str, Any] = {}
    if act.action in _OPINIONS:
        values |= {"opinion": _OPINIONS[act.action], "opinion_words": act.words}
    if act.action in ("answer", "advise_direct"):
        values |= {"answer": act.words, "answered_by": seat, "answered_at": now.moment}
    if act.action in ("assign", "take", "pass"):
        values |= {"representative_id": facts["representative"]}
    if act.action == "call_back":
        values |= {"called_back_at": now.moment, "call_words": act.words}
    return RoundEntry(values)


def _rating(act: Act, now: Now) -> dict[str, Any]:
    return {"rating": act.action.removeprefix("rate_"), "rated_at": now.moment}


def _rating_days(act: Act, now: Now) -> Any:
    """When the rating is asked for again, and when its absence closes the case."""
    terms = now.calendar.terms
    if act.action in ("answer", "advise_direct"):
        return now.in_workdays(terms.rating_again_days), now.in_workdays(terms.rating_lapse_days)
    return None


async def _questions(uow: UnitOfWork, case: Case, act: Act, seat: str, now: Now) -> None:
    if act.action == "ask":
        await uow.cases.ask(case.id, seat, act.words, now.moment)
    if act.action == "tell":
        await uow.cases.told(case.id, act.words, now.moment)


def _told(act: Act, before: Case, after: Case) -> dict[str, Any]:
    """Facts that the timeline and the notices show."""
    facts = {name: value for name, value in act.facts.items() if isinstance(value, str | int | bool)}
    if after.answer_by != before.answer_by:
        facts["answer_by"] = after.answer_by.isoformat()
    return facts


__all__ = ["SERVICE", "Done", "parts_of", "perform"]
