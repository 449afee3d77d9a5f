"""What a resident adds to a case: words, photos, a voice, a position, seen on a card and sent by one tap."""

from collections.abc import Mapping
from typing import Any

from conversations.checks import request_text
from conversations.flow import WORDS_AND_FILES, Card, Context, Data, End, Flow, Write
from domain.effects import Act
from domain.errors import Retry

GIVEN = ("case",)
"""What such a conversation begins with, and keeps when it begins anew."""


def about(data: Data, ctx: Context) -> Mapping[str, Any]:
    """The case it is about, and what was gathered so far."""
    return {
        **ctx[f"own_case:{data['case']}"],
        "words": data.get("words", ""),
        "place": data.get("place", ""),
        "files": len(data.get("files", ())),
        "pinned": "position" in data,
    }


def not_empty(data: Data) -> None:
    """Something must be there to send. Raises Retry."""
    if not (data.get("words") or data.get("files") or data.get("position")):
        raise Retry("retry.empty")


def act(action: str, data: Data) -> Act:
    """The action with everything gathered; a position goes along as text, for staff to open."""
    facts = {"place": data["place"]} if data.get("place") else {}
    if data.get("position"):
        facts["position"] = "{:.5f},{:.5f}".format(*data["position"])
    return Act(data["case"], action, data["key"], data.get("words", ""), tuple(data.get("files", ())), facts)


def addition(name: str, action: str) -> Flow:
    """A conversation that ends in this action; begun `at="card"` with words it takes one tap."""
    return Flow(
        name=name,
        first="words",
        keeps_draft=True,
        given=GIVEN,
        steps={
            "words": Write(
                "card",
                request_text,
                WORDS_AND_FILES,
                enough=WORDS_AND_FILES,
                shows=about,
                wants=("photo", "position"),
            ),
            "card": Card(
                ("rewrite",),
                "sent",
                accepts=WORDS_AND_FILES,
                adds_to="words",
                check=request_text,
                shows=about,
                ready=not_empty,
            ),
            "rewrite": Write("card", request_text, WORDS_AND_FILES, into="words", shows=about),
            "sent": End(lambda data, ctx: act(action, data)),
        },
    )
