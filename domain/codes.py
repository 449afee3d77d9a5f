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
CLAIM_LENGTH = 10
ROOM_LENGTH = 5
_CASE = re.compile(rf"(?<![0-9A-Za-z])([{ALPHABET}]{{4}})[- —–]?([{ALPHABET}]{{2}})(?![0-9A-Za-z])")
_PAYLOAD = re.compile(r"(?:https?://\S+[?&]start=)?([wWiIcC])(_[A-Za-z0-9_-]{1,62})", re.ASCII)


def payload_in(text: str) -> str | None:
    """What a link or poster carries, when a message is nothing else: `w_LJ01`, `i_…`, `c_…`, `/start …`.

    A whole link with it is taken too; a telephone that begins every message with a capital does no harm.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.startswith("/start"):
        return plain.partition(" ")[2].strip()
    found = _PAYLOAD.fullmatch(plain)
    return found[1].lower() + found[2] if found else None


def spoken(number: str) -> str:
    """A case number as it is shown: `7K3F29` → `7K3F-29`."""
    return f"{number[:4]}-{number[4:]}"


def case_number(choose: Callable[[int], int]) -> str:
    """A new case's number: never letters alone, which could be a word that somebody writes."""
    number = draw(CASE_LENGTH, choose)
    while number.isalpha():
        number = draw(CASE_LENGTH, choose)
    return number


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


def day_code(secret: bytes, workroom: int, day: str) -> str:
    """A workroom's code of the day: whoever reads it off the wall was there; tomorrow it is another."""
    return _derived(secret, f"room of the day/{workroom}/{day}", ROOM_LENGTH)


def claim_code(secret: bytes, key: str) -> str:
    """The code that gives away what a conversation of this key has opened; made again it is the same."""
    return _derived(secret, f"claim/{key}", CLAIM_LENGTH)


def _derived(secret: bytes, what: str, length: int) -> str:
    made = hmac.new(secret, what.encode(), hashlib.sha256).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in made[:length])


def screen_token(secret: bytes, workroom: int) -> str:
    """What makes the address of a workroom's screen unguessable."""
    return hmac.new(secret, f"room screen/{workroom}".encode(), hashlib.sha256).hexdigest()[:32]


def tidy(code: str) -> str:
    """A typed code as it was printed: capital letters, without spaces and dashes."""
    plain = unicodedata.normalize("NFKC", code).upper()
    return "".join(letter for letter in plain if letter in ALPHABET)


def looks_like_code(text: str) -> str | None:
    """`i` for a typed invite, `m` for a device's code, `c` for a case's, None for anything else."""
    plain = tidy(text)
    written = "".join(letter for letter in text if letter.isalnum())
    if len(plain) != len(written) or not written.isascii():
        return None
    return {INVITE_LENGTH: "i", MOVE_LENGTH: "m", CLAIM_LENGTH: "c"}.get(len(plain))


def draw(length: int, choose: Callable[[int], int]) -> str:
    """A code of that length; `choose(n)` gives a random number below n."""
    letters, number = "", choose(len(ALPHABET) ** length)
    for _ in range(length):
        number, place = divmod(number, len(ALPHABET))
        letters += ALPHABET[place]
    return letters
