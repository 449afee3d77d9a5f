"""The empty workbook explains itself, and what is filled into it can be imported."""

from pathlib import Path

import openpyxl
import pytest

from bot.registry_template import write_template
from bot.registry_words import Telling
from domain.registry_sheets import SHEETS
from tests.registry.district import WORDS, small, told, understood

EXAMPLES = {"units": [{"code": "=1+1", "name": "@区", "kind": "区", "parent": "-"}]}


@pytest.fixture(params=["zh_CN", "en"])
def template(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "template.xlsx"
    write_template(path, Telling(WORDS, request.param), EXAMPLES)
    return path


def test_every_header_has_a_note_and_stays_in_sight(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    for sheet, page in zip(SHEETS, book.worksheets, strict=False):
        assert page.freeze_panes == "A2"
        assert page.max_column == len(sheet.columns)
        for cell in page[1]:
            assert cell.comment is not None and cell.comment.text


def test_choices_are_offered(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    lists = [len(page.data_validations.dataValidation) for page in book.worksheets]
    assert lists[:-1] == [1, 1, 0, 0, 1, 2, 1, 1, 0, 1]


def test_an_example_is_text_and_is_never_imported(template: Path) -> None:
    page = openpyxl.load_workbook(template).worksheets[-1]
    cells = [cell for row in page.iter_rows() for cell in row if cell.value in ("=1+1", "@区")]
    assert [cell.data_type for cell in cells] == ["s", "s"]
    assert len(understood(template).book.ignored) == 1


def test_an_empty_template_switches_nothing_off(template: Path) -> None:
    empty = [(sheet.name, 0, "", "no_rows") for sheet in SHEETS if sheet.needed]
    assert told(understood(template).problems) == empty


def test_a_filled_template_is_imported(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    by_title = {
        "单位": 0,
        "工作室": 1,
        "承办单位": 2,
        "经办人": 3,
        "分类": 4,
        "党代表": 5,
        "联络员": 6,
        "联络办": 7,
    }
    for title, rows in small().items():
        page = book.worksheets[by_title[title]]
        for row in rows[1:]:
            page.append(row)
    book.save(template)
    assert understood(template).problems == ()
