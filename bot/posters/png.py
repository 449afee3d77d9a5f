"""A poster as a picture: for screens, copy shops and whoever can't print a PDF.

Drawn in the colours' numbers from the beginning: nothing has to be counted or matched afterwards.
"""

import io
import zlib
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.posters.sheet import GREY, HEIGHT, INK, RED, WHITE, WIDTH, Area, Code, Colour, Line, Mark, matrix

INCH = 150
"""Dots to the inch: sharp in print, and quick to write."""

DOTS = INCH / 25.4

SHADES = 5
"""Steps between each colour and white: soft edges."""

COLOURS = (RED, INK, GREY)
PAPER, BLACK = 0, len(COLOURS) * SHADES
"""Numbers in the palette: the first colour's lightest shade is white."""

INKED = bytes([PAPER, BLACK]).ljust(256)
"""Light and dark modules."""

LINES = 64
"""Lines that are kept drawn: most stand on every poster."""


class PngDrawing:
    """Draws with this font."""

    def __init__(self, font: Path) -> None:
        self._font = font
        self._drawn = lru_cache(LINES)(self._draw)

    def draw(self, marks: list[Mark]) -> bytes:
        """One page of A4 upright."""
        image = Image.new("P", (_dots(WIDTH), _dots(HEIGHT)), PAPER)
        image.putpalette(_palette())
        for mark in marks:
            match mark:
                case Area():
                    right, bottom = mark.x + mark.width, mark.y + mark.height
                    box = (_dots(mark.x), _dots(mark.y), _dots(right), _dots(bottom))
                    image.paste(_full(mark.colour), box)
                case Line():
                    tile, left, top = self._drawn(mark.text, _dots(mark.size), mark.colour)
                    image.paste(tile, (_dots(mark.middle) + left, _dots(mark.baseline) + top))
                case Code():
                    image.paste(_code(mark), (_dots(mark.x), _dots(mark.y)))
        out = io.BytesIO()
        image.save(out, "PNG", dpi=(INCH, INCH), compress_level=1, compress_type=zlib.Z_RLE)
        return out.getvalue()

    def _draw(self, text: str, dots: int, colour: Colour) -> tuple[Image.Image, int, int]:
        """A line, and where it stands from the middle of its baseline; white is written on red."""
        font = _sized(self._font, dots)
        left, top, right, bottom = (round(edge) for edge in font.getbbox(text, anchor="ms"))
        ink = Image.new("L", (right - left, bottom - top), 0)
        ImageDraw.Draw(ink).text((-left, -top), text, 255, font, anchor="ms")
        return ink.point(_shades(colour), "P"), left, top


@lru_cache
def _sized(font: Path, dots: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font, dots)


def _dots(millimetres: float) -> int:
    return round(millimetres * DOTS)


def _code(code: Code) -> Image.Image:
    """Whole dots for each module, so that every scanner reads it."""
    rows = [row.translate(INKED) for row in matrix(code.holds)]
    small = Image.frombytes("P", (len(rows), len(rows)), b"".join(rows))
    edge = _dots(code.edge)
    return small.resize((edge, edge), Image.Resampling.NEAREST)


def _full(colour: Colour) -> int:
    """The number of a colour without any white in it."""
    return PAPER if colour == WHITE else (COLOURS.index(colour) + 1) * SHADES - 1


@lru_cache
def _shades(colour: Colour) -> list[int]:
    """For each grade of ink (0 to 255) the number of its shade."""
    on_red, most = colour == WHITE, SHADES - 1
    first = COLOURS.index(RED if on_red else colour) * SHADES
    steps = [round(grade / 255 * most) for grade in range(256)]
    return [first + (most - step if on_red else step) for step in steps]


@lru_cache
def _palette() -> list[int]:
    """Each colour in its shades, from white on, and black."""
    shades = [
        round(255 + (part - 255) * step / (SHADES - 1))
        for colour in COLOURS
        for step in range(SHADES)
        for part in colour
    ]
    return [*shades, 0, 0, 0]
