"""Every mistake in the registry's file is found, with its sheet, row and column."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.registry_words import Telling
from domain.registry_book import Cell, Formula, Merged, RawSheet
from domain.registry_reading import understand
from domain.terms import check
from tests.registry.district import VOCABULARY, WORDS, Rows, raw, small, told, understood


def spoilt(sheet: str, row: int, column: int, cell: Any) -> dict[str, Rows]:
    district = small()
    district[sheet][row - 1][column - 1] = cell
    return district


def test_the_small_district_is_sound() -> None:
    assert understood(small()).problems == ()


@pytest.mark.parametrize(
    "sheet,row,column,cell,where",
    [
        ("工作室", 3, 1, "W1", ("workrooms", 3, "code", "duplicate")),
        ("工作室", 2, 1, "W 1", ("workrooms", 2, "code", "bad_code")),
        ("工作室", 2, 1, "临江", ("workrooms", 2, "code", "bad_code")),
        ("工作室", 2, 1, "W" * 41, ("workrooms", 2, "code", "too_long")),
        ("工作室", 2, 2, None, ("workrooms", 2, "name", "empty")),
        ("工作室", 2, 2, "长" * 101, ("workrooms", 2, "name", "too_long")),
        ("工作室", 2, 3, "综和", ("workrooms", 2, "kind", "unknown_word")),
        ("工作室", 2, 5, 119.08, ("workrooms", 2, "latitude", "off_earth")),
        ("工作室", 2, 5, None, ("workrooms", 2, "latitude", "half_position")),
        ("工作室", 2, 5, "北纬", ("workrooms", 2, "latitude", "not_a_number")),
        ("工作室", 2, 5, "nan", ("workrooms", 2, "latitude", "not_a_number")),
        ("工作室", 2, 6, 219, ("workrooms", 2, "longitude", "off_earth")),
        ("工作室", 2, 7, "X", ("workrooms", 2, "unit", "unknown_reference")),
        ("工作室", 2, 4, Formula(), ("workrooms", 2, "address", "formula")),
        ("工作室", 2, 4, Merged(), ("workrooms", 2, "address", "merged")),
        ("单位", 4, 4, None, ("units", 4, "parent", "no_parent")),
        ("单位", 4, 4, "Q", ("units", 4, "parent", "wrong_parent")),
        ("单位", 3, 4, "S", ("units", 3, "parent", "wrong_parent")),
        ("党代表", 2, 6, None, ("representatives", 2, "workroom", "not_placed")),
        ("党代表", 2, 6, "W9", ("representatives", 2, "workroom", "unknown_reference")),
        ("党代表", 2, 1, datetime(2026, 3, 1), ("representatives", 2, "code", "date")),  # noqa: DTZ001  as Excel gives it
        ("党代表", 2, 11, "在岗中", ("representatives", 2, "status", "unknown_word")),
        ("联络员", 2, 3, "1.38E+10", ("liaisons", 2, "phone", "mangled")),
        ("联络员", 2, 3, "见名片", ("liaisons", 2, "phone", "bad_phone")),
        ("联络员", 3, 4, "W1", ("liaisons", 3, "workroom", "second_liaison")),
        ("分类", 2, 1, "a" * 21, ("categories", 2, "code", "too_long")),
        ("分类", 2, 5, "也许", ("categories", 2, "urgent", "unknown_word")),
    ],
)
def test_a_wrong_cell_is_named(
    sheet: str, row: int, column: int, cell: Any, where: tuple[str, int, str, str]
) -> None:
    assert where in told(understood(spoilt(sheet, row, column, cell)).problems)


def test_swapped_positions_are_told_apart_from_wrong_ones() -> None:
    district = spoilt("工作室", 2, 5, 119.08)
    district["工作室"][1][5] = 30.31
    assert told(understood(district).problems) == [("workrooms", 2, "latitude", "swapped")]


def test_every_mistake_is_listed_in_the_files_order() -> None:
    district = spoilt("工作室", 2, 3, "综和")
    district["党代表"][1][2] = "国"
    district["单位"][3][3] = None
    district["联络员"].append(["L2", "又一人", None, "W1", "离任"])
    found = told(understood(district).problems)
    assert found == [
        ("units", 4, "parent", "no_parent"),
        ("workrooms", 2, "kind", "unknown_word"),
        ("representatives", 2, "level", "unknown_word"),
        ("liaisons", 4, "code", "duplicate"),
    ]


def test_missing_sheets_columns_and_rows() -> None:
    district = small()
    del district["联络员"]
    district["工作室"][0][2] = "什么"
    district["分类"] = [["编号", "名称", "承办单位"]]
    found = told(understood(district).problems)
    assert ("liaisons", 0, "", "no_sheet") in found
    assert ("workrooms", 1, "kind", "no_column") in found
    assert ("categories", 0, "", "no_rows") in found
    assert len(found) == 3


def test_a_sheet_or_column_twice() -> None:
    district = small()
    district["Workrooms"] = district["工作室"]
    district["单位"][0].append("名称")
    found = told(understood(district).problems)
    assert ("workrooms", 0, "", "sheet_twice") in found
    assert ("units", 1, "name", "column_twice") in found


def test_a_workroom_needs_a_liaison_but_may_wait_for_the_next() -> None:
    district = small()
    left = district["联络员"].pop()
    assert told(understood(district).problems) == [("workrooms", 3, "code", "no_liaison")]
    district["联络员"].append([*left[:4], "离任"])
    assert understood(district).problems == ()


def test_settings_are_checked() -> None:
    district = small()
    district["设置"] = [
        ["名称", "值"],
        ["answer_days", 12.0],
        ["answer_days_x", "1"],
        ["opinion_days", "many"],
        ["sample", "是"],
    ]
    result = understood(district)
    assert told(result.problems) == [
        ("settings", 3, "value", "bad_setting"),
        ("settings", 4, "value", "bad_setting"),
    ]
    assert result.book.of("settings")["answer_days"]["value"] == "12"
    assert result.book.of("settings")["sample"]["value"] == "true"


def test_what_people_type_is_understood() -> None:
    district = small()
    district["联络员"][1][1:3] = ["林　晓燕 ", 13800000000.0]
    district["工作室"][1][0] = "Ｗ１\u200b"
    district["工作室"][1][4:6] = ["３０．３１", "119.08°"]
    district["党代表"][1][5] = "临江街道党代表工作室"
    district["党代表"].insert(1, [None, " ", ""])
    district["分类"][1][2] = "漏水、裂缝,漏水；返水"
    book = understood(district).book
    assert understood(district).problems == ()
    assert book.of("liaisons")["L1"] == {
        "code": "L1", "name": "林晓燕", "phone": "13800000000", "workroom": "W1", "status": "active",
    }  # fmt: skip
    assert book.of("workrooms")["W1"]["latitude"] == 30.31
    assert book.of("representatives")["D1"]["workroom"] == "W1"
    assert book.rows["representatives"]["D1"] == 3
    assert book.of("categories")["house"]["keywords"] == "漏水 裂缝 返水"


def test_english_headers_and_words() -> None:
    district = small()
    district["Units"] = [
        ["code", "Name*", "KIND", "parent (code)"],
        ["Q", "Cloud Hill", "district", None],
        ["S", "Riverside", "Street or town", "Q"],
        ["C", "Quay", "village", "S"],
    ]
    del district["单位"]
    assert understood(district).problems == ()


def test_a_strange_sheet_is_passed_over_and_named() -> None:
    result = understood({**small(), "说明": [["随便", "写"]]})
    assert result.problems == ()
    assert result.book.ignored == ("说明",)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_each_mistake_can_be_told(language: str) -> None:
    telling = Telling(WORDS, language)
    district = spoilt("工作室", 2, 7, "X")
    district["工作室"][2][0] = "坏"
    problems = understood(district).problems
    assert {problem.sheet for problem in problems} == {"workrooms", "liaisons"}
    for problem in problems:
        assert telling.line(problem).startswith(telling.sheet(problem.sheet))


def test_the_words_of_a_mistake() -> None:
    (problem,) = understood(spoilt("工作室", 3, 7, "X9")).problems
    assert Telling(WORDS, "zh_CN").line(problem) == "工作室 第3行 [所属单位]：找不到「X9」。请查「单位」表。"
    assert Telling(WORDS, "en").line(problem) == "Workrooms, row 3, Unit: “X9” is not in the sheet Units."


CELLS = st.one_of(
    st.none(), st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.datetimes(), st.times(),
    st.dates(), st.builds(Formula), st.builds(Merged),
    st.sampled_from(["编号", "名称", "Q", "W1", "区", "在任", "是"]),
)  # fmt: skip


@settings(deadline=None)
@given(st.dictionaries(
    st.sampled_from([*small(), "设置", "开放日", "x"]), st.lists(st.lists(CELLS, max_size=12), max_size=6),
    max_size=9,
))  # fmt: skip
@example({"设置": [["名称"], ["answer_days"]]})
@example({"设置": [["名称"], ["sample"]]})
@example({"开放日": [["工作室"], ["W1"]]})
def test_no_file_is_too_strange(sheets: dict[str, list[list[Cell]]]) -> None:
    read = [RawSheet(title, list(enumerate(map(tuple, rows), 1))) for title, rows in sheets.items()]
    result = understand(read, VOCABULARY, check)
    telling = Telling(WORDS, "zh_CN")
    assert result.problems, "nothing like this is a whole registry"
    assert all(telling.line(problem) for problem in result.problems)


WHOLE = small() | {
    "设置": [["名称", "值"], ["answer_days", "12"], ["sample", "是"]],
    "开放日": [["工作室", "规则", "时间"], ["W1", "FREQ=WEEKLY;BYDAY=TH", "8:00-11:00"]],
}  # fmt: skip


@settings(deadline=None)
@given(st.data())
def test_any_column_may_be_missing(data: st.DataObject) -> None:
    """Wherever a header lacks a column, that is what is said; nothing falls over the gap."""
    sheet = data.draw(st.sampled_from([*WHOLE]))
    gone = data.draw(st.sets(st.integers(0, len(WHOLE[sheet][0]) - 1), min_size=1))
    rows = [[cell for place, cell in enumerate(row) if place not in gone] for row in WHOLE[sheet]]
    result = understand(raw(WHOLE | {sheet: rows}), VOCABULARY, check)
    assert all(Telling(WORDS, "zh_CN").line(problem) for problem in result.problems)
    assert understood(WHOLE).problems == ()


@settings(deadline=None)
@given(st.integers(0, 7), st.integers(0, 3), st.integers(0, 10), CELLS)
def test_one_strange_cell_spoils_only_itself(sheet: int, row: int, column: int, cell: Cell) -> None:
    district = small()
    rows = district[list(district)[sheet]]
    target = rows[row % len(rows)]
    target[column % len(target)] = cell
    result = understand(raw(district), VOCABULARY, check)
    assert all(Telling(WORDS, "en").line(problem) for problem in result.problems)
