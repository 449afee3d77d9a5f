"""Compares what people type with what could be chosen: width, case and punctuation don't matter."""

import re
import unicodedata
from functools import lru_cache

LONGEST = 60
"""Characters; whatever is longer names no choice."""

LATELY = 1024
"""Texts remembered: what somebody says is compared with one menu after the other."""

_BOT = re.compile(r"^(/\w+)@\w+$")
_HAN = re.compile("[\u3400-\u9fff]")
_SEPARATORS = re.compile("[\u3001\uff0c,\n]+")
_WEEKDAY = re.compile("[(\uff08]周[一二三四五六日天][)\uff09]")
_AROUND = frozenset("PZSC")
_VARIANT = "\ufe0f"


def normal(text: str) -> str:
    """The text as it is compared: NFKC, small letters, nothing around it, no spaces among Han characters."""
    return _normal(text) if len(text) <= LONGEST else ""


@lru_cache(maxsize=LATELY)
def _normal(text: str) -> str:
    folded = _BOT.sub(r"\1", unicodedata.normalize("NFKC", text).casefold().strip())
    words = _bare(folded).split()
    joined = " ".join(words) or "".join(folded.split())
    return joined.replace(" ", "") if _HAN.search(joined) else joined


def namings(label: str) -> tuple[str, str]:
    """What names a choice: its label, also without the day of the week, which people leave out."""
    return normal(label), normal(_WEEKDAY.sub("", label))


def _bare(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _is_around(text[start]):
        start += 1
    while end > start and _is_around(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_around(char: str) -> bool:
    return char == _VARIANT or unicodedata.category(char)[0] in _AROUND


def keywords(listed: str) -> frozenset[str]:
    """The keywords of a `….words` entry, ready to compare: parted by 、 or commas, or else by spaces.

    With 、 or commas a phrase in Latin letters may hold spaces (`my requests`).
    """
    found: set[str] = set()
    parts = [part.strip() for part in _SEPARATORS.split(listed)]
    phrases = len(parts) > 1
    for part in parts:
        found.update([part] if phrases and not _HAN.search(part) else part.split())
    return frozenset(normal(word) for word in found) - {""}
