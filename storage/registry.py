"""Looks things up in the registry; every question is one query."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import tzinfo
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import Calendar, calendar_of
from domain.people import Seat
from domain.places import Box, box, distance
from domain.registry import Category, Contact, Department, Liaison, Officer, Representative, Unit, Workroom
from domain.suggest import Guide
from storage import registry_questions as q
from storage import tables as t
from storage.remembered import Found
from storage.statements import Ready, upsert

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

T = TypeVar("T")


class Registry:
    """The registry as one transaction sees it.

    What vanished from the office's file is in no list, but is still found by its number: cases remember it.
    `found` are answers known already (storage/remembered.py); simple questions are asked once for each.
    """

    def __init__(self, conn: AsyncConnection, found: Found | None = None) -> None:
        self.conn = conn
        self._found: Found = {} if found is None else found

    async def workroom(self, workroom_id: int) -> Workroom | None:
        """The workroom with that number."""
        return await self._one(Workroom, q.WORKROOM, workroom_id)

    async def workroom_by_code(self, code: str) -> Workroom | None:
        """The workroom a deep link `w_<code>` leads to, while the office lists it."""
        return await self._one(Workroom, q.WORKROOM_BY_CODE, code)

    async def workrooms(self) -> tuple[Workroom, ...]:
        """Every workroom the office lists."""
        rooms = t.workrooms.c
        return await self._all(
            Workroom, q.columns(t.workrooms, Workroom).where(rooms.present).order_by(rooms.code)
        )

    async def streets(self) -> tuple[Unit, ...]:
        """Streets and towns."""
        return await self._units(t.units.c.kind == "street")

    async def communities(self, street_id: int) -> tuple[Unit, ...]:
        """Communities and villages of a street."""
        return await self._units(t.units.c.parent_id == street_id)

    async def unit(self, unit_id: int) -> Unit | None:
        """The unit with that number."""
        return await self._one(Unit, q.UNIT, unit_id)

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
            q.columns(t.workrooms, Workroom)
            .add_columns(rank.label("rank"))
            .join(unit.id.table, unit.id == unit_id)
            .where(rooms.present, rank.is_not(None))
            .order_by(rank, rooms.kind, rooms.code)
        )
        rows = (await self.conn.execute(query)).mappings().all()
        return tuple(_made(Workroom, row) for row in rows if row["rank"] == rows[0]["rank"])

    async def reception(self) -> Workroom | None:
        """The workroom for people without a home: the district-direct one, else a comprehensive one."""
        return await self._one(Workroom, q.RECEPTION)

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
            rooms.name.contains(words, autoescape=True),
            unit.name.contains(words, autoescape=True),
            said.contains(rooms.name),
            said.contains(unit.name),
        )
        query = (
            q.columns(t.workrooms, Workroom)
            .join(t.units, unit.id == rooms.unit_id)
            .where(rooms.present, sa.or_(*holds))
            .order_by(sa.func.length(rooms.name), rooms.code)
            .limit(limit)
        )
        return await self._all(Workroom, query)

    async def representatives(self, workroom_id: int) -> tuple[Representative, ...]:
        """The workroom's representatives in office, not on leave nor suspended."""
        return await self._many(Representative, q.REPRESENTATIVES, workroom_id)

    async def representative(self, representative_id: int) -> Representative | None:
        """The representative with that number."""
        return await self._one(Representative, q.REPRESENTATIVE, representative_id)

    async def liaison_of(self, workroom_id: int) -> Liaison | None:
        """The workroom's liaison (rule 15); one who vanished from the file serves until another is named."""
        return await self._one(Liaison, q.LIAISON_OF, workroom_id)

    async def departments(self) -> tuple[Department, ...]:
        """Departments that cases can be routed to."""
        return await self._many(Department, q.DEPARTMENTS)

    async def department(self, department_id: int) -> Department | None:
        """The department with that number."""
        return await self._one(Department, q.DEPARTMENT, department_id)

    async def contacts(self, department_id: int) -> tuple[Contact, ...]:
        """Who answers for the department."""
        return await self._many(Contact, q.CONTACTS, department_id)

    async def contact(self, contact_id: int) -> Contact | None:
        """The department's contact with that number."""
        return await self._one(Contact, q.CONTACT, contact_id)

    async def categories(self) -> tuple[Category, ...]:
        """What requests can be about, in the office's order."""
        if q.CATEGORIES not in self._found:
            self._found[q.CATEGORIES] = await self._categories(q.CATEGORIES)
        known: tuple[Category, ...] = self._found[q.CATEGORIES]
        return known

    def derived(self, name: str, make: Callable[[], T]) -> T:
        """What is made of the registry's answers is made once for each version of it, too."""
        if name not in self._found:
            self._found[name] = make()
        known: T = self._found[name]
        return known

    async def guide(self) -> Guide:
        """Finds the category that words are about."""
        categories = await self.categories()
        return self.derived("guide", lambda: Guide(categories))

    async def category(self, category_id: int) -> Category | None:
        """The category with that number."""
        return next(iter(await self._categories(q.CATEGORY, category_id)), None)

    async def category_by_code(self, code: str) -> Category | None:
        """The category with that code, while the office lists it."""
        return next((category for category in await self.categories() if category.code == code), None)

    async def officers(self) -> tuple[Officer, ...]:
        """The office's people in service."""
        return await self._many(Officer, q.OFFICERS)

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
        if q.SETTINGS not in self._found:
            self._found[q.SETTINGS] = dict((await q.SETTINGS.run(self.conn)).tuples().all())
        known: dict[str, str] = self._found[q.SETTINGS]
        return known

    async def calendar(self, zone: tzinfo) -> Calendar:
        """The district's calendar: its terms, and the notices of working days that it has loaded."""
        settings = await self.settings()
        return self.derived(f"calendar {zone}", lambda: calendar_of(zone, settings))

    async def set_setting(self, name: str, value: str) -> None:
        """Keep a setting; the value was checked (domain.terms.check)."""
        await upsert(self.conn, t.settings, ("name",), {"name": name, "value": value})

    async def is_sample(self) -> bool:
        """Whether the district is the invented one."""
        query = sa.select(t.settings.c.value).where(t.settings.c.name == "sample")
        return (await self.conn.execute(query)).scalar() == "true"

    async def _many(self, kind: type[T], ready: Ready, given: int | str | None = None) -> tuple[T, ...]:
        if (ready, given) not in self._found:
            rows = await ready.run(self.conn, None if given is None else {"given": given})
            self._found[ready, given] = tuple(kind(*row) for row in rows)
        known: tuple[T, ...] = self._found[ready, given]
        return known

    async def _one(self, kind: type[T], ready: Ready, given: int | str | None = None) -> T | None:
        return next(iter(await self._many(kind, ready, given)), None)

    async def _units(self, where: Any) -> tuple[Unit, ...]:
        query = q.columns(t.units, Unit).where(where, t.units.c.present).order_by(t.units.c.id)
        return await self._all(Unit, query)

    async def _categories(self, ready: Ready, given: int | None = None) -> tuple[Category, ...]:
        found = await self._many(Category, ready, given)
        return tuple(replace(one, keywords=tuple(str(one.keywords).split())) for one in found)

    async def _inside(self, area: Box) -> tuple[Workroom, ...]:
        rooms = t.workrooms.c
        join = sa.or_ if area.wraps else sa.and_
        query = q.columns(t.workrooms, Workroom).where(
            rooms.present,
            rooms.latitude.between(area.south, area.north),
            join(rooms.longitude >= area.west, rooms.longitude <= area.east),
        )
        return await self._all(Workroom, query)

    async def _all(self, kind: Any, query: sa.Select[Any]) -> tuple[Any, ...]:
        return tuple(kind(**row) for row in (await self.conn.execute(query)).mappings())


def _made(kind: Any, row: Any) -> Any:
    return kind(**{name: row[name] for name in kind.__slots__})


def _metres(room: Workroom, latitude: float, longitude: float) -> float:
    if room.latitude is None or room.longitude is None:
        return float("inf")
    return distance(latitude, longitude, room.latitude, room.longitude)
