"""Positions that a map shows are shifted in China; what is kept is where somebody stood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.mars import shift, unshifted
from domain.places import distance


def test_tiananmen_is_found_where_it_stands() -> None:
    """A pair published with several map services' own converters."""
    north, east = shift(39.907333, 116.391083)
    assert distance(north, east, 39.908734, 116.397324) < 1
    assert distance(*unshifted(39.908734, 116.397324), 39.907333, 116.391083) < 1


@given(st.floats(18, 53), st.floats(74, 134))
def test_the_shift_is_taken_away_to_within_a_metre(north: float, east: float) -> None:
    assert distance(*unshifted(*shift(north, east)), north, east) < 1
    assert distance(*shift(north, east), north, east) < 2000


@pytest.mark.parametrize("where", [(48.2, 16.4), (-33.9, 151.2), (35.7, 139.7), (0.0, 0.0)])
def test_elsewhere_nothing_is_shifted(where: tuple[float, float]) -> None:
    assert unshifted(*where) == where
