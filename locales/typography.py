"""Chinese punctuation in Chinese text: full-width, so that lines break and read as people expect."""

import re

_WIDE = str.maketrans({mark: chr(ord(mark) + 0xFEE0) for mark in ",;:!?()"})
_HAN = "\u3001\u3002\u3008-\u3011\u3400-\u9fff\uff01-\uff1f\u201c\u201d\u2026"
_PLACEHOLDER = r"\{\{.*?\}\}|\{%.*?%\}"
_WEEKDAY = r"\(周[一二三四五六日天]\)"
_KEEP = re.compile(f"({_PLACEHOLDER}|{_WEEKDAY}|https?://\\S+)", re.DOTALL)
_BESIDE = re.compile(f"(?<=[{_HAN}])[,;:!?()]|[,;:!?()](?=[{_HAN}])")
_SPACED = re.compile("([\uff0c\uff1b\uff1a\uff01\uff1f]) +")


def full_width(text: str) -> str:
    """The text with full-width `,;:!?()` where Chinese stands beside; dates and placeholders stay.

    A placeholder counts as Chinese where the text has any: what fills it mostly is.
    """
    if not re.search("[\u3400-\u9fff]", _KEEP.sub("", text)):
        return text
    parts = _KEEP.split(text)
    return _SPACED.sub(r"\1", "".join(_part(parts, at) for at in range(len(parts))))


def _part(parts: list[str], at: int) -> str:
    if at % 2:
        return parts[at]
    before = "某" if at else ""
    after = "某" if at + 1 < len(parts) else ""
    framed = _widened(before + parts[at] + after)
    return framed[len(before) : len(framed) - len(after)]


def _widened(text: str) -> str:
    wide = _BESIDE.sub(lambda mark: mark[0].translate(_WIDE), text)
    return wide if wide == text else _widened(wide)
