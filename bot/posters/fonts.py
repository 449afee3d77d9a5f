"""The font of posters: every character of theirs must be in it, and only those go into a PDF."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pylopdf_fonts_zh_cn
from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, TTLibError, newTable

DROPPED = ("GSUB", "GPOS", "VORG", "vhea", "vmtx", "BASE")
"""Tables for composing text, which posters don't need."""


LIMITS = (
    "maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
    "maxStackElements", "maxSizeOfInstructions", "maxComponentElements", "maxPoints", "maxContours",
    "maxCompositePoints", "maxCompositeContours", "maxComponentDepth",
)  # fmt: skip
"""What a TrueType font says of its instructions: there are none; of its outlines: counted on saving."""


class BadFont(Exception):
    """The file is no font that can be read."""


class MissingGlyph(Exception):
    """A character the font doesn't have: it would be a hole in the poster."""

    def __init__(self, character: str) -> None:
        super().__init__(character)
        self.character = character


@dataclass(frozen=True)
class Font:
    """A font's file."""

    path: Path

    @classmethod
    def chosen(cls, path: Path | None) -> "Font":
        """The one that was set, or Noto Sans SC."""
        return cls(path or pylopdf_fonts_zh_cn.sans_path())

    def check(self, text: str) -> None:
        """Raises MissingGlyph, BadFont."""
        for character in text:
            if character != "\n" and ord(character) not in self._glyphs:
                raise MissingGlyph(character)

    def width(self, text: str) -> float:
        """How wide a line is, as a multiple of its size."""
        wide, units = self._widths
        return sum(wide[self._glyphs[ord(character)]][0] for character in text) / units

    def only(self, texts: Iterable[str], folder: Path) -> Path:
        """The font with no other characters than these, in this folder: small enough for every PDF."""
        options = subset.Options()
        options.layout_features, options.hinting, options.notdef_outline = [], False, True
        options.drop_tables += DROPPED
        font = self._opened()
        worker = subset.Subsetter(options)
        worker.populate(text="".join(sorted(set("".join(texts)))))
        worker.subset(font)
        if "CFF " in font:
            _as_truetype(font)
        file = folder / "poster.ttf"
        font.save(file)
        return file

    def _opened(self) -> TTFont:
        try:
            return TTFont(io.BytesIO(self.path.read_bytes()), lazy=True)
        except (OSError, TTLibError) as trouble:
            raise BadFont(type(trouble).__name__) from None

    @cached_property
    def _glyphs(self) -> dict[int, str]:
        found: dict[int, str] = self._opened().getBestCmap()
        return found

    @cached_property
    def _widths(self) -> tuple[dict[str, tuple[int, int]], int]:
        font = self._opened()
        return dict(font["hmtx"].metrics), font["head"].unitsPerEm


def _as_truetype(font: TTFont) -> None:
    """Cubic outlines as quadratic ones, to within a thousandth: each PDF's own part is then taken quickly."""
    order, outlines = font.getGlyphOrder(), font.getGlyphSet()
    drawn = {}
    for name in order:
        pen = TTGlyphPen(outlines)
        outlines[name].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
        drawn[name] = pen.glyph()
    font["loca"], glyf = newTable("loca"), newTable("glyf")
    font["glyf"] = glyf
    glyf.glyphOrder, glyf.glyphs = order, drawn
    for name, glyph in drawn.items():
        glyph.recalcBounds(glyf)
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(glyph, "xMin", 0))
    font["maxp"].tableVersion = 0x00010000
    for limit in LIMITS:
        setattr(font["maxp"], limit, 1 if limit == "maxZones" else 0)
    font["post"].formatType, font["post"].extraNames, font["post"].mapping = 2.0, [], {}
    del font["CFF "]
    font.sfntVersion = "\000\001\000\000"
