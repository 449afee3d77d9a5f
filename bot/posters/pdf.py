"""A poster as PDF: text as text in an embedded font, codes as areas, so that it is sharp at every size."""

import re
from collections.abc import Iterator
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import RenderStyle
from fpdf.fonts import TTFFont

from bot.posters.sheet import HEIGHT, WIDTH, Area, Code, Line, Mark, matrix

MM = 72 / 25.4
"""Points in a millimetre."""

DARK = re.compile(b"\x01+")

OVERLAP = 0.02
"""Millimetres by which the areas of a code overlap downwards: no hairline shows between them."""


class PdfDrawing:
    """Draws with this font, which holds nothing but what is needed."""

    def __init__(self, font: Path) -> None:
        self._font = font

    def draw(self, marks: list[Mark]) -> bytes:
        """One page of A4."""
        pdf = FPDF(unit="mm", format=(WIDTH, HEIGHT))
        pdf.set_auto_page_break(False)
        pdf.add_font("poster", "", self._font)
        if isinstance(font := pdf.fonts["poster"], TTFFont):
            font.ttfont.recalcBBoxes = False  # its outlines are taken over as they are
        pdf.add_page()
        for mark in marks:
            match mark:
                case Area():
                    pdf.set_fill_color(*mark.colour)
                    pdf.rect(mark.x, mark.y, mark.width, mark.height, RenderStyle.F)
                case Line():
                    _line(pdf, mark)
                case Code():
                    pdf.set_fill_color(0)
                    for x, y, wide, high in runs(mark):
                        pdf.rect(x, y, wide, high + OVERLAP, RenderStyle.F)
        return bytes(pdf.output())


def _line(pdf: FPDF, line: Line) -> None:
    pdf.set_font("poster", size=line.size * MM)
    pdf.set_text_color(*line.colour)
    pdf.text(line.middle - pdf.get_string_width(line.text) / 2, line.baseline, line.text)


def runs(code: Code) -> Iterator[tuple[float, float, float, float]]:
    """The dark parts of a code, as few areas as they make: x, y, width, height."""
    rows = matrix(code.holds)
    module = code.edge / len(rows)
    begun: dict[tuple[int, int], int] = {}
    for down, row in enumerate([*rows, b""]):
        here = {found.span() for found in DARK.finditer(row)}
        for over in begun.keys() - here:
            top, (start, end) = begun.pop(over), over
            yield (
                code.x + start * module,
                code.y + top * module,
                (end - start) * module,
                (down - top) * module,
            )
        for span in here - begun.keys():
            begun[span] = down
