"""What arrives, made fit at the door: nothing no database takes, nothing longer than anybody writes."""

import math
import re
import unicodedata
from dataclasses import replace

from domain.messages import File, Inbound, Other, Position, Press, Start, Text, What

LONGEST = 20_000
"""Characters that are looked at: enough to say how long a text is that is too long."""

LABEL = 200
"""Characters of a place's name, as cases keep it."""

_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL, which PostgreSQL refuses, and halves of characters, which no encoding knows."""


def clean(inbound: Inbound) -> Inbound:
    """The same arrival, fit to be kept; a place that is nowhere becomes something we can't use."""
    what, quoted = _cleaned(inbound.what), _plain(inbound.quoted)
    if what is inbound.what and quoted is inbound.quoted:
        return inbound
    return replace(inbound, what=what, quoted=quoted)


def _cleaned(what: What) -> What:
    match what:
        case Text(text):
            plain = _plain(text)
            return what if plain is text else Text(plain)
        case Press(data):
            plain = _plain(data)
            return what if plain is data else Press(plain)
        case Start(payload):
            return Start(_plain(payload))
        case File():
            return replace(what, caption=_plain(what.caption), album=_plain(what.album))
        case Position(latitude, longitude):
            somewhere = math.isfinite(latitude) and math.isfinite(longitude)
            return replace(what, label=_line(what.label)) if somewhere else Other("location")
    return what


def _plain(text: str) -> str:
    if len(text) <= LONGEST and not _UNWRITABLE.search(text):
        return text
    return _UNWRITABLE.sub("", text[:LONGEST])


def _line(text: str) -> str:
    """A name on one line, without marks that nobody sees."""
    seen = "".join(" " if letter.isspace() else letter for letter in _plain(text))
    return " ".join("".join(c for c in seen if unicodedata.category(c) not in ("Cc", "Cf")).split())[:LABEL]
