"""What follows from an action: the case as it stands afterwards, and whose turn it is then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from domain.calendar import Calendar
from domain.cases import ACTIONS, Case, Part, Route, State
from domain.certain import certain

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of an action with the calendar that counts its terms."""

    moment: datetime
    calendar: Calendar

    @property
    def today(self) -> date:
        """The district's local date."""
        return self.calendar.day_of(self.moment)

    def in_workdays(self, days: int) -> date:
        """So many working days from today."""
        return self.calendar.after(self.today, days)


@dataclass(frozen=True, slots=True)
class RoundTerms:
    """The three days of a round: accept by, opinion by, answer by (part 3, 10)."""

    accept_by: date
    opinion_by: date
    answer_by: date


def terms_of_round(now: Now) -> RoundTerms:
    """Counted from the day the round begins."""
    terms = now.calendar.terms
    return RoundTerms(
        now.in_workdays(terms.accept_days),
        now.in_workdays(terms.opinion_days),
        now.in_workdays(terms.answer_days),
    )


def follow(case: Case, action: str, facts: Facts, now: Now) -> Case:
    """The case after the action. Rights and possibility were checked before (`domain.cases.may`)."""
    row = ACTIONS[action]
    after = replace(case, state=row.to or case.state)
    if row.route_to and case.route:
        after = replace(after, route=replace(case.route, state=row.route_to))
    special = _SPECIAL.get(action)
    if special:
        after = special(after, facts, now)
    if facts.get("urgent"):
        after = replace(after, urgent=True)
    part, until = _turn(after, action, now)
    return replace(after, waits_for=part, wait_until=until)


def _turn(case: Case, action: str, now: Now) -> tuple[Part | None, date | None]:
    """Whose move it is, and until when."""
    if case.caller and not case.called_back and case.is_open and case.state != State.ANSWERED:
        begun = case.wait_until if case.waits_for == Part.CALLER else None  # a comment never restarts a term
        return Part.CALLER, begun or now.in_workdays(now.calendar.terms.call_back_days)
    match case.state:
        case State.SUBMITTED:
            return Part.LIAISON, case.accept_by
        case State.ACCEPTED:
            return Part.LIAISON, case.opinion_by
        case State.ASSIGNED:
            return Part.HANDLER, case.opinion_by
        case State.HANDLING:
            return _turn_in_handling(case, action)
        case State.ANSWERED:
            answered = now.calendar.day_of(case.answered_at or now.moment)
            return Part.FILER, now.calendar.after(answered, now.calendar.terms.rating_lapse_days)
    return None, None


_KEEPS_TURN = {"ask", "tell", "add", "note", "progress", "categorise", "comment", "hand_over"}


def _turn_in_handling(case: Case, action: str) -> tuple[Part | None, date | None]:
    route = case.route
    if route and route.state in ("sent", "acknowledged"):
        return (Part.LIAISON if route.extension == "asked" else Part.CONTACT), route.answer_by
    if action in _KEEPS_TURN and case.waits_for:
        return case.waits_for, case.wait_until
    if action == "advise_visit" and case.representative:
        return Part.HANDLER, case.answer_by
    return Part.LIAISON, case.answer_by


def _assign(case: Case, facts: Facts, now: Now) -> Case:
    return replace(case, representative=facts["representative"], route=_recalled(case.route))


def _hand_back(case: Case, facts: Facts, now: Now) -> Case:
    """Nobody has it any more; what lies with a department goes on lying there."""
    at_work = case.route is not None and case.route.state in ("sent", "acknowledged", "answered")
    return replace(case, representative=None, state=State.HANDLING if at_work else case.state)


def _recalled(route: Route | None) -> Route | None:
    return replace(route, state="recalled") if route and route.state in ("sent", "acknowledged") else route


def _stop(case: Case, facts: Facts, now: Now) -> Case:
    return replace(case, closed_at=now.moment, route=_recalled(case.route))


def _answer(case: Case, facts: Facts, now: Now) -> Case:
    route = (
        replace(case.route, state="relayed") if case.route and case.route.state == "answered" else case.route
    )
    return replace(case, answered_at=now.moment, rating_asks=1, route=route)


def _close(rating: str | None) -> Callable[[Case, Facts, Now], Case]:
    def close(case: Case, facts: Facts, now: Now) -> Case:
        return replace(case, rating=rating, closed_at=now.moment)

    return close


def _new_round(case: Case, facts: Facts, now: Now) -> Case:
    """A round begins anew: its own terms, its own rating; who had taken it stays in charge."""
    terms = terms_of_round(now)
    return replace(
        case,
        round=case.round + 1,
        state=State.ASSIGNED if case.representative else State.ACCEPTED,
        accept_by=terms.accept_by,
        opinion_by=terms.opinion_by,
        answer_by=terms.answer_by,
        extended=False,
        answered_at=None,
        closed_at=None,
        rating=None,
        rating_asks=0,
        caller=facts.get("caller"),
        called_back=False,
        route=None,
    )


def route_until(case: Case, now: Now) -> date:
    """A department has until the day the resident was promised; never until a day that is over."""
    return max(case.answer_by, now.in_workdays(1))


def _send_route(case: Case, facts: Facts, now: Now) -> Case:
    until = route_until(case, now)
    route = Route(0, facts.get("department"), "sent", facts.get("words", ""), until, round=case.round)
    return replace(case, route=route)


def _ask_extension(case: Case, facts: Facts, now: Now) -> Case:
    route = certain(case.route)
    asked = replace(
        route, extension="asked", extension_days=facts["days"], extension_reason=facts.get("words", "")
    )
    return replace(case, route=asked)


def _grant(case: Case, facts: Facts, now: Now) -> Case:
    """One extension a round, counted from the day that was promised (part 3, 10)."""
    route = certain(case.route)
    until = now.calendar.after(case.answer_by, route.extension_days or 0)
    granted = replace(route, extension="granted", answer_by=until)
    return replace(case, answer_by=until, extended=True, route=granted)


def _decline(case: Case, facts: Facts, now: Now) -> Case:
    route = certain(case.route)
    return replace(case, route=replace(route, extension="declined"))


def _reply(case: Case, facts: Facts, now: Now) -> Case:
    route = certain(case.route)
    return replace(case, route=replace(route, reply=facts.get("words", "")))


_SPECIAL: dict[str, Callable[[Case, Facts, Now], Case]] = {
    "assign": _assign,
    "take": _assign,
    "pass": _assign,
    "hand_over": lambda case, facts, now: replace(case, representative=facts["representative"]),
    "hand_back": _hand_back,
    "refuse": _stop,
    "undo": _stop,
    "withdraw": _stop,
    "merge": lambda case, facts, now: replace(_stop(case, facts, now), merged_into=facts["into"]),
    "categorise": lambda case, facts, now: replace(case, category=facts["category"]),
    "advise_direct": _answer,
    "answer": _answer,
    "advise_escalate": _send_route,
    "route": _send_route,
    "reply": _reply,
    "ask_extension": _ask_extension,
    "grant_extension": _grant,
    "decline_extension": _decline,
    "rate_very": _close("very"),
    "rate_basically": _close("basically"),
    "lapse": _close(None),
    "ask_rating": lambda case, facts, now: replace(case, rating_asks=case.rating_asks + 1),
    "rate_not": _new_round,
    "reopen": _new_round,
    "call_back": lambda case, facts, now: replace(case, called_back=True),
}


def may_reopen(case: Case, now: Now) -> bool:
    """Within the window of calendar days from closing (part 3, 10)."""
    if case.state != State.CLOSED or case.closed_at is None:
        return False
    closed = now.calendar.day_of(case.closed_at)
    return (now.today - closed).days <= now.calendar.terms.reopen_calendar_days


def may_undo(case: Case, now: Now) -> bool:
    """For ten minutes after sending (EXPERIENCE 14)."""
    minutes = (now.moment - case.filed_at).total_seconds() / 60
    return case.state == State.SUBMITTED and minutes <= now.calendar.terms.undo_minutes
