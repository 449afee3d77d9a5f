"""Who and what the office imports: units, workrooms, representatives and all who serve them."""

from dataclasses import dataclass
from typing import Literal

UnitKind = Literal["district", "street", "community"]
WorkroomKind = Literal["comprehensive", "direct", "grassroots", "industry", "personal"]
Level = Literal["province", "city", "district", "town"]
Status = Literal["active", "leave", "suspended", "left", "military"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A district, a street or town, a community or village; `parent_id` is the one above."""

    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class Workroom:
    """A workroom (rules 1, 3, 4); its position in degrees (WGS 84) where the office knows it."""

    id: int
    code: str
    name: str
    kind: str
    address: str
    latitude: float | None
    longitude: float | None
    unit_id: int
    theme: str


@dataclass(frozen=True, slots=True)
class Representative:
    """A representative; `contact`, `commitment` and `helps_with` are published (rule 17)."""

    id: int
    code: str
    name: str
    level: str
    group: str
    electing_unit: str
    workroom_id: int | None
    post: str
    contact: str
    commitment: str
    helps_with: str
    status: str


@dataclass(frozen=True, slots=True)
class Liaison:
    """The one who serves a workroom's cases (rule 15)."""

    id: int
    code: str
    name: str
    phone: str
    workroom_id: int
    status: str


@dataclass(frozen=True, slots=True)
class Department:
    """A handling unit (rule 22)."""

    id: int
    code: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who answers for a department."""

    id: int
    code: str
    department_id: int
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Category:
    """What a request is about; `keywords` are residents' own words for it, longest habits first."""

    id: int
    code: str
    name: str
    keywords: tuple[str, ...]
    department_id: int | None
    urgent: bool


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody of the office (rule 21)."""

    id: int
    code: str
    name: str
    phone: str
    status: str
