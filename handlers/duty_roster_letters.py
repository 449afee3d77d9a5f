"""Who hears of a roster's new shifts, and of those that are at another time or not held any more."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from domain.duty import Shift
from domain.messages import Message
from domain.people import Seat
from handlers.duty_brief import brief, do
from handlers.duty_letters import letter
from storage.outbox import NewLetter
from storage.unit import UnitOfWork

Moves = Sequence[tuple[Shift, Shift]]
"""Shifts as they were and as they are."""

Manned = Sequence[tuple[Shift, tuple[int | None, ...]]]
"""New shifts, each with who keeps its places."""


async def of_moves(uow: UnitOfWork, moved: Moves, names: Mapping[int, str]) -> list[NewLetter]:
    """To who keeps a shift that is at another time now, or not held, and to the liaison, or the office.

    A day that is only sure now is no news.
    """
    news = [pair for pair in moved if is_news(*pair)]
    if not news:
        return []
    kept = await uow.rosters.keepers([old.id for old, _ in news])
    holders = {shift: list(ones) for shift, ones in groupby(kept, key=lambda s: s.shift.id)} if kept else {}
    rooms = {old.workroom for old, _ in news}
    charge = {room: [Seat("liaison", who)] for room, who in (await uow.rosters.liaisons(rooms)).items()}
    office = [Seat("officer", o.id) for o in await uow.registry.officers()] if rooms - set(charge) else []
    told: dict[tuple[Seat, int], list[tuple[Shift, Shift]]] = {}
    for pair in news:
        kept_by = [Seat("representative", s.holder) for s in holders.get(pair[0].id, []) if s.holder]
        for seat in (*kept_by, *charge.get(pair[0].workroom, office)):
            told.setdefault((seat, pair[0].workroom), []).append(pair)
    return [_moved(seat, names.get(room, ""), pairs) for (seat, room), pairs in told.items()]


def is_news(old: Shift, new: Shift) -> bool:
    """Whether it is at another time, or not held, or held again: not that it is only sure now."""
    before, after = (old.starts_at, old.ends_at), (new.starts_at, new.ends_at)
    return old.cancelled != new.cancelled or (not new.cancelled and before != after)


NAMED = 10
"""Moves named in one letter; more are counted."""


def _moved(seat: Seat, workroom: str, pairs: Sequence[tuple[Shift, Shift]]) -> NewLetter:
    """All that has moved for one seat, in one letter."""
    first, new = pairs[0]
    key = f"shift.{first.id}.{first.version + 1}"
    about = f"{first.workroom}.0"
    own = seat.role == "representative"
    rows = ((do("mine", 0, minor=True) if own else do("roster", about, minor=True),),)
    if len(pairs) == 1:
        again = "duty.told.again" if first.cancelled else "duty.told.moved"
        words = "duty.told.cancelled" if new.cancelled else again
        params: dict[str, Any] = {**brief(new), "before": brief(first), "workroom": workroom}
        return letter(key, seat, words, params, rows)
    lines = [
        {"before": brief(old), "after": None if after.cancelled else brief(after)}
        for old, after in pairs[:NAMED]
    ]
    params = {"workroom": workroom, "moves": lines, "more": len(pairs) - len(lines)}
    return letter(key, seat, "duty.told.moves", params, rows)


async def of_new(uow: UnitOfWork, new: Manned, names: Mapping[int, str]) -> list[NewLetter]:
    """New shifts: each representative reads their own, the liaison how many there are and where holes are."""
    if not new:
        return []
    liaisons = await uow.rosters.liaisons({shift.workroom for shift, _ in new})
    letters = []
    for room, ones in groupby(new, key=lambda pair: pair[0].workroom):
        letters += _month(room, list(ones), liaisons.get(room), names.get(room, ""))
    return letters


def _month(
    room: int,
    made: Manned,
    liaison: int | None,
    name: str,
) -> list[NewLetter]:
    own: dict[int, list[dict[str, Any]]] = {}
    for shift, kept in made:
        for who in kept:
            if who is not None:
                own.setdefault(who, []).append(brief(shift))
    first, count = made[0][0], len(made)
    key = f"roster.{room}.{first.nominal.isoformat()}.{first.part}.{count}"
    rows = ((do("mine", 0, minor=True),),)
    letters = [
        letter(
            key, Seat("representative", who), "duty.told.roster", {"shifts": lines, "workroom": name}, rows
        )
        for who, lines in own.items()
    ]
    if liaison is not None:
        holes = sum(who is None for _, kept in made for who in kept)
        params = {"workroom": name, "count": count, "holes": holes}
        message = Message("duty.told.table", params, ((do("roster", f"{room}.0"),),))
        letters.append(NewLetter(f"{key}.liaison:{liaison}", Seat("liaison", liaison), message))
    return letters
