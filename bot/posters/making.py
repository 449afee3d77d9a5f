"""Makes many posters: laid out once, drawn by as many processes as there are processors."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.posters.content import Poster
from bot.posters.fonts import Font, MissingGlyph
from bot.posters.layout import laid_out
from bot.posters.pdf import PdfDrawing
from bot.posters.png import PngDrawing
from bot.posters.sheet import Drawing, Mark

AT_ONCE = 20
"""Posters that one process is given at a time."""

FEW = 40
"""So many are drawn here: other processes take longer to start."""


class Hole(Exception):
    """A poster has a character that the font doesn't."""

    def __init__(self, code: str, character: str) -> None:
        super().__init__(f"{code}: U+{ord(character):04X}")
        self.code, self.character = code, character


def make(posters: Sequence[Poster], font: Font, folder: Path) -> Iterator[int]:
    """Write `<code>.pdf` and `<code>.png` for each; gives how many were made since the last time.

    Raises Hole and BadFont before anything is written.
    """
    for poster in posters:
        try:
            font.check(poster.text)
        except MissingGlyph as missing:
            raise Hole(poster.code, missing.character) from None
    sheets = [(poster.code, laid_out(poster, font.width)) for poster in posters]
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as beside:
        small = font.only((poster.text for poster in posters), Path(beside))
        yield from _drawn(sheets, small, folder)


Sheet = tuple[str, list[Mark]]


def _drawn(sheets: Sequence[Sheet], font: Path, folder: Path) -> Iterator[int]:
    pieces = [sheets[start : start + AT_ONCE] for start in range(0, len(sheets), AT_ONCE)]
    if len(sheets) <= FEW:
        for piece in pieces:
            yield draw(piece, font, folder)
        return
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=fresh) as workers:
        under_way: list[Future[int]] = [workers.submit(draw, piece, font, folder) for piece in pieces]
        for done in as_completed(under_way):
            yield done.result()


def draw(sheets: Sequence[Sheet], font: Path, folder: Path) -> int:
    """Draw these; how many there were."""
    drawings: dict[str, Drawing] = {"pdf": PdfDrawing(font), "png": PngDrawing(font)}
    for code, marks in sheets:
        for ending, drawing in drawings.items():
            (folder / f"{code}.{ending}").write_bytes(drawing.draw(marks))
    return len(sheets)
