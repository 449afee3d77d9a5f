"""Distances on earth, for finding the workrooms nearest to somebody."""

import math
from dataclasses import dataclass

EARTH = 6_371_008.8
"""The earth's mean radius in metres."""


@dataclass(frozen=True, slots=True)
class Box:
    """An area between two latitudes and two longitudes, in degrees; it may lie across the date line."""

    south: float
    north: float
    west: float
    east: float

    @property
    def wraps(self) -> bool:
        """Whether it lies across 180°: then it holds what is east of `west` or west of `east`."""
        return self.west > self.east


def distance(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Metres along the great circle between two positions in degrees (haversine)."""
    a, b = math.radians(latitude), math.radians(to_latitude)
    half_north = math.sin((b - a) / 2)
    half_east = math.sin(math.radians(to_longitude - longitude) / 2)
    chord = half_north**2 + math.cos(a) * math.cos(b) * half_east**2
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, chord)))


def box(latitude: float, longitude: float, metres: float) -> Box:
    """A box that holds everything within so many metres of a position (and a little more)."""
    reach = math.degrees(metres / EARTH) * 1.001
    south, north = max(-90.0, latitude - reach), min(90.0, latitude + reach)
    if south == -90.0 or north == 90.0:  # a pole is inside: every longitude is near
        return Box(south, north, -180.0, 180.0)
    wide = math.degrees(math.asin(min(1.0, math.sin(math.radians(reach)) / math.cos(math.radians(latitude)))))
    if wide >= 90:
        return Box(south, north, -180.0, 180.0)
    return Box(south, north, _turned(longitude - wide), _turned(longitude + wide))


def _turned(longitude: float) -> float:
    """The same longitude between -180 and 180."""
    return (longitude + 180) % 360 - 180 if not -180 <= longitude <= 180 else longitude
