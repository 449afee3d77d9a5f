"""Numbers and codes that people read aloud: no 0/O, no 1/I."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 letters and digits that can't be mistaken for one another."""

CASE_LENGTH = 6
INVITE_LENGTH = 12
MOVE_LENGTH = 8
_CASE = re.compile(rf"(?<![0-9A-Za-z])([{ALPHABET}]{{4}})[- —–]?([{ALPHABET}]{{2}})(?![0-9A-Za-z])")


def spoken(number: str) -> str:
    """A case number as it is shown: `7K3F29` → `7K3F-29`."""
    return f"{number[:4]}-{number[4:]}"


def case_number_in(text: str) -> str | None:
    """The first case number in a text, as it is kept, or None.

    Small letters, full-width ones and a missing dash are taken; O, 0, I and 1 don't occur in numbers.
    A word of six letters only (`PLEASE`) is taken for a number too: looking it up decides.
    """
    found = _CASE.search(unicodedata.normalize("NFKC", text).upper())
    return found[1] + found[2] if found else None


def digest(secret: bytes, code: str) -> str:
    """What is stored of a one-time code: it can be checked, not read."""
    return hmac.new(secret, tidy(code).encode(), hashlib.sha256).hexdigest()


def tidy(code: str) -> str:
    """A typed code as it was printed: capital letters, without spaces and dashes."""
    plain = unicodedata.normalize("NFKC", code).upper()
    return "".join(letter for letter in plain if letter in ALPHABET)


def draw(length: int, choose: Callable[[int], int]) -> str:
    """A code of that length; `choose(n)` gives a random number below n."""
    return "".join(ALPHABET[choose(len(ALPHABET))] for _ in range(length))
