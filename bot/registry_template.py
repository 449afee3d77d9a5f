"""Writes the empty workbook that an office fills in: notes, choices, an example."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from bot.registry_words import Telling
from domain.registry_sheets import CHOICES, SHEETS, Column, Sheet

FILLED_ROWS = 20_000
"""Rows that get drop-downs."""

EXAMPLE_ROWS = 3

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""A cell that begins with = + - @ is text, whatever stands in it (TRUST 15)."""

Examples = Mapping[str, Sequence[Mapping[str, str]]]
"""Rows by sheet, each by column: shown on a sheet of their own, never read back."""


def write_template(path: Path, telling: Telling, examples: Examples) -> None:
    """Write the workbook, over an earlier one. Raises OSError."""
    xlsxwriter = import_module("xlsxwriter")  # loaded when it is needed: the service itself never is in need
    book = xlsxwriter.Workbook(str(path), OPTIONS)
    head = book.add_format(
        {"bold": True, "bg_color": "#F2DCDB", "border": 1, "text_wrap": True, "valign": "vcenter"}
    )
    text = book.add_format({"num_format": "@"})
    for sheet in SHEETS:
        page = book.add_worksheet(telling.sheet(sheet.name))
        page.freeze_panes(1, 0)
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, _width(column), None if column.kind == "degrees" else text)
            page.write_string(0, place, _header(telling, column), head)
            page.write_comment(0, place, telling.say(f"note.{sheet.name}.{column.name}"), {"x_scale": 2})
            _choices(page, place, column, telling)
    _example(book, telling, examples, head)
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as trouble:
        raise OSError(str(trouble)) from trouble


def _header(telling: Telling, column: Column) -> str:
    name = telling.column(column.name)
    return telling.say("required", column=name) if column.filled else name


def _width(column: Column) -> int:
    return min(40, max(12, column.limit // 4))


def _choices(page: Any, place: int, column: Column, telling: Telling) -> None:
    """A drop-down under the header of a column that takes only certain words."""
    group = "yes" if column.kind == "yes" else column.choices
    if not group:
        return
    page.data_validation(
        1,
        place,
        FILLED_ROWS,
        place,
        {
            "validate": "list",
            "source": [telling.say(f"choice.{group}.{one}") for one in CHOICES[group]],
            "error_title": telling.say("choose_title"),
            "error_message": telling.say("choose"),
        },
    )


def _example(book: Any, telling: Telling, examples: Examples, head: Any) -> None:
    """The first rows of the sample, sheet under sheet."""
    page = book.add_worksheet(telling.say("example"))
    page.set_column(0, max(len(sheet.columns) for sheet in SHEETS), 18)
    row = 0
    for sheet in SHEETS:
        page.write_string(row, 0, telling.sheet(sheet.name), head)
        row = _block(page, row + 1, sheet, telling, examples.get(sheet.name, ())[:EXAMPLE_ROWS], head) + 1


def _block(
    page: Any, row: int, sheet: Sheet, telling: Telling, rows: Sequence[Mapping[str, str]], head: Any
) -> int:
    for place, column in enumerate(sheet.columns):
        page.write_string(row, place, _header(telling, column), head)
        for below, values in enumerate(rows, start=1):
            page.write_string(row + below, place, values.get(column.name, ""))
    return row + len(rows) + 1
