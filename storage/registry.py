"""Looks things up in the registry; every question is one query."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import Seat
from domain.places import Box, box, distance
from domain.registry import Category, Contact, Department, Liaison, Officer, Representative, Unit, Workroom
from storage import tables as t
from storage.statements import upsert

HOME_KINDS = ("comprehensive", "grassroots", "personal")
"""Workrooms that stand for a neighbourhood; industry ones stand for a trade (rule 3)."""

REACHES = (3_000.0, 30_000.0, 300_000.0, 20_100_000.0)
"""Metres around a position in which workrooms are looked for, until there are enough."""

_NAMED = {
    "liaison": t.liaisons,
    "representative": t.representatives,
    "contact": t.contacts,
    "officer": t.officers,
    "person": t.persons,
    "department": t.departments,
    "workroom": t.workrooms,
}


class Registry:
    """The registry as one transaction sees it.

    What vanished from the office's file is in no list, but is still found by its number: cases remember it.
    """

    def __init__(self, conn: AsyncConnection) -> None:
        self.conn = conn

    async def workroom(self, workroom_id: int) -> Workroom | None:
        """The workroom with that number."""
        return await self._workroom(t.workrooms.c.id == workroom_id)

    async def workroom_by_code(self, code: str) -> Workroom | None:
        """The workroom a deep link `w_<code>` leads to, while the office lists it."""
        return await self._workroom(t.workrooms.c.code == code, t.workrooms.c.present)

    async def streets(self) -> tuple[Unit, ...]:
        """Streets and towns."""
        return await self._units(t.units.c.kind == "street")

    async def communities(self, street_id: int) -> tuple[Unit, ...]:
        """Communities and villages of a street."""
        return await self._units(t.units.c.parent_id == street_id)

    async def unit(self, unit_id: int) -> Unit | None:
        """The unit with that number."""
        row = (
            (await self.conn.execute(_columns(t.units, Unit).where(t.units.c.id == unit_id)))
            .mappings()
            .first()
        )
        return None if row is None else Unit(**row)

    async def workrooms_of_unit(self, unit_id: int) -> tuple[Workroom, ...]:
        """The unit's own workrooms; if it has none, those of the unit above; then the district-direct one."""
        rooms, unit = t.workrooms.c, t.units.alias("asked").c
        rank = sa.case(
            (sa.and_(rooms.unit_id == unit.id, rooms.kind.in_(HOME_KINDS)), 0),
            (sa.and_(rooms.unit_id == unit.parent_id, rooms.kind.in_(HOME_KINDS)), 1),
            (rooms.kind == "direct", 2),
            else_=None,
        )
        query = (
            _columns(t.workrooms, Workroom)
            .add_columns(rank.label("rank"))
            .join(unit.id.table, unit.id == unit_id)
            .where(rooms.present, rank.is_not(None))
            .order_by(rank, rooms.kind, rooms.code)
        )
        rows = (await self.conn.execute(query)).mappings().all()
        return tuple(_made(Workroom, row) for row in rows if row["rank"] == rows[0]["rank"])

    async def reception(self) -> Workroom | None:
        """The workroom for people without a home: the district-direct one, else a comprehensive one."""
        rooms = t.workrooms.c
        order = sa.case((rooms.kind == "direct", 0), (rooms.kind == "comprehensive", 1), else_=2)
        query = _columns(t.workrooms, Workroom).where(rooms.present).order_by(order, rooms.code).limit(1)
        row = (await self.conn.execute(query)).mappings().first()
        return None if row is None else Workroom(**row)

    async def nearest(
        self, latitude: float, longitude: float, limit: int = 5
    ) -> list[tuple[Workroom, float]]:
        """The nearest workrooms with a known position, nearest first, with their distance in metres.

        Usually one query; where workrooms are rare, the area is widened.
        """
        near: list[tuple[Workroom, float]] = []
        for reach in REACHES:
            inside = await self._inside(box(latitude, longitude, reach))
            near = sorted(
                ((room, _metres(room, latitude, longitude)) for room in inside), key=lambda pair: pair[1]
            )
            if len([1 for _, metres in near if metres <= reach]) >= limit:
                break
        return near[:limit]

    async def workrooms_named(self, words: str, limit: int = 16) -> tuple[Workroom, ...]:
        """Workrooms named by the words, by their own name or their unit's; the shortest names first."""
        rooms, unit, said = t.workrooms.c, t.units.c, sa.literal(words)
        holds = (
            rooms.name.contains(words, autoescape=True), unit.name.contains(words, autoescape=True),
            said.contains(rooms.name), said.contains(unit.name),
        )
        query = (
            _columns(t.workrooms, Workroom)
            .join(t.units, unit.id == rooms.unit_id)
            .where(rooms.present, sa.or_(*holds))
            .order_by(sa.func.length(rooms.name), rooms.code)
            .limit(limit)
        )
        return await self._all(Workroom, query)

    async def representatives(self, workroom_id: int) -> tuple[Representative, ...]:
        """The workroom's representatives in office, not on leave nor suspended."""
        people = t.representatives.c
        query = _columns(t.representatives, Representative).where(
            people.workroom_id == workroom_id, people.status == "active", people.present
        )
        return await self._all(Representative, query.order_by(people.id))

    async def representative(self, representative_id: int) -> Representative | None:
        """The representative with that number."""
        query = _columns(t.representatives, Representative).where(t.representatives.c.id == representative_id)
        return next(iter(await self._all(Representative, query)), None)

    async def liaison_of(self, workroom_id: int) -> Liaison | None:
        """The workroom's liaison (rule 15); one who vanished from the file serves until another is named."""
        people = t.liaisons.c
        query = _columns(t.liaisons, Liaison).where(
            people.workroom_id == workroom_id, people.status == "active"
        )
        return next(
            iter(await self._all(Liaison, query.order_by(people.present.desc(), people.id.desc()).limit(1))),
            None,
        )

    async def departments(self) -> tuple[Department, ...]:
        """Departments that cases can be routed to."""
        query = _columns(t.departments, Department).where(t.departments.c.present)
        return await self._all(Department, query.order_by(t.departments.c.id))

    async def department(self, department_id: int) -> Department | None:
        """The department with that number."""
        query = _columns(t.departments, Department).where(t.departments.c.id == department_id)
        return next(iter(await self._all(Department, query)), None)

    async def contacts(self, department_id: int) -> tuple[Contact, ...]:
        """Who answers for the department."""
        people = t.contacts.c
        query = _columns(t.contacts, Contact).where(people.department_id == department_id, people.present)
        return await self._all(Contact, query.order_by(people.id))

    async def contact(self, contact_id: int) -> Contact | None:
        """The department's contact with that number."""
        query = _columns(t.contacts, Contact).where(t.contacts.c.id == contact_id)
        return next(iter(await self._all(Contact, query)), None)

    async def categories(self) -> tuple[Category, ...]:
        """What requests can be about, in the office's order."""
        return await self._categories(t.categories.c.present)

    async def category(self, category_id: int) -> Category | None:
        """The category with that number."""
        return next(iter(await self._categories(t.categories.c.id == category_id)), None)

    async def category_by_code(self, code: str) -> Category | None:
        """The category with that code, while the office lists it."""
        return next(iter(await self._categories(t.categories.c.code == code, t.categories.c.present)), None)

    async def officers(self) -> tuple[Officer, ...]:
        """The office's people in service."""
        people = t.officers.c
        query = _columns(t.officers, Officer).where(people.status == "active", people.present)
        return await self._all(Officer, query.order_by(people.id))

    async def name_of_seat(self, seat: str) -> str:
        """The name of who sits there, "" when nobody is known."""
        return (await self.names_of_seats([seat])).get(seat, "")

    async def names_of_seats(self, seats: Iterable[str]) -> dict[str, str]:
        """Names by seat, one query a kind of seat; seats nobody knows are left out."""
        wanted: dict[str, set[int]] = {}
        for seat in map(Seat.parse, {s for s in seats if ":" in s}):
            wanted.setdefault(seat.role, set()).add(seat.id)
        names: dict[str, str] = {}
        for role in wanted.keys() & _NAMED.keys():
            table = _NAMED[role]
            rows = await self.conn.execute(
                sa.select(table.c.id, table.c.name).where(table.c.id.in_(wanted[role]))
            )
            names |= {str(Seat(role, number)): name for number, name in rows.tuples()}
        return names

    async def settings(self) -> dict[str, str]:
        """Every setting by name (domain.terms.read understands them)."""
        return dict((await self.conn.execute(sa.select(t.settings))).tuples().all())

    async def set_setting(self, name: str, value: str) -> None:
        """Keep a setting; the value was checked (domain.terms.check)."""
        await upsert(self.conn, t.settings, ("name",), {"name": name, "value": value})

    async def is_sample(self) -> bool:
        """Whether the district is the invented one."""
        query = sa.select(t.settings.c.value).where(t.settings.c.name == "sample")
        return (await self.conn.execute(query)).scalar() == "true"

    async def _workroom(self, *where: Any) -> Workroom | None:
        return next(iter(await self._all(Workroom, _columns(t.workrooms, Workroom).where(*where))), None)

    async def _units(self, where: Any) -> tuple[Unit, ...]:
        query = _columns(t.units, Unit).where(where, t.units.c.present).order_by(t.units.c.id)
        return await self._all(Unit, query)

    async def _categories(self, *where: Any) -> tuple[Category, ...]:
        query = (
            _columns(t.categories, Category).where(*where).order_by(t.categories.c.place, t.categories.c.id)
        )
        rows = (await self.conn.execute(query)).mappings().all()
        return tuple(Category(**{**row, "keywords": tuple(row["keywords"].split())}) for row in rows)

    async def _inside(self, area: Box) -> tuple[Workroom, ...]:
        rooms = t.workrooms.c
        join = sa.or_ if area.wraps else sa.and_
        query = _columns(t.workrooms, Workroom).where(
            rooms.present,
            rooms.latitude.between(area.south, area.north),
            join(rooms.longitude >= area.west, rooms.longitude <= area.east),
        )
        return await self._all(Workroom, query)

    async def _all(self, kind: Any, query: sa.Select[Any]) -> tuple[Any, ...]:
        return tuple(kind(**row) for row in (await self.conn.execute(query)).mappings())


def _columns(table: sa.Table, kind: Any) -> sa.Select[Any]:
    """The columns that the dataclass holds, by its own list."""
    return sa.select(*(table.c[name] for name in kind.__slots__))


def _made(kind: Any, row: Any) -> Any:
    return kind(**{name: row[name] for name in kind.__slots__})


def _metres(room: Workroom, latitude: float, longitude: float) -> float:
    if room.latitude is None or room.longitude is None:
        return float("inf")
    return distance(latitude, longitude, room.latitude, room.longitude)
