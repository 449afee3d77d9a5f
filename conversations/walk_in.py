"""Somebody came into the workroom: what for, how many, and a request written down for them if they like."""

from collections.abc import Mapping
from typing import Any

from conversations.at_hand import FILES
from conversations.checks import request_text, tidy
from conversations.flow import Card, Choose, Context, Data, End, Flow, Write
from domain.effects import WalkIn
from domain.errors import Retry
from domain.visits import counted

KINDS = ("problem", "opinion", "suggestion", "advice", "other")
MOST = 200
"""People who come together; more is a mistyped number."""


def persons_text(text: str) -> str:
    """A count of people, in Chinese numerals too. Raises Retry."""
    number = counted(tidy(text))
    if number is None or number > MOST:
        raise Retry("walk_in.no_count", most=MOST)
    return str(number)


def _persons(data: Data) -> int:
    """How many, as far as it is known: a tap, or a number that was written, at once or when asked."""
    written = [one["id"] for one in data.get("found", ())]
    tapped = data.get("count") if data.get("persons") == "more" else data.get("persons")
    return int(tapped or (written[0] if written else 1))


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
    menu=True,
    first="kind",
    keeps_draft=True,
    given=("workroom",),
    steps={
        "kind": Choose(KINDS, "persons"),
        "persons": Choose(
            ("1", "2", "3", "more"),
            {"1": "what", "2": "what", "3": "what", "more": "count"},
            shows=_shows,
            looks_up="persons_written",
            found="what",
        ),
        "count": Write("what", persons_text, shows=_shows),
        "what": Choose(("record", "case"), {"record": "recorded", "case": "words"}, shows=_shows),
        "words": Write("card", request_text, FILES, shows=_shows, wants=("photo",)),
        "card": Card(("rewrite",), "recorded", FILES, "words", request_text, shows=_shows, ready=_ready),
        "rewrite": Write("card", request_text, FILES, into="words", shows=_shows),
        "recorded": End(_effect),
    },
)
