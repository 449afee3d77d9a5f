"""Chinese map services shift every position by some hundred metres (GCJ-02); this takes the shift away."""

from math import cos, pi, radians, sin, sqrt

_AXIS, _ECCENTRICITY = 6_378_245.0, 0.006_693_421_622_965_943
"""Krasovsky's ellipsoid, which the shift is reckoned on: metres, and the square of its eccentricity."""

NORTH, EAST = (0.8293, 55.8271), (72.004, 137.8347)
"""Latitudes and longitudes between which positions are shifted."""


def unshifted(latitude: float, longitude: float) -> tuple[float, float]:
    """The WGS 84 position of one in GCJ-02, in degrees, to within a metre; elsewhere as it is."""
    if not (NORTH[0] <= latitude <= NORTH[1] and EAST[0] <= longitude <= EAST[1]):
        return latitude, longitude
    north, east = latitude, longitude
    for _ in range(3):  # each round leaves a hundredth of the error
        shifted = shift(north, east)
        north, east = north - (shifted[0] - latitude), east - (shifted[1] - longitude)
    return north, east


def shift(latitude: float, longitude: float) -> tuple[float, float]:
    """The GCJ-02 position of one in WGS 84."""
    x, y = longitude - 105.0, latitude - 35.0
    bend = 1 - _ECCENTRICITY * sin(radians(latitude)) ** 2
    north = _north(x, y) / (_AXIS * (1 - _ECCENTRICITY) / (bend * sqrt(bend)) * pi / 180)
    east = _east(x, y) / (_AXIS / sqrt(bend) * cos(radians(latitude)) * pi / 180)
    return latitude + north, longitude + east


def _north(x: float, y: float) -> float:
    """Metres to the north."""
    plain = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    return plain + _waves(x, 20.0) + _slow(y, (20.0, 40.0, 160.0, 320.0), (1, 3, 12, 30))


def _east(x: float, y: float) -> float:
    """Metres to the east."""
    plain = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    return plain + _waves(x, 20.0) + _slow(x, (20.0, 40.0, 150.0, 300.0), (1, 3, 12, 30))


def _waves(x: float, height: float) -> float:
    return (height * sin(6.0 * x * pi) + height * sin(2.0 * x * pi)) * 2.0 / 3.0


def _slow(at: float, heights: tuple[float, ...], lengths: tuple[int, ...]) -> float:
    waves = zip(heights, lengths, strict=True)
    return sum(height * sin(at * pi / length) for height, length in waves) * 2.0 / 3.0
