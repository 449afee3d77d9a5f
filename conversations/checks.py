"""Whether what somebody wrote will do: each check gives back the words as they are kept, or asks again."""

import re
import unicodedata
from collections.abc import Callable

from domain.errors import Retry

REQUEST_LIMIT = 2000
"""Characters of one request; longer ones are asked to be cut, nothing is thrown away silently."""

_INVISIBLE = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_WORDS = re.compile(r"[^\W_]", re.UNICODE)


def tidy(text: str) -> str:
    """Without control and direction marks, and not more than two empty lines together."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n")))
    return re.sub(r"\n{3,}", "\n\n", plain).strip()


def _text(least: int, most: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        words = tidy(text)
        if not words:
            raise Retry("retry.empty")
        if not _WORDS.search(words):
            raise Retry("retry.no_words")
        if len(words) < least:
            raise Retry("retry.too_short", least=least)
        if len(words) > most:
            raise Retry("retry.too_long", most=most, length=len(words))
        return words

    return check


request_text = _text(2, REQUEST_LIMIT)
"""A resident's request: two characters at least."""

answer_text = _text(2, REQUEST_LIMIT)
"""What staff write to be read by others."""

short_text = _text(1, 200)
"""A reason, a place."""

name_text = _text(1, 30)
"""How somebody wants to be called."""
