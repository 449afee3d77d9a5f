"""Posters hold the codes they should, in both kinds of file, to the last module."""

import io
from pathlib import Path

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.posters.fonts import Font
from bot.posters.pdf import PdfDrawing, runs
from bot.posters.png import DOTS, PngDrawing
from bot.posters.sheet import GREY, INK, RED, WHITE, WIDTH, Area, Code, Line, Mark, matrix

ADDRESSES = (
    "http://weixin.qq.com/q/02ABCDefghijk1000",
    "https://t.me/some_district_bot?start=w_LJ01",
    "https://workroom.example.gov.cn/?start=w_LJ01",
)
TEXT = "党代表工作室"


@pytest.fixture(scope="module")
def font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Font.chosen(None).only([TEXT], tmp_path_factory.mktemp("font"))


@pytest.mark.parametrize("holds", ADDRESSES)
def test_a_code_is_as_large_as_the_one_of_the_least_penalty(holds: str) -> None:
    assert len(matrix(holds)) == segno.make(holds, error="m", micro=False).symbol_size(border=0)[0]


@given(st.sampled_from(ADDRESSES), st.integers(0, 10**6))
def test_the_areas_of_a_pdf_cover_the_dark_modules_and_no_others(address: str, number: int) -> None:
    code = Code(10, 20, 60, f"{address}{number}")
    rows = matrix(code.holds)
    module = code.edge / len(rows)
    covered = [bytearray(len(rows)) for _ in rows]
    for x, y, wide, high in runs(code):
        left, top = round((x - code.x) / module), round((y - code.y) / module)
        for down in range(top, top + round(high / module)):
            for across in range(left, left + round(wide / module)):
                assert not covered[down][across], "each module once"
                covered[down][across] = 1
    assert tuple(map(bytes, covered)) == rows


@pytest.mark.parametrize("holds", ADDRESSES)
def test_the_modules_of_a_picture_are_those_of_the_code(font: Path, holds: str) -> None:
    code = Code(30, 40, 37, holds)
    image = Image.open(io.BytesIO(PngDrawing(font).draw([code]))).convert("L")
    rows = matrix(holds)
    module = code.edge / len(rows)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            x, y = code.x + (across + 0.5) * module, code.y + (down + 0.5) * module
            assert image.getpixel((round(x * DOTS), round(y * DOTS))) == (0 if dark else 255)


def test_colours_are_what_they_are_called(font: Path) -> None:
    """Text has soft edges towards what it stands on: white on red, any other colour on white."""
    marks: list[Mark] = [Area(0, 0, WIDTH, 50, RED), Line(60, 30, 20, TEXT, WHITE)]
    marks += [Line(60, 100, 20, TEXT, INK), Line(60, 150, 20, TEXT, GREY)]
    image = Image.open(io.BytesIO(PngDrawing(font).draw(marks))).convert("RGB")

    def found(top: float, bottom: float) -> list[object]:
        """The two colours that most of a strip is made of."""
        strip = image.crop((0, round(top * DOTS), image.width, round(bottom * DOTS)))
        return [colour for _, colour in sorted(strip.getcolors() or [], reverse=True)[:2]]

    assert found(0, 49) == [RED, WHITE]
    assert found(80, 105) == [WHITE, INK]
    assert found(130, 155) == [WHITE, GREY]


def test_text_in_a_pdf_can_be_read_by_programs(font: Path) -> None:
    """Its characters are named in the file, and their outlines are in it."""
    made = PdfDrawing(font).draw([Line(60, 100, 20, TEXT, INK)])
    assert made.startswith(b"%PDF") and b"FontFile2" in made and b"ToUnicode" in made
