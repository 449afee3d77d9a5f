"""A poster as PDF: text as text in an embedded font, codes as areas, so that it is sharp at every size."""

from collections.abc import Iterator
from pathlib import Path

from fpdf import FPDF

from bot.posters.sheet import HEIGHT, WIDTH, Area, Code, Line, Mark, matrix

MM = 72 / 25.4
"""Points in a millimetre."""

OVERLAP = 0.02
"""Millimetres by which the rows of a code overlap: no hairline shows between them."""


class PdfDrawing:
    """Draws with this font, which holds nothing but what is needed."""

    def __init__(self, font: Path) -> None:
        self._font = font

    def draw(self, marks: list[Mark]) -> bytes:
        """One page of A4."""
        pdf = FPDF(unit="mm", format=(WIDTH, HEIGHT))
        pdf.set_auto_page_break(False)
        pdf.add_font("poster", "", self._font)
        pdf.add_page()
        for mark in marks:
            match mark:
                case Area():
                    pdf.set_fill_color(*mark.colour)
                    pdf.rect(mark.x, mark.y, mark.width, mark.height, "F")
                case Line():
                    _line(pdf, mark)
                case Code():
                    pdf.set_fill_color(0)
                    for x, y, wide, high in runs(mark):
                        pdf.rect(x, y, wide, high + OVERLAP, "F")
        return bytes(pdf.output())


def _line(pdf: FPDF, line: Line) -> None:
    pdf.set_font("poster", size=line.size * MM)
    pdf.set_text_color(*line.colour)
    pdf.text(line.middle - pdf.get_string_width(line.text) / 2, line.baseline, line.text)


def runs(code: Code) -> Iterator[tuple[float, float, float, float]]:
    """The dark parts of a code, each row's neighbours as one: x, y, width, height."""
    rows = matrix(code.holds)
    module = code.edge / len(rows)
    for down, row in enumerate(rows):
        start = None
        for across, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = across
            if not dark and start is not None:
                wide = (across - start) * module
                yield code.x + start * module, code.y + down * module, wide, module
                start = None
