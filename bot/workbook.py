"""Opens a workbook that somebody sent: bounded in size, without macros, entities or computed values."""

import re
import zipfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.parsers import expat

from domain.registry_book import Cell, Formula, Merged, RawSheet

FILE_LIMIT = 50_000_000
"""Bytes of the file itself."""

PART_LIMIT = 80_000_000
"""Bytes of one part of it, unpacked."""

WHOLE_LIMIT = 120_000_000
"""Bytes of all its parts, unpacked."""

PARTS = 500
RATIO = 250
"""How many times larger a part of more than a megabyte may be than its packed form."""

ROWS = 50_100
COLUMNS = 40

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_MERGES = 20_000


class Unreadable(Exception):
    """The file can't be taken at all; `key` says why, `name` which file of a folder."""

    def __init__(self, key: str, name: str = "") -> None:
        super().__init__(key)
        self.key, self.name = key, name


def read_workbook(path: Path) -> list[RawSheet]:
    """The workbook's visible sheets. Raises Unreadable."""
    if path.stat().st_size > FILE_LIMIT:
        raise Unreadable("too_big")
    try:
        with zipfile.ZipFile(path) as archive:
            _check(archive)
            return _sheets(archive, path)
    except Unreadable:
        raise
    except Exception as trouble:  # openpyxl raises all kinds of things at a damaged file; none is our bug
        raise Unreadable("unreadable") from trouble


def _check(archive: zipfile.ZipFile) -> None:
    """Refuse bombs, locked files, macros, and XML that defines entities.

    Sizes are the directory's: zipfile never unpacks more of a part than it says.
    """
    parts = archive.infolist()
    if len(parts) > PARTS or sum(part.file_size for part in parts) > WHOLE_LIMIT:
        raise Unreadable("too_big")
    for part in parts:
        swollen = part.file_size > 1_000_000 and part.file_size > RATIO * max(1, part.compress_size)
        if part.file_size > PART_LIMIT or swollen:
            raise Unreadable("too_big")
        if part.flag_bits & 1 or part.filename.lower().endswith("vbaproject.bin"):
            raise Unreadable("unreadable")
        if part.filename.endswith((".xml", ".rels", ".vml")):
            _check_xml(archive, part)
    if "xl/workbook.xml" not in archive.namelist():
        raise Unreadable("wrong_file")


class _Harmless(Exception):
    """The part's first element was reached: no DOCTYPE can follow."""


def _check_xml(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A DOCTYPE stands before the first element or nowhere; so only the beginning is parsed."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _doctype
    parser.StartElementHandler = _element
    try:
        with archive.open(part) as stream:
            while piece := stream.read(4096):
                parser.Parse(piece)
    except _Harmless:
        return


def _doctype(*what: Any) -> None:
    raise Unreadable("unreadable")


def _element(*what: Any) -> None:
    raise _Harmless


def _sheets(archive: zipfile.ZipFile, path: Path) -> list[RawSheet]:
    # Loaded when it is needed: the service itself never opens a workbook.
    book = import_module("openpyxl").load_workbook(path, read_only=True, data_only=False, keep_links=False)
    try:
        return [
            RawSheet(sheet.title, list(_rows(sheet, _merged(archive, sheet))))
            for sheet in book.worksheets
            if sheet.sheet_state == "visible"
        ]
    finally:
        book.close()


def _rows(sheet: Any, merged: set[tuple[int, int]]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """Rows as they stand, blank ones left out; the sheet's own word on its size is not believed."""
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_row=ROWS, max_col=COLUMNS), start=1):
        if any(cell.value is not None for cell in row):
            yield (
                number,
                tuple(_cell(cell, (number, place) in merged) for place, cell in enumerate(row, start=1)),
            )


def _cell(cell: Any, swallowed: bool) -> Cell:
    if swallowed and cell.value is None:
        return Merged()
    if cell.data_type == "f":
        return Formula()
    if cell.data_type == "e":  # #REF! and its like stood for a formula once
        return Formula()
    value: Cell = cell.value
    return value


def _merged(archive: zipfile.ZipFile, sheet: Any) -> set[tuple[int, int]]:
    """Rows and columns of the cells that a merged one has swallowed; read-only sheets don't tell them."""
    swallowed: set[tuple[int, int]] = set()
    range_boundaries = import_module("openpyxl.utils").range_boundaries
    for found in _MERGED.findall(archive.read(sheet._worksheet_path)):
        west, north, east, south = (int(edge or 0) for edge in range_boundaries(found.decode()))
        rows, columns = range(north, min(south, ROWS) + 1), range(west, min(east, COLUMNS) + 1)
        swallowed.update([(row, column) for row in rows for column in columns][1:])
        if len(swallowed) > _MERGES:
            raise Unreadable("unreadable")
    return swallowed
