"""Whose turn it is: a month's shifts go round among a workroom's representatives, fairly and always alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

MOST_BEHIND = 2
"""Somebody new, or back from leave, makes up for so many shifts at most: not for the whole time away."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One person's record so far: how often they were on the roster lately, and when last."""

    count: int = 0
    last: date = date.min


@dataclass(frozen=True, slots=True)
class Planned:
    """One shift to be kept: its day, and how many are wanted."""

    day: date
    places: int


def places_for(wanted: int, people: int) -> int:
    """How many places a shift has: as many as are wanted, if there are so many people; one at least.

    A workroom without anybody shows one hole, which its liaison sees.
    """
    return max(1, min(wanted, people))


def rotate(
    shifts: Sequence[Planned], people: Iterable[int], earlier: Mapping[int, Turn]
) -> list[tuple[int | None, ...]]:
    """For each shift in order who keeps each of its places; None where there is nobody.

    Who has served least goes first, of these who served longest ago, then by number: the same roster every
    time. Counts of earlier months weigh in, so that nobody gains by where a month is cut.
    """
    turns = _levelled(sorted(set(people)), earlier)
    roster: list[tuple[int | None, ...]] = []
    for shift in shifts:
        order = sorted(turns, key=lambda who: (turns[who].count, turns[who].last, who))
        chosen = order[: shift.places]
        for who in chosen:
            turns[who] = Turn(turns[who].count + 1, shift.day)
        roster.append((*chosen, *(None for _ in range(shift.places - len(chosen)))))
    return roster


def _levelled(people: Sequence[int], earlier: Mapping[int, Turn]) -> dict[int, Turn]:
    turns = {who: earlier.get(who, Turn()) for who in people}
    floor = max((turn.count for turn in turns.values()), default=0) - MOST_BEHIND
    return {who: Turn(max(turn.count, floor), turn.last) for who, turn in turns.items()}
