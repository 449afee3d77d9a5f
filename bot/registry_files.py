"""Reads the registry's file: a workbook or a folder of CSV, neither of them trusted."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from bot.workbook import Unreadable, read_workbook
from domain.registry_book import Cell, RawSheet

CSV_LIMIT = 20_000_000
"""Bytes a CSV file may have."""

CSV_FILES = 50
"""Files looked at in a folder."""

ENCODINGS = ("utf-8-sig", "gb18030")
"""Chinese Excel writes GB 18030 unless asked for UTF-8; what is valid UTF-8 is hardly ever anything else."""


def read_sheets(path: Path) -> list[RawSheet]:
    """The sheets in the workbook or folder. Raises Unreadable."""
    if path.is_dir():
        return _folder(path)
    if path.suffix.lower() != ".xlsx" or not path.is_file():
        raise Unreadable("wrong_file")
    return read_workbook(path)


def _folder(path: Path) -> list[RawSheet]:
    files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".csv" and file.is_file())
    if not files or len(files) > CSV_FILES:
        raise Unreadable("no_csv")
    return [RawSheet(file.stem, _rows(file)) for file in files]


def _rows(file: Path) -> list[tuple[int, tuple[Cell, ...]]]:
    """The file's rows, numbered as a spreadsheet would show them."""
    if file.stat().st_size > CSV_LIMIT:
        raise Unreadable("too_big", file.name)
    text = _text(file)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error:
        raise Unreadable("bad_text", file.name) from None
    return list(_numbered(rows))


def _numbered(rows: list[list[str]]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    for number, row in enumerate(rows, start=1):
        yield number, tuple(cell or None for cell in row)


def _text(file: Path) -> str:
    content = file.read_bytes()
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable("bad_text", file.name)


def _delimiter(text: str) -> str:
    """Comma, or what else parts the header's names (Excel in other countries, copies of tables)."""
    header = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t", key=header.count)
