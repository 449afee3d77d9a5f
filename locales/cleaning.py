"""Makes people's own words harmless to show: no control marks, no turned reading order, no half emoji."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, but not tab and line feed
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the reading order
    "\u200b\u2060\ufeff\ufff9-\ufffb\ud800-\udfff]"  # unseen spaces, annotations, half characters
)
_JOINER = "\u200d"
_MARKS = frozenset({"Mn", "Me", "Mc"})
_LONGEST = 32
"""Code points of one visible character that are kept; the longest real emoji has about ten."""


def clean(text: str) -> str:
    """The text without control characters and marks that change its reading order; tabs are spaces."""
    if text.isprintable():  # nothing of what is looked for below is
        return text
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", text)).replace("\t", " ")


def cleaned(value: Any) -> Any:
    """A parameter with every text in it clean, however deep it lies."""
    if isinstance(value, str):
        return value if value.isprintable() else clean(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, list | tuple):
        return [cleaned(inner) for inner in value]
    if isinstance(value, Mapping):
        return {key: cleaned(inner) for key, inner in value.items()}
    return value


_EACH_VISIBLE = re.compile(
    "[ -~\u00a1-\u02ff\u2010-\u2027\u2030-\u205e\u3000-\u3029\u3400-\u9fff\uff01-\uff9d]*"
)
"""Signs that stand alone, as in nearly all that people write here."""


def excerpt(text: str, most: int) -> str:
    """The first `most` visible characters on one line, with … when something was left out."""
    line = " ".join(clean(text).split())
    if _EACH_VISIBLE.fullmatch(line):
        return line if len(line) <= most else line[:most].rstrip() + "…"
    kept: list[str] = []
    for cluster in clusters(line):
        if len(kept) == most:
            return "".join(kept).rstrip() + "…"
        kept.append(cluster)
    return "".join(kept)


def clusters(text: str) -> Iterator[str]:
    """The visible characters: a letter with its accents, an emoji with all its parts."""
    current = ""
    for char in text:
        if current and _belongs(current, char):
            current += char
            continue
        if current:
            yield current[:_LONGEST]
        current = char
    if current:
        yield current[:_LONGEST]


def _belongs(current: str, char: str) -> bool:
    if char == _JOINER or current[-1] == _JOINER or unicodedata.category(char) in _MARKS:
        return True
    code = ord(char)
    if _is_flag_letter(code):
        return len(current) == 1 and _is_flag_letter(ord(current))
    return (
        0x1F3FB <= code <= 0x1F3FF  # skin
        or 0xE0020 <= code <= 0xE007F  # tags of a region's flag
        or 0x1160 <= code <= 0x11FF  # vowels and finals of Korean
    )


def _is_flag_letter(code: int) -> bool:
    return 0x1F1E6 <= code <= 0x1F1FF
