"""Being there: when one may check in, from where, how long counts as a shift (rule 33; part 3, 2 and 5)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from domain.duty import Slot, SlotState
from domain.messages import Position
from domain.places import distance
from domain.terms import Terms

When = Literal["early", "now", "over"]
Where = Literal["here", "no_position", "no_accuracy", "untold", "inaccurate", "far"]


@dataclass(frozen=True, slots=True)
class Sighting:
    """How a position stands to a workroom: the verdict, metres away, and the accuracy claimed."""

    verdict: Where
    metres: int = 0
    accuracy: int = 0


def when(slot: Slot, now: datetime, terms: Terms) -> When:
    """Whether it is time to check in: from a while before the shift until its end."""
    if now >= slot.shift.ends_at:
        return "over"
    return "now" if now >= opens_at(slot, terms) else "early"


def opens_at(slot: Slot, terms: Terms) -> datetime:
    """From when on one may check in."""
    return slot.shift.starts_at - timedelta(minutes=terms.check_in_early_minutes)


def sighted(room: tuple[float | None, float | None], seen: Position, terms: Terms) -> Sighting:
    """Whether somebody seen there is at the workroom, which stands at these degrees.

    A position that may be off by more than the radius proves nothing. Within that, the claimed accuracy is
    given to them: phones stand in buildings. Where none is ever claimed, the district's counts.
    """
    latitude, longitude = room
    if latitude is None or longitude is None:
        return Sighting("no_position")
    accuracy = terms.check_in_untold_metres if seen.untold else seen.accuracy
    if accuracy is None or not 0 <= accuracy < float("inf"):
        return Sighting("no_accuracy")
    metres = distance(latitude, longitude, seen.latitude, seen.longitude)
    away = Sighting("far", round(metres), round(accuracy))
    if metres - accuracy > terms.check_in_metres:
        return away
    if accuracy > terms.check_in_metres:
        return replace(away, verdict="untold" if seen.untold else "inaccurate")
    return replace(away, verdict="here")


def spent(slot: Slot, until: datetime) -> int:
    """Minutes of the shift its holder was there, as far as `until`; a clock set back takes nothing away."""
    if slot.since is None:
        return slot.minutes
    begun, ended = max(slot.since, slot.shift.starts_at), min(until, slot.shift.ends_at)
    return slot.minutes + max(0, int((ended - begun).total_seconds() // 60))


def counts(minutes: int, terms: Terms) -> bool:
    """Whether so many minutes are half a day, a little grace for the way allowed (part 3, 2)."""
    return minutes + terms.duty_grace_minutes >= terms.half_day_minutes


def leave(slot: Slot, at: datetime) -> Slot:
    """Checked out at this moment; at the end of the shift at the latest."""
    end = max(min(at, slot.shift.ends_at), slot.since or at)
    return replace(slot, minutes=spent(slot, at), since=None, left_at=end)


def settle(slot: Slot, terms: Terms) -> Slot:
    """The shift is over: who was there has done it, whoever kept it otherwise has missed it.

    A hole stays a hole. Whether it counts is decided by the time that was spent.
    """
    if slot.is_there:
        slot = leave(slot, slot.shift.ends_at)
    if slot.holder is None:
        return slot
    if slot.arrived_at is None:
        return replace(slot, state=SlotState.MISSED, counts=False)
    return replace(slot, state=SlotState.DONE, counts=counts(slot.minutes, terms))


def corrected(slot: Slot, times: tuple[datetime, datetime] | None, terms: Terms) -> Slot:
    """As the liaison says it was: there from when until when, or (None) not there at all."""
    if times is None:
        gone = replace(slot, arrived_at=None, since=None, left_at=None, minutes=0)
        return replace(gone, state=SlotState.MISSED, counts=False)
    begun, ended = max(times[0], slot.shift.starts_at), min(times[1], slot.shift.ends_at)
    minutes = max(0, int((ended - begun).total_seconds() // 60))
    there = replace(slot, arrived_at=times[0], since=None, left_at=times[1], minutes=minutes)
    return replace(there, state=SlotState.DONE, counts=counts(minutes, terms))
