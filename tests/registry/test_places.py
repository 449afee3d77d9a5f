"""Distances on earth, and the boxes that bound them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.places import EARTH, box, distance

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)


def test_known_distances() -> None:
    assert distance(0, 0, 0, 1) == pytest.approx(111_195, rel=1e-4)
    assert distance(39.9042, 116.4074, 31.2304, 121.4737) == pytest.approx(1_067_000, rel=0.01)
    assert distance(0, 0, 0, 180) == pytest.approx(3.141592653589793 * EARTH)


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_both_ways_are_equally_long(a: float, b: float, c: float, d: float) -> None:
    assert distance(a, b, c, d) == pytest.approx(distance(c, d, a, b), abs=1e-3)
    assert distance(a, b, a, b) == 0


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES, st.floats(1, 20_100_000))
def test_whatever_is_near_lies_in_the_box(a: float, b: float, c: float, d: float, metres: float) -> None:
    area = box(a, b, metres)
    if distance(a, b, c, d) > metres:
        return
    assert area.south <= c <= area.north
    if area.wraps:
        assert d >= area.west or d <= area.east
    else:
        assert area.west <= d <= area.east


def test_a_box_across_the_date_line() -> None:
    area = box(0, 179.99, 5_000)
    assert area.wraps
    assert -180 < area.east < -179.9
