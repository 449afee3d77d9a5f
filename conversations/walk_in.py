"""Somebody came into the workroom: what for, how many, and a request written down for them if they like."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from conversations.at_hand import FILES
from conversations.checks import request_text, tidy
from conversations.flow import Card, Choose, Context, Data, End, Flow, Write
from domain.effects import WalkIn
from domain.errors import Retry

KINDS = ("problem", "opinion", "suggestion", "advice", "other")
_COUNT = re.compile(r"([0-9]{1,4})\s*[\u4eba\u4f4d]?")
MOST = 200
"""People who come together; more is a mistyped number."""


def persons_text(text: str) -> str:
    """A count of people. Raises Retry."""
    found = _COUNT.fullmatch(unicodedata.normalize("NFKC", tidy(text)))
    if found is None or not 1 <= int(found[1]) <= MOST:
        raise Retry("walk_in.no_count", most=MOST)
    return str(int(found[1]))


def _persons(data: Data) -> int:
    """How many, as far as it is known: a tap, or a number that was written."""
    told = data.get("count") if data.get("persons") == "more" else data.get("persons")
    return int(told) if told else 1


def _shows(data: Data, ctx: Context) -> Mapping[str, Any]:
    return {
        "kind": data.get("kind", ""),
        "persons": _persons(data),
        "words": data.get("words", ""),
        "files": len(data.get("files", ())),
    }


def _effect(data: Data, ctx: Context) -> WalkIn:
    return WalkIn(
        key=data["key"],
        workroom=int(data["workroom"]),
        kind=data["kind"],
        persons=_persons(data),
        words=data.get("words", ""),
        files=tuple(data.get("files", ())),
    )


def _ready(data: Data) -> None:
    if not data.get("words"):
        raise Retry("retry.say_a_sentence")


WALK_IN = Flow(
    name="walk_in",
    first="kind",
    keeps_draft=True,
    given=("workroom",),
    steps={
        "kind": Choose(KINDS, "persons"),
        "persons": Choose(
            ("1", "2", "3", "more"),
            {"1": "what", "2": "what", "3": "what", "more": "count"},
            shows=_shows,
        ),
        "count": Write("what", persons_text, shows=_shows),
        "what": Choose(("record", "case"), {"record": "recorded", "case": "words"}, shows=_shows),
        "words": Write("card", request_text, FILES, shows=_shows, wants=("photo",)),
        "card": Card(("rewrite",), "recorded", FILES, "words", request_text, shows=_shows, ready=_ready),
        "rewrite": Write("card", request_text, FILES, into="words", shows=_shows),
        "recorded": End(_effect),
    },
)
