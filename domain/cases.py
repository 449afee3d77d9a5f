"""A case's life in one table: who may do what in which state, and what follows (DESIGN §2)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal


class State(StrEnum):
    """Where a case stands."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    HANDLING = "handling"
    ANSWERED = "answered"
    CLOSED = "closed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class Part(StrEnum):
    """What somebody is to one case. Seats give parts; nobody claims one (handlers/rights.py)."""

    FILER = "filer"
    LIAISON = "liaison"
    REPRESENTATIVE = "representative"
    """A representative of the case's workroom."""
    HANDLER = "handler"
    """The representative who has taken it."""
    CONTACT = "contact"
    """A contact of the department it is routed to."""
    OFFICER = "officer"
    """The office, once it was escalated to it."""
    CALLER = "caller"
    """Who calls back after 不满意: somebody other than the handler."""
    PLANNER = "planner"
    """The service itself, when a term ends."""


Kind = Literal["problem", "opinion", "suggestion"]
KINDS: tuple[Kind, ...] = ("problem", "opinion", "suggestion")
Privacy = Literal["named", "workroom_only", "anonymous"]
PRIVACIES: tuple[Privacy, ...] = ("named", "workroom_only", "anonymous")
Rating = Literal["very", "basically", "not"]
RATINGS: tuple[Rating, ...] = ("very", "basically", "not")

UNTIL_ANSWER = frozenset({State.SUBMITTED, State.ACCEPTED, State.ASSIGNED, State.HANDLING})
IN_WORK = frozenset({State.ACCEPTED, State.ASSIGNED, State.HANDLING})
OPEN = UNTIL_ANSWER | {State.ANSWERED}


@dataclass(frozen=True, slots=True)
class Action:
    """One row of the table.

    `to` is the state that follows (None: it stays). `tells` are the parts that hear of it: the words
    are `notice.<action>.<part>`. `visible` says whether the resident sees it on the timeline. `route`
    names the states of the department's route in which it is possible; `""` means no route under way.
    """

    name: str
    by: frozenset[Part]
    since: frozenset[State]
    to: State | None = None
    tells: tuple[Part, ...] = ()
    visible: Literal["all", "staff"] = "all"
    route: frozenset[str] | None = None
    route_to: str | None = None


def _action(name: str, by: str, since: frozenset[State], to: State | None = None, **more: Any) -> Action:
    parts = frozenset(Part(part) for part in by.split())
    tells = tuple(Part(part) for part in more.pop("tells", "").split())
    route = more.pop("route", None)
    states = None if route is None else frozenset("" if r == "-" else r for r in route.split())
    return Action(name, parts, since, to, tells, route=states, **more)


_OPEN_ROUTE = "sent acknowledged"

# The table is read as a table.
# fmt: off
_ROWS = (
    _action("submit", "filer", frozenset(), State.SUBMITTED, tells="liaison representative"),
    _action("accept", "liaison", frozenset({State.SUBMITTED}), State.ACCEPTED, tells="filer"),
    _action("refuse", "liaison", frozenset({State.SUBMITTED, State.ACCEPTED}), State.REFUSED, tells="filer"),
    _action("categorise", "liaison", UNTIL_ANSWER, visible="staff"),
    _action("assign", "liaison", UNTIL_ANSWER, State.ASSIGNED, tells="handler filer contact"),
    _action("take", "representative", frozenset({State.SUBMITTED, State.ACCEPTED}), State.ASSIGNED,
            tells="filer liaison"),
    _action("pass", "handler", frozenset({State.ASSIGNED, State.HANDLING}), State.ASSIGNED,
            tells="handler liaison filer contact"),
    _action("advise_direct", "handler", frozenset({State.ASSIGNED, State.HANDLING}), State.ANSWERED,
            tells="filer liaison handler"),
    _action("advise_route", "handler", frozenset({State.ASSIGNED, State.HANDLING}), State.HANDLING,
            tells="liaison filer", route="-"),
    _action("advise_escalate", "handler", frozenset({State.ASSIGNED, State.HANDLING}), State.HANDLING,
            tells="officer liaison filer", route="-", route_to="sent"),
    _action("advise_visit", "handler", frozenset({State.ASSIGNED, State.HANDLING}), State.HANDLING,
            tells="filer liaison"),
    _action("route", "liaison", UNTIL_ANSWER, State.HANDLING,
            tells="contact filer handler", route="-", route_to="sent"),
    _action("acknowledge", "contact officer", frozenset({State.HANDLING}), tells="liaison",
            visible="staff", route="sent", route_to="acknowledged"),
    _action("return", "contact officer", frozenset({State.HANDLING}), tells="liaison handler",
            visible="staff", route=_OPEN_ROUTE, route_to="returned"),
    _action("ask_extension", "contact", frozenset({State.HANDLING}), tells="liaison",
            visible="staff", route=_OPEN_ROUTE),
    _action("grant_extension", "liaison", frozenset({State.HANDLING}), tells="contact filer handler",
            route=_OPEN_ROUTE),
    _action("decline_extension", "liaison", frozenset({State.HANDLING}), tells="contact",
            visible="staff", route=_OPEN_ROUTE),
    _action("reply", "contact officer", frozenset({State.HANDLING}), tells="liaison handler",
            visible="staff", route=_OPEN_ROUTE, route_to="answered"),
    _action("progress", "handler liaison", IN_WORK, tells="filer"),
    _action("answer", "handler liaison", IN_WORK, State.ANSWERED, tells="filer handler liaison"),
    _action("ask", "liaison handler", UNTIL_ANSWER, tells="filer"),
    _action("tell", "filer", UNTIL_ANSWER, tells="liaison handler"),
    _action("add", "filer", OPEN, tells="liaison handler"),
    _action("note", "liaison representative handler", frozenset(State), visible="staff"),
    _action("undo", "filer", frozenset({State.SUBMITTED}), State.WITHDRAWN, tells="liaison"),
    _action("withdraw", "filer", UNTIL_ANSWER, State.WITHDRAWN, tells="liaison handler contact"),
    _action("merge", "liaison", UNTIL_ANSWER, State.MERGED, tells="filer contact handler"),
    _action("rate_very", "filer", frozenset({State.ANSWERED}), State.CLOSED, tells="handler liaison"),
    _action("rate_basically", "filer", frozenset({State.ANSWERED}), State.CLOSED, tells="handler liaison"),
    _action("rate_not", "filer", frozenset({State.ANSWERED}), State.ACCEPTED, tells="caller handler liaison"),
    _action("comment", "filer", frozenset(State), tells="handler liaison"),
    _action("call_back", "caller", IN_WORK, tells="handler liaison", visible="staff"),
    _action("reopen", "filer", frozenset({State.CLOSED}), State.ACCEPTED, tells="handler liaison"),
    _action("ask_rating", "planner", frozenset({State.ANSWERED}), tells="filer", visible="staff"),
    _action("lapse", "planner", frozenset({State.ANSWERED}), State.CLOSED, tells="filer"),
    _action("hand_back", "planner", UNTIL_ANSWER, State.ACCEPTED, tells="liaison"),
    _action("hand_over", "planner", UNTIL_ANSWER, tells="handler"),
)
# fmt: on

ACTIONS: dict[str, Action] = {row.name: row for row in _ROWS}
"""The table; `docs/flows.md` draws it."""

STAFF_ORDER = (
    "accept",
    "take",
    "assign",
    "route",
    "answer",
    "advise",
    "pass",
    "progress",
    "acknowledge",
    "reply",
    "return",
    "ask_extension",
    "grant_extension",
    "decline_extension",
    "ask",
    "categorise",
    "refuse",
    "call_back",
    "merge",
    "note",
)
"""The order in which actions stand under a notice; the first four are the main ones."""


@dataclass(frozen=True, slots=True)
class Route:
    """The part of a case that lies with a department (or the office: no department)."""

    id: int
    department: int | None
    state: str
    words: str
    answer_by: date
    reply: str | None = None
    round: int = 1
    extension: str | None = None
    extension_days: int | None = None
    extension_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A resident's request, as it stands. Days are local dates; moments are aware."""

    id: int
    number: str
    workroom: int
    person: int
    kind: Kind
    category: int | None
    words: str
    privacy: Privacy
    state: State
    round: int
    representative: int | None
    accept_by: date
    opinion_by: date
    answer_by: date
    filed_at: datetime
    version: int
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    urgent: bool = False
    extended: bool = False
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    rating: str | None = None
    rating_asks: int = 0
    merged_into: int | None = None
    caller: str | None = None
    called_back: bool = False
    route: Route | None = None
    waits_for: Part | None = None
    wait_until: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is still to come."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a case's timeline."""

    action: str
    at: datetime
    round: int
    seat: str
    visible: str
    words: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    media: tuple[int, ...] = ()


def may(action: str, case: Case, parts: frozenset[Part]) -> bool:
    """Whether these parts may do it to the case as it stands now."""
    row = ACTIONS[action]
    if case.state not in row.since or not row.by & parts:
        return False
    if row.route is not None and _route_state(case) not in row.route:
        return False
    extra = _MORE.get(action)
    return extra is None or extra(case)


def _route_state(case: Case) -> str:
    under_way = case.route is not None and case.route.state in ("sent", "acknowledged", "answered")
    return case.route.state if under_way and case.route else ""


def _extension_open(case: Case) -> bool:
    return case.route is not None and case.route.extension == "asked"


def _answer_possible(case: Case) -> bool:
    """After 不满意 somebody calls back before the next answer; a department's work is waited for."""
    waiting = _route_state(case) in ("sent", "acknowledged")
    return not waiting and not (case.caller and not case.called_back)


_MORE: dict[str, Callable[[Case], bool]] = {
    "ask_extension": lambda case: (
        case.route is not None and case.route.extension is None and not case.extended
    ),
    "grant_extension": _extension_open,
    "decline_extension": _extension_open,
    "answer": _answer_possible,
    "advise_direct": _answer_possible,
    "call_back": lambda case: case.caller is not None and not case.called_back,
    "comment": lambda case: case.rating is not None or case.round > 1,  # 不满意 has begun a new round already
    "merge": lambda case: case.merged_into is None,
}
"""What a row needs besides state and part."""
