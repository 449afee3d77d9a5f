"""What a poster is drawn with, in millimetres from the upper left corner: areas, lines of text, QR codes."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import segno

WIDTH, HEIGHT = 210.0, 297.0
"""A4, upright."""

RED, INK, GREY, WHITE = (166, 20, 28), (26, 26, 26), (90, 90, 90), (255, 255, 255)
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Area:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: its size, the middle of its baseline's span, and where its baseline runs."""

    middle: float
    baseline: float
    size: float
    text: str
    colour: Colour = INK


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code with its upper left corner and edge; the white around it is the layout's affair."""

    x: float
    y: float
    edge: float
    holds: str


Mark = Area | Line | Code


MASK = 5
"""The pattern laid over a code's modules. OpenCV read 147 of 150 codes with the pattern of the least penalty,
145 to 149 with each fixed one (149 with this); to find the former takes five times as long."""


@lru_cache(maxsize=16)
def matrix(holds: str) -> tuple[bytes, ...]:
    """The rows of a QR code, 1 for dark; without the white around it."""
    return tuple(bytes(row) for row in segno.make(holds, error="m", micro=False, mask=MASK).matrix)


class Drawing(Protocol):
    """Makes a file of a poster's marks."""

    def draw(self, marks: list[Mark]) -> bytes:
        """The file's bytes."""
