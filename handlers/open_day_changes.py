"""After any change of rules, exceptions or holidays: whoever was told a day is told the new one, once."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.casework import Now
from domain.messages import Choice, Message
from domain.open_day_words import span, told
from domain.open_days import OpenDay, every_day
from domain.people import Seat
from storage.open_days import Ids, Told
from storage.outbox import NewLetter
from storage.room_names import RoomNames
from storage.unit import UnitOfWork

FURTHEST = timedelta(days=60)
"""A day never moves so far."""


async def settle(uow: UnitOfWork, now: Now, workrooms: Ids = None) -> int:
    """Compare what seats were told with what holds now; letters to those for whom it changed, how many.

    Looks at how things stand, so that running it again does nothing twice. A constant number of queries.
    """
    told_before = await uow.open_days.told(now.today, workrooms)
    changed = await _changed(uow, now, told_before)
    if not changed:
        return 0
    names = await RoomNames(uow.connection).of({one.workroom for one, _ in changed})
    by_seat: dict[tuple[Seat, int], list[tuple[Told, OpenDay | None]]] = defaultdict(list)
    for one, day in changed:
        by_seat[one.seat, one.workroom].append((one, day))
    letters = [_letter(seat, names[room], days) for (seat, room), days in by_seat.items()]
    await uow.open_days.retell([(one, _stands(day)) for one, day in changed])
    await uow.outbox.post_all(letters, now.moment)
    return len(letters)


async def misled(uow: UnitOfWork, now: Now, workrooms: Ids) -> set[int]:
    """The workrooms about whose days somebody was told what holds no longer."""
    told_before = await uow.open_days.told(now.today, workrooms)
    return {one.workroom for one, _ in await _changed(uow, now, told_before)}


async def _changed(uow: UnitOfWork, now: Now, told_before: list[Told]) -> list[tuple[Told, OpenDay | None]]:
    """What was told and holds no longer, with what holds now (None: the rule names no such day any more)."""
    if not told_before:
        return []
    plans = await uow.open_days.plans({one.workroom for one in told_before})
    by_room: dict[int, list[Told]] = defaultdict(list)
    for one in told_before:
        by_room[one.workroom].append(one)
    found = []
    for room, ones in by_room.items():
        first, last = min(one.nominal for one in ones), max(one.nominal for one in ones)
        window = (first - FURTHEST, last + FURTHEST)
        days = every_day(plans[room], *window, now.calendar) if room in plans else []
        now_there: Mapping[Any, OpenDay] = {day.nominal: day for day in days}
        found += [(one, now_there.get(one.nominal)) for one in ones]
    return [(one, day) for one, day in found if _differs(one, _stands(day))]


def _stands(day: OpenDay | None) -> OpenDay | None:
    """The day as people can go there: one that was joined with another is that one."""
    if day is None or day.held:
        return day
    joined = any(why.kind == "joined" for why in day.why)
    return replace(day, held=True) if joined else None


def _differs(one: Told, day: OpenDay | None) -> bool:
    if day is None or one.day is None:
        return (day is None) != (one.day is None)
    return (one.day, one.periods) != (day.day, day.periods)


def _letter(seat: Seat, workroom: str, days: Iterable[tuple[Told, OpenDay | None]]) -> NewLetter:
    days = sorted(days, key=lambda pair: pair[0].nominal)
    which = ",".join(f"{one.id}.{one.times}" for one, _ in days)
    key = f"days:{seat}:{hashlib.blake2b(which.encode(), digest_size=12).hexdigest()}"
    lines = [_line(one, day) for one, day in days]
    rows = ((Choice("go:open_days", "command.open_days"),),)
    message = Message("open_days.changed", {"workroom": workroom, "days": lines}, rows)
    return NewLetter(key, seat, message)


def _line(one: Told, day: OpenDay | None) -> dict[str, Any]:
    """The day as it was told, and as it stands: with its reasons, or not held."""
    before = {
        "old": one.day.isoformat() if one.day else "",
        "old_hours": [span(period) for period in one.periods],
    }
    stands = _stands(day)
    if day is None:
        return {
            **before,
            "gone": True,
            "day": "",
            "hours": [],
            "whys": [],
            "nominal": one.nominal.isoformat(),
        }
    return {**before, **told(day), "gone": stands is None, "nominal": one.nominal.isoformat()}
