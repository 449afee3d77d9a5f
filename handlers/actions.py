"""Presses on a case: an action done at once, or the conversation that gathers its words."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conversations.catalogue import FLOWS
from domain import suggest
from domain.cases import RATINGS, Case, Part, State, may
from domain.codes import case_number_in
from domain.effects import Act
from domain.errors import DomainError, NotFound
from domain.messages import Choice, Message
from handlers import buttons, staff_context
from handlers.brief import brief
from handlers.casework import Done, perform, why_not
from handlers.rights import demand_parts, parts_of
from handlers.visit import Visit

AT_ONCE = frozenset({"accept", "take", "acknowledge", "grant_extension", "decline_extension", "undo"})
"""Actions that need no words: one tap (EXPERIENCE 17)."""

SAID_BY_FILER = frozenset({"add", "tell", "reopen"})
"""What a resident says to a case: danger in it makes the case urgent, as it does when filing."""

ASKING = {
    "refuse": "refuse_case",
    "categorise": "categorise_case",
    "assign": "assign_case",
    "route": "route_case",
    "answer": "answer_case",
    "advise": "give_opinion",
    "pass": "pass_case",
    "progress": "add_progress",
    "reply": "reply_case",
    "return": "return_case",
    "ask_extension": "ask_extension",
    "ask": "ask_resident",
    "call_back": "call_back",
    "merge": "merge_case",
    "note": "note_case",
    "add": "add_to_case",
    "tell": "reply_question",
    "withdraw": "withdraw_case",
    "reopen": "reopen_case",
}
"""Actions that need words first, with their conversations."""


async def find(visit: Visit, number: str) -> tuple[Case, frozenset[Part]]:
    """A case and what this person is to it. Raises NotFound alike for none and for not theirs."""
    known = case_number_in(number)
    return demand_parts(visit.person, await visit.uow.cases.by_number(known) if known else None)


async def do(visit: Visit, number: str, action: str) -> list[Message]:
    """A button under a case, or its words with the case's number."""
    case, parts = await find(visit, number)
    if action in AT_ONCE:
        facts = {"representative": _own_seat(visit, case)} if action == "take" else {}
        return await act(visit, Act(case.number, action, visit.key, facts=facts))
    if action not in ASKING or ASKING[action] not in FLOWS:
        raise NotFound
    if not _may_do(case, parts, visit, action):
        raise await why_not(visit.uow, case, action)
    return await _ask(visit, case, action)


async def _ask(visit: Visit, case: Case, action: str) -> list[Message]:
    """Gather its words: from where they were left, from what is known already, or from the beginning."""
    talk = await staff_context.unfinished(visit, ASKING[action], case.number)
    if talk is not None:
        return await visit.take_up(talk)
    given, at = await staff_context.opening(visit, case, action)
    return await visit.begin(ASKING[action], {"case": case.number, **given}, at)


def _may_do(case: Case, parts: frozenset[Part], visit: Visit, action: str) -> bool:
    """Whether it is offered, or possible for a resident who says it in words (撤回 early on)."""
    if action in offered(visit, case):
        return True
    return action in ("add", "tell", "withdraw") and may(action, case, parts & {Part.FILER})


def offered(visit: Visit, case: Case) -> frozenset[str]:
    """The actions whose buttons stand under the case for this person now."""
    parts = parts_of(visit.person, case)
    own = buttons.for_filer(case, visit.now) if Part.FILER in parts else ()
    rows = (*buttons.for_staff(case, parts), *own)
    return frozenset(choice.data.rpartition(":")[2] for row in rows for choice in row)


def _own_seat(visit: Visit, case: Case) -> int:
    """The representative's seat with which this person takes the case."""
    for holding in visit.person.holding("representative"):
        if holding.workroom == case.workroom:
            return holding.id
    raise NotFound


async def act(visit: Visit, effect: Act) -> list[Message]:
    """Carry it out and say how the case stands now."""
    if effect.action in SAID_BY_FILER and suggest.danger(effect.words, visit.house.lexicon):
        effect = replace(effect, facts={**effect.facts, "urgent": True})
    done = await perform(visit.uow, visit.now, visit.person, effect)
    return [*_said(visit, done, effect)]


def _said(visit: Visit, done: Done, effect: Act) -> list[Message]:
    case, parts = done.case, parts_of(visit.person, done.case)
    params = {**brief(case), **_facts({**effect.facts, **done.facts}), "action": effect.action}
    if effect.action.startswith("rate_"):
        return [_thanks(case, effect, params)]
    filer = Part.FILER in parts and parts <= {Part.FILER}
    rows = buttons.for_filer(case, visit.now) if filer else buttons.for_staff(case, parts)
    return [Message(f"done.{effect.action}", params, rows, replaces=True)]


def _thanks(case: Case, effect: Act, params: Mapping[str, Any]) -> Message:
    rated = effect.facts.get("round", case.round)
    comment = Choice(f"comment:{case.number}.{rated}", "case.do.comment")
    show = Choice(f"show:{case.number}", "case.do.show", minor=True)
    return Message(f"done.{effect.action}", params, ((comment,), (show,)), replaces=True)


def _facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {f"with_{name}": value for name, value in facts.items() if isinstance(value, str | int)}


async def rate(visit: Visit, about: str, rating: str) -> list[Message]:
    """One tap rates the round the button was made for; a late or second tap is told what is current."""
    number, round_number = _about_round(about)
    case, _ = await find(visit, number)
    if rating not in RATINGS or not round_number:
        raise NotFound
    effect = Act(case.number, f"rate_{rating}", visit.key, facts={"round": round_number})
    repeated = await visit.uow.timeline.happened(f"{visit.key}:rate_{rating}")
    if not repeated and (round_number != case.round or case.state != State.ANSWERED):
        raise DomainError("case.rated_already", **brief(case))
    return await act(visit, effect)


async def comment(visit: Visit, about: str) -> list[Message]:
    """A word more on a rating."""
    number, round_number = _about_round(about)
    case, parts = await find(visit, number)
    if Part.FILER not in parts or not 0 < round_number <= case.round:
        raise NotFound
    if (await visit.uow.cases.round(case.id, round_number)).rating is None:
        raise await why_not(visit.uow, case, "comment")
    return await visit.begin("comment_rating", {"case": case.number, "round": round_number})


def _about_round(about: str) -> tuple[str, int]:
    """`<number>.<round>` as a button carries it; round 0, which no case has, for anything else."""
    number, _, digits = about.partition(".")
    return number, int(digits) if re.fullmatch(r"[1-9][0-9]{0,3}", digits) else 0
