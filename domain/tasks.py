"""What is to be done next with a case, by whose turn it is: a list says it, and its button comes first."""

from domain.cases import Case, Part, State

LEADING: dict[str, tuple[str, ...]] = {
    "accept": ("accept",),
    "place": ("assign", "route"),
    "decide": ("grant_extension", "decline_extension"),
    "relay": ("answer",),
    "route_again": ("route", "answer"),
    "go_on": ("route", "answer"),
    "advise": ("advise", "answer"),
    "visit": ("progress", "answer"),
    "acknowledge": ("acknowledge",),
    "reply": ("reply",),
    "call_back": ("call_back",),
    "rate": (),
}
"""Every task, with the actions that do it; the words are `case.task.<task>`."""


def task_of(case: Case) -> str:
    """The name of what is waited for; empty when nothing is."""
    match case.waits_for:
        case Part.LIAISON:
            return _liaisons(case)
        case Part.HANDLER:
            return "visit" if case.state == State.HANDLING else "advise"
        case Part.CONTACT:
            return "acknowledge" if case.route and case.route.state == "sent" else "reply"
        case Part.CALLER:
            return "call_back"
        case Part.FILER:
            return "rate"
    return ""


def _liaisons(case: Case) -> str:
    """Nobody but the liaison sees to it now: which step is theirs."""
    if case.state in (State.SUBMITTED, State.ACCEPTED):
        return "accept" if case.state == State.SUBMITTED else "place"
    at = case.route.state if case.route else ""
    if at in ("sent", "acknowledged"):
        return "decide"
    return {"answered": "relay", "returned": "route_again"}.get(at, "go_on")


def is_turn_of(parts: frozenset[Part], case: Case) -> bool:
    """Whether it waits for somebody with these parts; the office is to an escalation what a contact is."""
    if case.waits_for == Part.CONTACT:
        return bool(parts & {Part.CONTACT, Part.OFFICER})
    return case.waits_for in parts
