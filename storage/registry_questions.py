"""The simple questions to the registry, each one statement, compiled once."""

from typing import Any

import sqlalchemy as sa

from domain.registry import Category, Contact, Department, Liaison, Officer, Representative, Unit, Workroom
from storage import tables as t
from storage.statements import Ready


def columns(table: sa.Table, kind: Any) -> sa.Select[Any]:
    """The columns that the dataclass holds, by its own list."""
    return sa.select(*(table.c[name] for name in kind.__slots__))


_GIVEN: Any = sa.bindparam("given")


def _ready(table: sa.Table, kind: Any, *where: Any, order: Any = None) -> Ready:
    """Everything of a kind that the conditions hold for, in the order of the numbers."""
    order = (table.c.id,) if order is None else order
    return Ready(columns(table, kind).where(*where).order_by(*order))


_rooms, _people = t.workrooms.c, t.representatives.c
UNIT = _ready(t.units, Unit, t.units.c.id == _GIVEN)
WORKROOM = _ready(t.workrooms, Workroom, _rooms.id == _GIVEN)
WORKROOM_BY_CODE = _ready(t.workrooms, Workroom, _rooms.code == _GIVEN, _rooms.present)
RECEPTION = Ready(
    columns(t.workrooms, Workroom)
    .where(_rooms.present)
    .limit(1)
    .order_by(
        sa.case((_rooms.kind == "direct", 0), (_rooms.kind == "comprehensive", 1), else_=2), _rooms.code
    )
)
REPRESENTATIVES = _ready(
    t.representatives,
    Representative,
    _people.workroom_id == _GIVEN,
    _people.status == "active",
    _people.present,
)
REPRESENTATIVE = _ready(t.representatives, Representative, _people.id == _GIVEN)
LIAISON_OF = _ready(
    t.liaisons,
    Liaison,
    t.liaisons.c.workroom_id == _GIVEN,
    t.liaisons.c.status == "active",
    order=(t.liaisons.c.present.desc(), t.liaisons.c.id.desc()),
)
DEPARTMENTS = _ready(t.departments, Department, t.departments.c.present)
DEPARTMENT = _ready(t.departments, Department, t.departments.c.id == _GIVEN)
CONTACT = _ready(t.contacts, Contact, t.contacts.c.id == _GIVEN)
CONTACTS = _ready(t.contacts, Contact, t.contacts.c.department_id == _GIVEN, t.contacts.c.present)
OFFICERS = _ready(t.officers, Officer, t.officers.c.status == "active", t.officers.c.present)
CATEGORIES = _ready(
    t.categories, Category, t.categories.c.present, order=(t.categories.c.place, t.categories.c.id)
)
CATEGORY = _ready(t.categories, Category, t.categories.c.id == _GIVEN)
SETTINGS = Ready(sa.select(t.settings))
