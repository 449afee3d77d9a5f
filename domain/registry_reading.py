"""From the sheets as read to a book understood: titles, headers, cells, then what binds them together."""

from collections.abc import Callable, Iterable, Mapping

from domain.open_days import usual
from domain.recurrence import parse_rule
from domain.registry_binding import bound
from domain.registry_book import (
    Book,
    Cell,
    Problem,
    RawSheet,
    Record,
    Understood,
    Value,
    Vocabulary,
    clean,
    fold,
)
from domain.registry_cells import BadCell, plain, read
from domain.registry_sheets import BY_NAME, SHEETS, Sheet

CheckSetting = Callable[[str, str], str]
"""The setting's value as it will be kept; raises ValueError when it can't be (domain.terms.check)."""

SAMPLE = "sample"
"""The setting that marks invented people; only the sample district has it."""

LIST_LIMIT = 50_000
"""Rows a sheet may have."""


def understand(sheets: Iterable[RawSheet], vocabulary: Vocabulary, check: CheckSetting) -> Understood:
    """The book these sheets make, and every mistake in them, in the file's order (never raises)."""
    reading = _Reading(vocabulary, check)
    for raw in sheets:
        reading.sheet(raw)
    reading.missing()
    book = Book(reading.records, reading.rows, tuple(reading.ignored))
    book, loose = bound(book, reading.spoilt)
    order = {sheet.name: place for place, sheet in enumerate(SHEETS)}
    problems = sorted([*reading.problems, *loose], key=lambda p: (order.get(p.sheet, -1), p.row))
    return Understood(book, tuple(problems))


class _Reading:
    """The sheets read so far."""

    def __init__(self, vocabulary: Vocabulary, check: CheckSetting) -> None:
        self.vocabulary = vocabulary
        self.check = check
        self.records: dict[str, dict[str, Record]] = {}
        self.rows: dict[str, dict[str, int]] = {}
        self.spoilt: dict[str, set[str]] = {}
        self.problems: list[Problem] = []
        self.ignored: list[str] = []

    def wrong(self, sheet: str, row: int, column: str, key: str, **params: str | int) -> None:
        """One more mistake."""
        self.problems.append(Problem(sheet, row, column, "registry.problem." + key, params))

    def sheet(self, raw: RawSheet) -> None:
        """Take one sheet in, if it is one of ours."""
        name = self.vocabulary.sheets.get(fold(raw.title))
        if name is None:
            self.ignored.append(clean(raw.title))
            return
        if name in self.records:
            self.wrong(name, 0, "", "sheet_twice")
            return
        self.records[name], self.rows[name], self.spoilt[name] = {}, {}, set()
        rows = iter(raw.rows)
        header = next(((number, cells) for number, cells in rows if not _blank(cells)), None)
        if header is None:
            self.wrong(name, 0, "", "no_header")
            return
        places = self.header(BY_NAME[name], *header)
        self.body(BY_NAME[name], places, rows)

    def header(self, sheet: Sheet, number: int, cells: tuple[Cell, ...]) -> dict[str, int]:
        """Which column stands where; missing and doubled ones are mistakes, strange ones are passed over."""
        places: dict[str, int] = {}
        known = self.vocabulary.columns[sheet.name]
        for place, cell in enumerate(cells):
            column = known.get(fold(cell)) if isinstance(cell, str) else None
            if column is None:
                continue
            if column in places:
                self.wrong(sheet.name, number, column, "column_twice")
            places.setdefault(column, place)
        for wanted in sheet.columns:
            if wanted.needed and wanted.name not in places:
                self.wrong(sheet.name, number, wanted.name, "no_column")
                self.spoilt[sheet.name].add("")
        return places

    def body(
        self, sheet: Sheet, places: Mapping[str, int], rows: Iterable[tuple[int, tuple[Cell, ...]]]
    ) -> None:
        """Every row under the header; blank ones are passed over."""
        taken = 0
        for number, cells in rows:
            if _blank(cells):
                continue
            taken += 1
            if taken > LIST_LIMIT:
                self.wrong(sheet.name, number, "", "too_many_rows", limit=LIST_LIMIT)
                return
            self.row(sheet, places, number, cells)
        if sheet.needed and not taken:  # an empty template must not switch off a whole district
            self.wrong(sheet.name, 0, "", "no_rows")

    def row(self, sheet: Sheet, places: Mapping[str, int], number: int, cells: tuple[Cell, ...]) -> None:
        """One row; it is kept under its code even when other cells are wrong, so that references find it."""
        record: dict[str, Value] = {}
        sound = "" not in self.spoilt[sheet.name]  # a column that must be there isn't: said once, above
        for column in sheet.columns:
            if column.name not in places:
                continue
            place = places[column.name]
            words = self.vocabulary.choices.get("yes" if column.kind == "yes" else column.choices, {})
            try:
                record[column.name] = read(cells[place] if place < len(cells) else None, column, words)
            except BadCell as bad:
                sound = False
                self.wrong(sheet.name, number, column.name, bad.key.rpartition(".")[2], **bad.params)
        self.keep(sheet, number, record, sound)

    def keep(self, sheet: Sheet, number: int, record: dict[str, Value], sound: bool) -> None:
        """Remember the record under its code, unless somebody else has it."""
        code = record.get(sheet.key)
        if not isinstance(code, str):
            return
        if code in self.records[sheet.name]:
            self.wrong(
                sheet.name, number, sheet.key, "duplicate", text=code, first=self.rows[sheet.name][code]
            )
            return
        if sheet.name == "settings" and sound:
            self.setting(number, record)
        if sheet.name == "open_days" and sound:
            record["on_holiday"] = record.get("on_holiday") or usual(parse_rule(str(record["rule"])))
        if sheet.name == "categories":  # residents see them in the file's order
            record["place"] = len(self.records[sheet.name])
        if not sound:
            self.spoilt[sheet.name].add(code)
        self.records[sheet.name][code] = record
        self.rows[sheet.name][code] = number

    def setting(self, number: int, record: dict[str, Value]) -> None:
        """A setting's value in the form it is kept in."""
        name, value = str(record["name"]), str(record["value"])
        if name == SAMPLE:
            word = self.vocabulary.choices["yes"].get(fold(value))
            record["value"] = "true" if word == "yes" or value.casefold() == "true" else "false"
            return
        try:
            record["value"] = self.check(name, value)
        except ValueError:
            self.wrong("settings", number, "value", "bad_setting", name=name)

    def missing(self) -> None:
        """Sheets that must be there and aren't."""
        for sheet in SHEETS:
            if sheet.needed and sheet.name not in self.records:
                self.wrong(sheet.name, 0, "", "no_sheet")


def _blank(cells: tuple[Cell, ...]) -> bool:
    """Whether nothing stands in the row; a merged or computed cell counts as something."""
    try:
        return not any(clean(plain(cell)) for cell in cells)
    except BadCell as bad:
        return bad.key.endswith("merged") and all(cell is None or not isinstance(cell, str) for cell in cells)
