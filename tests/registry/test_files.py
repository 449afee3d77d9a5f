"""Workbooks and folders of CSV are read as they come; hostile ones are refused."""

import zipfile
from pathlib import Path

import openpyxl
import pytest

from bot.registry_files import read_sheets
from bot.workbook import Unreadable
from domain.registry_book import Formula, Merged
from tests.registry.district import folder, small, told, understood, workbook


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return workbook(tmp_path / "名册.xlsx", small())


def refused(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        read_sheets(path)
    return caught.value.key


def repacked(book: Path, changed: dict[str, bytes]) -> Path:
    """The workbook with some parts replaced or added."""
    target = book.with_name("changed.xlsx")
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changed.pop(name, b"") or old.read(name))
        for name, content in changed.items():
            new.writestr(name, content)
    return target


def test_a_workbook(book: Path) -> None:
    result = understood(book)
    assert result.problems == ()
    assert result.book.of("workrooms")["W1"]["longitude"] == 119.08
    assert result.book.rows["representatives"]["D3"] == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_folder_of_csv(tmp_path: Path, encoding: str) -> None:
    result = understood(folder(tmp_path / "csv", small(), encoding))
    assert result.problems == ()
    assert result.book.of("units")["S"]["name"] == "临江街道"


def test_semicolons_and_names_in_english(tmp_path: Path) -> None:
    where = folder(tmp_path / "csv", small())
    text = (where / "单位.csv").read_text("utf-8").replace(",", ";")
    (where / "单位.csv").unlink()
    (where / "units.csv").write_text(text, "utf-8")
    assert understood(where).problems == ()


def test_formulas_merged_cells_and_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "工作室"
    for row in small()["工作室"]:
        page.append(row)
    page["D2"] = "=1+1"
    page["B2"] = 13800000000.0
    page["C4"] = "综合"
    page.merge_cells("G2:G3")
    book.save(tmp_path / "m.xlsx")
    (sheet,) = read_sheets(tmp_path / "m.xlsx")
    rows = dict(sheet.rows)
    assert rows[2][3] == Formula()
    assert rows[2][1] == 13800000000
    assert rows[3][6] == Merged()
    assert ("workrooms", 3, "unit", "merged") in told(understood(tmp_path / "m.xlsx").problems)


def test_hidden_sheets_are_not_read(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(workbook(tmp_path / "a.xlsx", small()))
    book["联络员"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    assert "联络员" not in [sheet.title for sheet in read_sheets(tmp_path / "a.xlsx")]


def test_a_row_at_the_end_of_the_world(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"] = "x"
    page["XFD1048576"] = "y"
    book.save(tmp_path / "a.xlsx")
    (sheet,) = read_sheets(tmp_path / "a.xlsx")
    assert [number for number, _ in sheet.rows] == [1]


@pytest.mark.parametrize(
    "name,content", [("a.xls", b"x"), ("a.csv", b"a,b"), ("a.xlsm", b"PK"), ("none.xlsx", None)]
)
def test_other_files_are_refused(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert refused(tmp_path / name) == "wrong_file"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"<html>", b"\xd0\xcf\x11\xe0" * 200])
def test_damaged_and_locked_workbooks(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    assert refused(tmp_path / "a.xlsx") == "unreadable"


def test_a_cut_workbook(book: Path) -> None:
    content = book.read_bytes()
    book.write_bytes(content[: len(content) // 2])
    assert refused(book) == "unreadable"


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("../../evil.xml", "<a/>")
    assert refused(tmp_path / "a.xlsx") == "wrong_file"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.xlsx"]


def test_a_bomb(book: Path) -> None:
    sheet = b"<worksheet>" + b" " * 30_000_000 + b"</worksheet>"
    assert refused(repacked(book, {"xl/worksheets/sheet1.xml": sheet})) == "too_big"


def test_too_many_parts(book: Path) -> None:
    assert refused(repacked(book, {f"x/{n}.xml": b"<a/>" for n in range(600)})) == "too_big"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities(book: Path, encoding: str) -> None:
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "{"c" * 50}">]><a>&b;</a>'
    assert refused(repacked(book, {"xl/sharedStrings.xml": bomb.encode(encoding)})) == "unreadable"


def test_macros(book: Path) -> None:
    assert refused(repacked(book, {"xl/vbaProject.bin": b"x"})) == "unreadable"


def test_an_empty_folder_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    assert refused(tmp_path) == "no_csv"
    (tmp_path / "units.csv").write_bytes(b"\x00\x01\xff\xff")
    assert refused(tmp_path) == "bad_text"
