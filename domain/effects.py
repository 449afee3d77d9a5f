"""What a conversation wants done at its end; carried out by the table in handlers/effects.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A resident's request becomes a case. `key` was chosen when the conversation began: done twice
    with the same key it is one case. `files` are ids on the shelf, in the order they came."""

    key: str
    kind: str
    category: str
    words: str
    privacy: str
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    files: tuple[int, ...] = ()
    name: str = ""
    workroom: int | None = None
    activity: int | None = None
    """The visit from which it was opened."""


@dataclass(frozen=True, slots=True)
class Act:
    """One action on a case (a row of domain.cases.ACTIONS), with its words, files and further facts."""

    number: str
    action: str
    key: str
    words: str = ""
    files: tuple[int, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkHome:
    """The person's home is looked after by this workroom from now on."""

    workroom: int


@dataclass(frozen=True, slots=True)
class SetName:
    """How the person wants to be called."""

    name: str


@dataclass(frozen=True, slots=True)
class SetQuietHours:
    """When the person doesn't want to be disturbed: a preset's name, or hours (domain.quiet_hours.parse)."""

    hours: str


@dataclass(frozen=True, slots=True)
class Show:
    """Nothing changes; show a screen (`screen` is one of the desk's commands)."""

    screen: str


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """What was sent is a request of its own: a draft is opened with it, or it joins the `unfinished` one."""

    words: str = ""
    files: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    position: tuple[float, float] | None = None
    place: str = ""
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class LoadHolidays:
    """The office has sent a notice of working days: `file` is its number on the shelf.

    Here and below `key` names the conversation: done twice with the same key, it is answered alike.
    """

    file: int
    key: str


@dataclass(frozen=True, slots=True)
class DecideDay:
    """One day (ISO) of a workroom: `closed`, `extra`, other `hours`, or `restore` what the rule says."""

    workroom: int
    day: str
    kind: Literal["closed", "extra", "hours", "restore"]
    key: str
    hours: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SetOpenDays:
    """A workroom's rule in place of the one it has; it was tried before."""

    workroom: int
    rule: str
    hours: str
    on_holiday: str
    key: str


@dataclass(frozen=True, slots=True)
class SetShiftPeople:
    """How many keep each shift of a workroom; None: as many as everywhere in the district."""

    workroom: int
    people: int | None
    key: str


@dataclass(frozen=True, slots=True)
class DutyAct:
    """A step on a place in the roster (`offer`, `absent`, `fill`, `check_in`, `correct`), with its words."""

    slot: int
    action: str
    key: str
    words: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WalkIn:
    """People who came into a workroom; with words, a case is opened for them and can be claimed by code."""

    key: str
    workroom: int
    kind: str
    persons: int
    words: str = ""
    files: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LogActivity:
    """A representative logs a visit or another activity; `key` makes it one, however often it is sent.

    `whom` is private. `corrects` is the returned log that this one puts right.
    """

    key: str
    kind: str
    count: int
    day: date
    place: str = ""
    words: str = ""
    whom: str = ""
    files: tuple[int, ...] = ()
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class ReturnActivity:
    """The liaison gives a log back, with the reason."""

    activity: int
    key: str
    words: str


Effect = (
    OpenCase
    | Act
    | LinkHome
    | SetName
    | SetQuietHours
    | Show
    | DraftRequest
    | DutyAct
    | WalkIn
    | LogActivity
    | ReturnActivity
    | LoadHolidays
    | DecideDay
    | SetOpenDays
    | SetShiftPeople
)
