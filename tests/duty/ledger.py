"""A made-up month of shifts, for trying steps on."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from domain.duty import Book, Shift, Slot, SlotState

MORNING = datetime(2026, 12, 3, 0, tzinfo=UTC)
"""8:00 in Shanghai on a Thursday."""


def shift(number: int, *, hours: int = 3) -> Shift:
    """The shift of the week so many weeks from the first."""
    begins = MORNING + timedelta(weeks=number)
    day = date(2026, 12, 3) + timedelta(weeks=number)
    return Shift(number, 1, day, begins, begins + timedelta(hours=hours), day)


def book(shifts: int = 3, places: int = 2, people: int = 4) -> Book:
    """Shifts in a row, kept by people in turn (numbered from 1); slot numbers count from 10."""
    slots: dict[int, Slot] = {}
    for count in range(shifts * places):
        number = 10 + count
        slots[number] = Slot(
            number, shift(count // places), count % places, 1 + count % people, SlotState.TAKEN
        )
    return Book(slots)


def opened(kept: Book, number: int) -> Book:
    """The same with nobody at one place."""
    return kept.put(replace(kept.slot(number), holder=None, state=SlotState.OPEN))
