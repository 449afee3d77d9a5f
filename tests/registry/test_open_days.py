"""The registry's sheet of open days: read, refused by cell, written once, told to who knew another day."""

from datetime import date, datetime
from typing import Any

import pytest

from domain.open_days import open_days
from domain.people import Seat
from domain.registry_book import Cell
from handlers import open_day_changes
from handlers.visit import now_of
from storage.registry_import import import_registry
from storage.shift_sizes import ShiftSizes
from tests.registry.district import Rows, small, told, understood
from tests.world import World

HEADER = ["工作室", "规则", "时间", "遇节假日", "起", "止", "每班人数"]
THURSDAYS: list[Cell] = ["W1", "FREQ=WEEKLY;BYDAY=TH", "8:00-11:00", "取消", None, None, None]


def with_rules(*rows: list[Any]) -> dict[str, Rows]:
    return {**small(), "开放日": [list(HEADER), *map(list, rows)]}


def test_rules_are_understood_and_dates_may_be_dates() -> None:
    first = datetime(2027, 1, 1)  # noqa: DTZ001  as Excel gives it
    found = understood(
        with_rules(["W1", "FREQ=MONTHLY;BYMONTHDAY=21", "8:00-11:00，14:00-17:00", None, first, None, 3.0])
    )
    assert found.problems == ()
    assert found.book.of("open_days")["W1"] == {
        "workroom": "W1",
        "rule": "FREQ=MONTHLY;BYMONTHDAY=21",
        "hours": "08:00-11:00,14:00-17:00",
        "on_holiday": "next-workday",
        "valid_from": "2027-01-01",
        "valid_until": "",
        "people": "3",
    }


@pytest.mark.parametrize(
    "column,cell,where",
    [
        (0, "W9", ("workroom", "unknown_reference")),
        (1, "每周四", ("rule", "bad_rule")),
        (1, "FREQ=SECONDLY", ("rule", "bad_rule")),
        (1, "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2", ("rule", "never")),
        (1, None, ("rule", "empty")),
        (2, "22:00-02:00", ("hours", "bad_hours")),
        (2, "08:00-11:00,10:00-12:00", ("hours", "bad_hours")),
        (3, "看情况", ("on_holiday", "unknown_word")),
        (4, "2027-02-30", ("valid_from", "bad_day")),
        (5, "12-06", ("valid_until", "bad_day")),
        (6, "很多", ("people", "bad_people")),
        (6, 0, ("people", "bad_people")),
        (6, 21, ("people", "bad_people")),
    ],
)
def test_a_wrong_cell_is_named(column: int, cell: Cell, where: tuple[str, str]) -> None:
    row = [*THURSDAYS]
    row[column] = cell
    assert told(understood(with_rules(row)).problems) == [("open_days", 2, *where)]


def test_a_workroom_stands_once_and_validity_is_the_right_way_round() -> None:
    twice = understood(with_rules(THURSDAYS, THURSDAYS)).problems
    assert told(twice) == [("open_days", 3, "workroom", "duplicate")]
    backwards = understood(with_rules([*THURSDAYS[:4], "2027-06-01", "2027-01-01", None])).problems
    assert told(backwards) == [("open_days", 2, "valid_until", "ends_before")]


async def test_the_sample_district_has_all_four_kinds(service: World) -> None:
    async with service.unit() as uow:
        now = await now_of(uow, service.house)
        plans = await uow.open_days.plans()
        days = {room: open_days(p, now.today, date(2027, 11, 23), now.calendar) for room, p in plans.items()}
    rules = {plan.rules[0].recurrence.text for plan in plans.values()}
    assert {"FREQ=MONTHLY;BYMONTHDAY=10,20", "FREQ=MONTHLY;BYMONTHDAY=21", "FREQ=WEEKLY;BYDAY=TH"} < rules
    assert len(plans) == 12 and all(len(found) >= 10 for found in days.values())


async def test_another_rule_is_told_once_and_the_same_changes_nothing(service: World) -> None:
    async with service.unit() as uow:
        now = await now_of(uow, service.house)
        book = understood(with_rules(THURSDAYS)).book
        await import_registry(uow.connection, book, None, now.moment)
        room = await uow.registry.workroom_by_code("W1")
        assert room is not None
        days = open_days(await uow.open_days.plan(room.id), now.today, date(2026, 12, 12), now.calendar)
        assert [day.day.day for day in days] == [26, 3, 10]
        await uow.open_days.tell({(Seat("liaison", 1), room.id): days[1:2]})
    for expected in (1, 0):
        async with service.unit() as uow:
            fridays = understood(
                with_rules(["W1", "FREQ=WEEKLY;BYDAY=FR", "8:00-11:00", "取消", None, None])
            ).book
            outcome = await import_registry(uow.connection, fridays, None, now.moment)
            assert outcome.sheets["open_days"].counts["changed"] == expected
            assert await open_day_changes.settle(uow, now) == expected


async def test_how_many_keep_a_shift_comes_with_the_file(service: World) -> None:
    async def imported(*cell: Cell) -> int | None:
        """What holds after a file with this cell; without one it has no such column."""
        sheet: list[list[Any]] = [list(HEADER[: 6 + len(cell)]), [*THURSDAYS[:6], *cell]]
        book = understood({**small(), "开放日": sheet}).book
        async with service.unit() as uow:
            await import_registry(uow.connection, book, None, service.clock())
            room = await uow.registry.workroom_by_code("W1")
            assert room is not None
            return (await ShiftSizes(uow.connection).of([room.id])).get(room.id)

    assert await imported(3) == 3
    assert await imported() == 3, "a file without the column leaves it"
    assert await imported("1") == 1
    assert await imported(None) is None, "an empty cell: as everywhere"
