"""A poster as a picture: for screens, copy shops and whoever can't print a PDF."""

import io
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.posters.sheet import GREY, HEIGHT, INK, RED, WHITE, WIDTH, Area, Code, Line, Mark, matrix

INCH = 150
"""Dots to the inch: sharp in print, and quick to write."""

DOTS = INCH / 25.4

INKED = bytes([255, 0])
"""Light and dark as shades of grey."""

SHADES = 16
"""Steps between each colour and white: soft edges. Few colours are written in a third of the time."""


class PngDrawing:
    """Draws with this font."""

    def __init__(self, font: Path) -> None:
        self._font = font
        self._sizes: dict[int, ImageFont.FreeTypeFont] = {}

    def draw(self, marks: list[Mark]) -> bytes:
        """One page of A4 upright."""
        image = Image.new("RGB", (_dots(WIDTH), _dots(HEIGHT)), WHITE)
        pen = ImageDraw.Draw(image)
        for mark in marks:
            match mark:
                case Area():
                    corner = (_dots(mark.x + mark.width) - 1, _dots(mark.y + mark.height) - 1)
                    pen.rectangle(((_dots(mark.x), _dots(mark.y)), corner), mark.colour)
                case Line():
                    place = (_dots(mark.middle), _dots(mark.baseline))
                    pen.text(place, mark.text, mark.colour, self._sized(_dots(mark.size)), anchor="ms")
                case Code():
                    image.paste(_code(mark), (_dots(mark.x), _dots(mark.y)))
        out = io.BytesIO()
        few = image.quantize(palette=_palette(), dither=Image.Dither.NONE)
        few.save(out, "PNG", dpi=(INCH, INCH), compress_level=1)
        return out.getvalue()

    def _sized(self, dots: int) -> ImageFont.FreeTypeFont:
        if dots not in self._sizes:
            self._sizes[dots] = ImageFont.truetype(self._font, dots)
        return self._sizes[dots]


def _dots(millimetres: float) -> int:
    return round(millimetres * DOTS)


def _code(code: Code) -> Image.Image:
    """Whole dots for each module, so that every scanner reads it."""
    rows = [row.translate(INKED.ljust(256)) for row in matrix(code.holds)]
    small = Image.frombytes("L", (len(rows), len(rows)), b"".join(rows))
    edge = _dots(code.edge)
    return small.resize((edge, edge), Image.Resampling.NEAREST)


@lru_cache
def _palette() -> Image.Image:
    """Black, and each colour in its shades."""
    palette = Image.new("P", (1, 1))
    shades = [
        round(255 + (part - 255) * step / (SHADES - 1))
        for colour in (RED, INK, GREY)
        for step in range(SHADES)
        for part in colour
    ]
    palette.putpalette([0, 0, 0, *shades])
    return palette
