"""When one may check in, from where, and how long counts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import duty_presence as presence
from domain.duty import Slot, SlotState
from domain.messages import Position
from domain.terms import Terms
from tests.duty.ledger import MORNING, shift

TERMS = Terms()
ROOM = (30.3125, 119.0841)
SLOT = Slot(1, shift(0), 0, 7, SlotState.TAKEN)
minutes = st.integers(-200, 400)


@pytest.mark.parametrize(
    "seen, accuracy, verdict",
    [
        ((30.3126, 119.0842), 20, "here"),
        ((30.3126, 119.0842), None, "no_accuracy"),
        ((30.3126, 119.0842), float("nan"), "no_accuracy"),
        ((30.3126, 119.0842), -5, "no_accuracy"),
        ((30.3126, 119.0842), float("inf"), "no_accuracy"),
        ((30.3126, 119.0842), 5000, "inaccurate"),
        ((30.3161, 119.0841), 120, "here"),
        ((30.3161, 119.0841), 20, "far"),
        ((32.1, 119.0841), 20, "far"),
        ((32.1, 119.0841), 250_000, "inaccurate"),
    ],
)
def test_where_somebody_is(seen: tuple[float, float], accuracy: float | None, verdict: str) -> None:
    assert presence.sighted(ROOM, Position(*seen, accuracy), TERMS).verdict == verdict


@pytest.mark.parametrize(
    "counted_as, seen, verdict",
    [
        (100, (30.3126, 119.0842), "here"),
        (100, (30.3156, 119.0841), "here"),
        (20, (30.3156, 119.0841), "far"),
        (100, (32.1, 119.0841), "far"),
        (301, (30.3126, 119.0842), "untold"),
    ],
)
def test_where_no_accuracy_is_ever_told_the_districts_counts(
    counted_as: int, seen: tuple[float, float], verdict: str
) -> None:
    terms = replace(TERMS, check_in_untold_metres=counted_as)
    for claimed in (None, 1.0):
        assert presence.sighted(ROOM, Position(*seen, claimed, untold=True), terms).verdict == verdict


def test_200_km_away_the_distance_is_said() -> None:
    far = presence.sighted(ROOM, Position(32.1125, 119.0841, 20), TERMS)
    assert far.verdict == "far" and 199_000 < far.metres < 201_000
    assert presence.sighted((None, None), Position(*ROOM, 20), TERMS).verdict == "no_position"


@pytest.mark.parametrize("late, verdict", [(-61, "early"), (-60, "now"), (179, "now"), (180, "over")])
def test_when_one_may_check_in(late: int, verdict: str) -> None:
    assert presence.when(SLOT, MORNING + timedelta(minutes=late), TERMS) == verdict


def there(since: int) -> Slot:
    at = MORNING + timedelta(minutes=since)
    return replace(SLOT, arrived_at=at, since=at)


@given(minutes, minutes)
def test_time_is_counted_within_the_shift_and_never_negative(came: int, went: int) -> None:
    left = presence.leave(there(came), MORNING + timedelta(minutes=went))
    assert 0 <= left.minutes <= 180
    assert left.minutes == max(0, min(went, 180) - max(came, 0))
    assert left.left_at is not None and left.arrived_at is not None and left.left_at >= left.arrived_at
    again = presence.settle(left, TERMS)
    assert again.minutes == left.minutes and again.state == SlotState.DONE


def test_half_a_day_with_a_little_grace() -> None:
    assert presence.settle(there(14), TERMS).counts
    assert not presence.settle(there(20), TERMS).counts
    short = replace(there(0), shift=shift(0, hours=2))
    assert not presence.settle(short, TERMS).counts, "two hours are not half a day"


def test_going_out_and_coming_back_adds_up() -> None:
    out = presence.leave(there(0), MORNING + timedelta(minutes=60))
    back = replace(out, since=MORNING + timedelta(minutes=90), left_at=None)
    assert presence.settle(back, TERMS).minutes == 150


def test_nobody_there_is_missed_and_a_hole_stays_a_hole() -> None:
    assert presence.settle(SLOT, TERMS).state == SlotState.MISSED
    hole = replace(SLOT, holder=None, state=SlotState.OPEN)
    assert presence.settle(hole, TERMS).state == SlotState.OPEN


def test_corrections_go_both_ways() -> None:
    missed = presence.settle(SLOT, TERMS)
    times = (MORNING - timedelta(minutes=5), MORNING + timedelta(hours=3))
    done = presence.corrected(missed, times, TERMS)
    assert (done.state, done.minutes, done.counts) == (SlotState.DONE, 180, True)
    gone = presence.corrected(done, None, TERMS)
    assert (gone.state, gone.minutes, gone.counts) == (SlotState.MISSED, 0, False)
