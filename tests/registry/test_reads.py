"""The registry answers handlers' questions, each in one query."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from bot.sample import DISTRICT
from domain.places import distance
from storage.database import Database
from storage.registry import Registry
from storage.registry_import import import_registry
from storage.tables import units, workrooms
from tests.registry.district import large, understood


@pytest.fixture
async def registry(database: Database) -> AsyncIterator[Registry]:
    async with database.writing() as conn:
        await import_registry(conn, understood(DISTRICT).book)
    async with database.reading() as conn:
        yield Registry(conn)


async def unit(registry: Registry, code: str) -> int:
    found = await registry.conn.execute(sa.select(units.c.id).where(units.c.code == code))
    return int(found.scalar_one())


async def test_streets_and_communities(registry: Registry) -> None:
    streets = await registry.streets()
    assert [street.name for street in streets] == ["临江街道", "松涛街道", "青石镇"]
    assert [place.name for place in await registry.communities(streets[0].id)] == [
        "滨河社区",
        "望江社区",
        "码头社区",
    ]
    assert await registry.unit(streets[0].id) == streets[0]


@pytest.mark.parametrize(
    "code,rooms",
    [
        ("S1-1", ["BH01"]),
        ("S2-1", ["ST01"]),
        ("S2-3", ["FJ01"]),
        ("S3-3", ["QS01"]),
        ("S1", ["LJ01"]),
        ("YS", ["QZ01"]),
    ],
)
async def test_workrooms_of_a_unit(registry: Registry, code: str, rooms: list[str]) -> None:
    found = await registry.workrooms_of_unit(await unit(registry, code))
    assert [room.code for room in found] == rooms


async def test_a_unit_nobody_knows_has_no_workroom(registry: Registry) -> None:
    assert await registry.workrooms_of_unit(99_999) == ()


async def test_workrooms(registry: Registry) -> None:
    room = await registry.workroom_by_code("LJ01")
    assert room is not None
    assert await registry.workroom(room.id) == room
    assert await registry.workroom_by_code("lj-nowhere") is None
    assert await registry.workroom(99_999) is None
    reception = await registry.reception()
    assert reception is not None and reception.kind == "direct"


async def test_only_active_representatives_are_listed(registry: Registry) -> None:
    room = await registry.workroom_by_code("LJ01")
    assert room is not None
    people = await registry.representatives(room.id)
    assert [person.name for person in people] == ["周文斌", "陆晓梅", "韩志远", "许佩兰"]
    assert await registry.representative(people[0].id) == people[0]
    liaison = await registry.liaison_of(room.id)
    assert liaison is not None and liaison.name == "林晓燕"


async def test_departments_contacts_categories_officers(registry: Registry) -> None:
    departments = await registry.departments()
    assert len(departments) == 12
    assert await registry.department(departments[0].id) == departments[0]
    contacts = await registry.contacts(departments[0].id)
    assert [contact.name for contact in contacts] == ["钟毅", "陈晓东"]
    assert await registry.contact(contacts[1].id) == contacts[1]
    categories = await registry.categories()
    assert (categories[0].code, categories[-1].name) == ("road", "其他")
    assert {category.code for category in categories if category.urgent} == {"gas", "fire"}
    assert await registry.category(categories[2].id) == categories[2]
    assert await registry.category_by_code("gas") in categories
    assert len(await registry.officers()) == 2


async def test_names_of_seats(registry: Registry) -> None:
    room = await registry.workroom_by_code("LJ01")
    assert room is not None
    liaison = await registry.liaison_of(room.id)
    person = (await registry.representatives(room.id))[0]
    assert liaison is not None
    seats = [
        f"liaison:{liaison.id}",
        f"representative:{person.id}",
        "representative:99999",
        "robot:1",
        "planner",
    ]
    assert await registry.names_of_seats(seats) == {seats[0]: "林晓燕", seats[1]: "周文斌"}
    assert await registry.name_of_seat(seats[0]) == "林晓燕"
    assert await registry.name_of_seat("officer:99999") == ""


async def test_settings(database: Database, registry: Registry) -> None:
    assert (await registry.settings())["district"] == "云山区"
    async with database.writing() as conn:
        await Registry(conn).set_setting("district", "松山区")
        await Registry(conn).set_setting("answer_days", "7")
        settings = await Registry(conn).settings()
    assert (settings["district"], settings["answer_days"]) == ("松山区", "7")


async def test_nearest_among_many(database: Database) -> None:
    async with database.writing() as conn:
        await import_registry(conn, understood(large(1_600, 8)).book)
    async with database.reading() as conn:
        near = await Registry(conn).nearest(30.1, 119.12)
        every = (
            await conn.execute(sa.select(workrooms.c.code, workrooms.c.latitude, workrooms.c.longitude))
        ).all()
    exact = sorted((distance(30.1, 119.12, lat, lon), code) for code, lat, lon in every)[:5]
    assert [(room.code, round(metres, 3)) for room, metres in near] == [
        (code, round(m, 3)) for m, code in exact
    ]


async def test_nearest_from_the_other_side_of_the_world(registry: Registry) -> None:
    near = await registry.nearest(-30.3, -60.9, limit=3)
    assert len(near) == 3
    assert 19_000_000 < near[0][1] < 20_100_000


async def test_each_question_is_one_query(database: Database, registry: Registry) -> None:
    asked: list[str] = []
    database.watch(asked.append)
    first = next(iter(await registry.streets()))
    await registry.workrooms_of_unit(first.id)
    await registry.reception()
    await registry.nearest(30.31, 119.08, limit=3)
    await registry.names_of_seats(["liaison:1", "liaison:2", "liaison:3"])
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 5
