"""What every line about a shift can say: the facts that screens and letters share."""

from typing import Any

from domain.duty import Shift, Slot
from domain.messages import Choice


def brief(shift: Shift) -> dict[str, Any]:
    """Day, hours, and whether the day may still move."""
    return {
        "day": shift.day.isoformat(),
        "hours": [shift.starts_at.isoformat(), shift.ends_at.isoformat()],
        "tentative": shift.tentative,
    }


def presence(slot: Slot) -> dict[str, Any]:
    """How a place stands, and from when until when its holder was there."""
    return {
        "state": str(slot.state),
        "there": slot.is_there,
        "arrived": slot.arrived_at.isoformat() if slot.arrived_at else "",
        "left": slot.left_at.isoformat() if slot.left_at else "",
        "minutes": slot.minutes,
        "counts": slot.counts,
    }


def do(what: str, about: int | str, *, minor: bool = False) -> Choice:
    """A button about a shift, a place or an offer."""
    return Choice(f"duty:{what}:{about}", f"duty.do.{what}", minor=minor)


def line(what: str, about: int, shift: Shift, name: str = "") -> Choice:
    """A shift as one line to tap, with a name where one matters."""
    return Choice(f"duty:{what}:{about}", "duty.line", {**brief(shift), "name": name})
