"""The import writes everything or nothing, updates what it knows, and tells who leaves."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.sample import DISTRICT
from domain.registry_book import Book
from domain.registry_changes import Imported
from storage.database import Database
from storage.registry import Registry
from storage.registry_import import import_registry, plan_import
from storage.tables import liaisons, representatives, units, workrooms
from tests.registry.district import Rows, small, understood

COUNTS = {
    "open_days": 12,
    "units": 13, "workrooms": 12, "departments": 12, "contacts": 19, "categories": 17, "representatives": 60,
    "liaisons": 12, "officers": 2, "settings": 6,
}  # fmt: skip


def book(sheets: dict[str, Rows] | Path) -> Book:
    result = understood(sheets)
    assert result.problems == ()
    return result.book


async def imported(database: Database, sheets: dict[str, Rows] | Path) -> Imported:
    async with database.writing() as conn:
        return await import_registry(conn, book(sheets))


async def rows(database: Database, table: sa.Table) -> dict[str, sa.Row[tuple[object, ...]]]:
    async with database.reading() as conn:
        return {row.code: row for row in await conn.execute(sa.select(table))}


async def test_the_sample_district_is_whole(database: Database) -> None:
    outcome = await imported(database, DISTRICT)
    added = {name: len(changes.added) for name, changes in outcome.sheets.items()}
    assert {**COUNTS, "settings": added["settings"]} == added
    kinds = {row.kind for row in (await rows(database, workrooms)).values()}
    assert kinds == {"comprehensive", "direct", "grassroots", "industry", "personal"}
    assert [row.kind for row in (await rows(database, units)).values()].count("street") == 3
    assert len({row.name for row in (await rows(database, representatives)).values()}) == 60
    async with database.reading() as conn:
        registry = Registry(conn)
        assert await registry.is_sample()
        for room in (await rows(database, workrooms)).values():
            assert len(await registry.representatives(room.id)) >= 2
            assert await registry.liaison_of(room.id) is not None


async def test_importing_again_changes_nothing(database: Database) -> None:
    await imported(database, small())
    before = await rows(database, representatives)
    outcome = await imported(database, small())
    assert all(c.counts | {"unchanged": 0} == dict.fromkeys(c.counts, 0) for c in outcome.sheets.values())
    assert await rows(database, representatives) == before
    assert outcome.handovers == ()


async def test_what_differs_is_updated_in_place(database: Database) -> None:
    await imported(database, small())
    before = await rows(database, workrooms)
    district = small()
    district["工作室"][1][1] = "新名字"
    district["工作室"].append(["W3", "滨河工作室", "基层", None, None, None, "C", None])
    district["联络员"].append(["L3", "郑秀云", None, "W3", None])
    outcome = await imported(database, district)
    assert outcome.sheets["workrooms"].changed == {"W1": ("name",)}
    assert outcome.sheets["workrooms"].added == ("W3",)
    after = await rows(database, workrooms)
    assert (after["W1"].id, after["W1"].name) == (before["W1"].id, "新名字")
    assert after["W2"] == before["W2"]


async def test_a_column_that_is_not_there_keeps_what_was(database: Database) -> None:
    await imported(database, small())
    district = small()
    district["党代表"] = [[c for n, c in enumerate(row) if n != 8] for row in district["党代表"]]
    await imported(database, district)
    assert (await rows(database, representatives))["D1"].commitment == "有回音"


async def test_what_vanished_is_reported_and_kept(database: Database) -> None:
    await imported(database, small())
    district = small()
    gone = district["党代表"].pop(2)
    outcome = await imported(database, district)
    assert outcome.sheets["representatives"].vanished == {"D2": "陆晓梅"}
    assert (await rows(database, representatives))["D2"].present is False
    assert (await imported(database, district)).sheets["representatives"].vanished == {}
    district["党代表"].append(gone)
    assert (await imported(database, district)).sheets["representatives"].changed == {"D2": ("present",)}
    assert (await rows(database, representatives))["D2"].present is True


async def test_who_leaves_is_told(database: Database) -> None:
    await imported(database, small())
    people, served = await rows(database, representatives), await rows(database, liaisons)
    district = small()
    district["党代表"][1][10] = "离任"
    district["联络员"][1][4] = "离任"
    district["联络员"].append(["L3", "郑秀云", None, "W1", "在任"])
    outcome = await imported(database, district)
    assert outcome.left == (f"liaison:{served['L1'].id}", f"representative:{people['D1'].id}")
    assert [h.workroom for h in outcome.handovers] == ["W1", "W1"]
    assert (await imported(database, district)).handovers == ()


async def test_a_liaison_who_vanished_leaves_when_replaced(database: Database) -> None:
    await imported(database, small())
    seat = f"liaison:{(await rows(database, liaisons))['L1'].id}"
    district = small()
    district["联络员"][1] = ["L9", "彭敬", None, "W1", "在任"]
    outcome = await imported(database, district)
    assert (outcome.left, outcome.handovers[0].reason) == ((seat,), "replaced")
    assert (await rows(database, liaisons))["L1"].status == "left"
    assert (await imported(database, district)).left == ()


async def test_a_liaison_who_moves_is_told_apart(database: Database) -> None:
    await imported(database, small())
    district = small()
    district["联络员"][1][3], district["联络员"][2][3] = "W2", "W1"
    outcome = await imported(database, district)
    assert outcome.left == ()
    assert [(h.name, h.workroom, h.reason) for h in outcome.handovers] == [
        ("林晓燕", "W1", "moved"),
        ("高志鹏", "W2", "moved"),
    ]


async def test_a_workroom_that_waits_for_its_liaison(database: Database) -> None:
    district = small()
    district["联络员"][1][4] = "离任"
    assert (await imported(database, district)).waiting == ("临江街道党代表工作室",)


async def test_planning_writes_nothing(database: Database) -> None:
    async with database.reading() as conn:
        outcome = await plan_import(conn, book(small()))
    assert outcome.sheets["workrooms"].added == ("W1", "W2")
    assert await rows(database, workrooms) == {}


async def test_all_or_nothing(database: Database) -> None:
    def stop(sheet: str, done: int, total: int) -> None:
        if sheet == "representatives":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        async with database.writing() as conn:
            await import_registry(conn, book(small()), stop)
    assert await rows(database, units) == {}


async def test_a_real_registry_ends_the_sample(database: Database) -> None:
    await imported(database, DISTRICT)
    outcome = await imported(database, small())
    assert len(outcome.sheets["workrooms"].vanished or {}) == 12
    async with database.reading() as conn:
        assert not await Registry(conn).is_sample()


@pytest.mark.long
async def test_a_citys_registry_comes_in_whole(database: Database, city: Book) -> None:
    told: list[tuple[str, int, int]] = []
    async with database.writing() as conn:
        await import_registry(conn, city, lambda *step: told.append(step))
    assert ("representatives", 10_000, 10_000) in told
    assert len(await rows(database, representatives)) == 10_000
