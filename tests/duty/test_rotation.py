"""The roster goes round fairly, the same way every time, whatever came before."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.duty_rotation import MOST_BEHIND, Planned, Turn, places_for, rotate

FIRST = date(2026, 12, 1)
people = st.sets(st.integers(1, 40), max_size=12)
earlier = st.dictionaries(
    st.integers(1, 40), st.builds(Turn, st.integers(0, 30), st.dates(date(2026, 1, 1), date(2026, 11, 30)))
)
months = st.lists(st.integers(1, 4), max_size=12).map(
    lambda wanted: [Planned(FIRST + timedelta(days=n), places) for n, places in enumerate(wanted)]
)


@given(months, people, earlier)
def test_every_place_is_filled_once_by_somebody_of_the_workroom(
    shifts: list[Planned], who: set[int], before: dict[int, Turn]
) -> None:
    roster = rotate(shifts, who, before)
    assert [len(places) for places in roster] == [shift.places for shift in shifts]
    for places in roster:
        there = [person for person in places if person is not None]
        assert len(set(there)) == len(there) == min(len(places), len(who))
        assert set(there) <= who


@given(months, people, earlier)
def test_the_order_of_names_changes_nothing(
    shifts: list[Planned], who: set[int], before: dict[int, Turn]
) -> None:
    assert rotate(shifts, sorted(who), before) == rotate(shifts, sorted(who, reverse=True), before)


@given(months, people, earlier)
def test_nobody_gets_ahead_of_who_has_served_less(
    shifts: list[Planned], who: set[int], before: dict[int, Turn]
) -> None:
    roster = rotate(shifts, who, before)
    given_to = Counter(person for places in roster for person in places if person is not None)
    highest = max((before.get(p, Turn()).count for p in who), default=0)
    had = {p: max(before.get(p, Turn()).count, highest - MOST_BEHIND) for p in who}
    total = {p: had[p] + given_to[p] for p in who}
    spread = max(total.values(), default=0) - min(total.values(), default=0)
    most = max((shift.places for shift in shifts), default=0)
    if len(who) > most:  # a shift wants everybody otherwise, whoever has served less
        assert spread <= max(1, max(had.values()) - min(had.values()))


@given(st.lists(months, min_size=2, max_size=4), st.sets(st.integers(1, 40), min_size=5, max_size=12))
def test_months_one_by_one_give_the_same_as_all_at_once(many: list[list[Planned]], who: set[int]) -> None:
    """Where a month is cut is no advantage to anybody."""
    joined = [
        Planned(shift.day + timedelta(days=40 * month), shift.places)
        for month, shifts in enumerate(many)
        for shift in shifts
    ]
    whole, parts, turns = rotate(joined, who, {}), [], dict[int, Turn]()
    left = iter(joined)
    for shifts in many:
        part = [next(left) for _ in shifts]
        made = rotate(part, who, turns)
        for shift, places in zip(part, made, strict=True):
            for person in places:
                if person is not None:
                    turns[person] = Turn(turns.get(person, Turn()).count + 1, shift.day)
        parts += made
    assert parts == whole


def test_who_comes_new_makes_up_for_two_shifts_at_most() -> None:
    shifts = [Planned(FIRST + timedelta(days=n), 1) for n in range(6)]
    before = {1: Turn(12, FIRST), 2: Turn(12, FIRST)}
    assert [places[0] for places in rotate(shifts, (1, 2, 3), before)] == [3, 3, 1, 2, 3, 1]


def test_a_workroom_without_anybody_has_a_hole_to_be_seen() -> None:
    assert places_for(2, 0) == 1
    assert rotate([Planned(FIRST, 1)], (), {}) == [(None,)]
    assert places_for(2, 1) == 1 and places_for(2, 8) == 2
