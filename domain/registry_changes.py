"""What an import would change: new, changed and vanished rows, and who leaves a seat behind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from domain.people import Seat
from domain.registry_book import Book, Record
from domain.registry_sheets import BY_NAME, SHEETS

Reason = Literal["left", "replaced", "moved"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A row as the database has it: its number, what it says (references by code), whether it is in use."""

    id: int
    record: Record
    present: bool


Existing = Mapping[str, Mapping[str, Kept]]
"""By sheet, by code."""


@dataclass(frozen=True, slots=True)
class Handover:
    """Somebody leaves a workroom: `left` office, `replaced` as its liaison, or `moved` to another.

    Whoever hands over passes the open cases of `workroom` (a code) to the successor, or back to it.
    """

    seat: str
    name: str
    workroom: str | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class SheetChanges:
    """One sheet's changes, by code; `changed` names the columns that differ."""

    added: tuple[str, ...] = ()
    changed: Mapping[str, tuple[str, ...]] | None = None
    unchanged: int = 0
    vanished: Mapping[str, str] | None = None
    """Codes and names that are no longer in the file."""

    @property
    def counts(self) -> dict[str, int]:
        """The numbers alone."""
        return {
            "added": len(self.added),
            "changed": len(self.changed or {}),
            "unchanged": self.unchanged,
            "vanished": len(self.vanished or {}),
        }


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changes or has changed, by sheet; who leaves which seat; what else to tell.

    `waiting` are workrooms without an active liaison, `ignored` sheets that were passed over.
    """

    sheets: Mapping[str, SheetChanges]
    handovers: tuple[Handover, ...] = ()
    waiting: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def left(self) -> tuple[str, ...]:
        """Seats whose holder has left office, or was replaced as a workroom's liaison."""
        return tuple(h.seat for h in self.handovers if h.reason != "moved")


def compare(book: Book, existing: Existing) -> dict[str, SheetChanges]:
    """What differs between the file and what is kept; a sheet that isn't in the file changes nothing."""
    return {
        sheet.name: _sheet(book.of(sheet.name), existing.get(sheet.name, {}), sheet.key)
        for sheet in SHEETS
        if sheet.name in book.records
    }


def _sheet(wanted: Mapping[str, Record], kept: Mapping[str, Kept], key: str) -> SheetChanges:
    added, changed, unchanged = [], {}, 0
    for code, record in wanted.items():
        before = kept.get(code)
        if before is None:
            added.append(code)
        elif columns := _differences(record, before):
            changed[code] = columns
        else:
            unchanged += 1
    vanished = {
        code: str(row.record.get("name", code))
        for code, row in kept.items()
        if code not in wanted and row.present and key == "code"
    }
    return SheetChanges(tuple(added), changed, unchanged, vanished)


def _differences(record: Record, before: Kept) -> tuple[str, ...]:
    names = tuple(name for name, value in record.items() if before.record.get(name) != value)
    return names if before.present else (*names, "present")


def handovers(book: Book, existing: Existing) -> tuple[Handover, ...]:
    """Everybody who gives up a seat with this import (rule 23), each once, liaisons first."""
    return (
        *_people(book, existing, "liaisons", "liaison"),
        *_people(book, existing, "representatives", "representative"),
    )


def _people(book: Book, existing: Existing, sheet: str, role: str) -> Iterator[Handover]:
    if sheet not in book.records:
        return
    served = _served(book) if role == "liaison" else {}
    for code, before in existing.get(sheet, {}).items():
        if before.record.get("status") == "left":
            continue
        room = before.record.get("workroom")
        reason = _reason(book.of(sheet).get(code), room, served.get(room, code) != code)
        if reason is not None:
            place = None if room is None else str(room)
            yield Handover(str(Seat(role, before.id)), str(before.record["name"]), place, reason)


def _served(book: Book) -> dict[object, str]:
    """Which liaison each workroom has in the file."""
    return {
        person.get("workroom"): code
        for code, person in book.of("liaisons").items()
        if person.get("status", "active") == "active"
    }


def _reason(now: Record | None, room: object, another: bool) -> Reason | None:
    """Why somebody gives up their seat; one who vanished keeps it until another is named."""
    if now is not None and now.get("status", "active") == "left":
        return "left"
    if now is not None and now.get("workroom") != room:
        return "moved"
    return "replaced" if another else None


def sample(book: Book) -> bool:
    """Whether the file says that its people are invented; a file that doesn't say so is real."""
    return book.of("settings").get("sample", {}).get("value") == "true"


def references(sheet: str) -> dict[str, str]:
    """The sheet's columns that name a row of another sheet, with that sheet."""
    return {column.name: column.target for column in BY_NAME[sheet].columns if column.kind == "reference"}
