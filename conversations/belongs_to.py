"""Something was sent that may belong to a case, to the unfinished request, or be a new one: it is asked."""

from collections.abc import Mapping
from typing import Any

from conversations.additions import act
from conversations.checks import request_text
from conversations.flow import WORDS_AND_FILES, Choose, Context, Data, End, Flow, FromData
from domain.effects import Act, DraftRequest


def _shows(data: Data, ctx: Context) -> Mapping[str, Any]:
    """What was sent, and each case it may belong to; `why` is `asked`, `filed` (just now) or `draft`."""
    return {
        "words": data.get("words", ""),
        "files": len(data.get("files", ())),
        "pinned": "position" in data,
        "why": data["why"],
        "cases": [option for option in data["options"] if "number" in option],
    }


def _next(data: Data) -> str:
    return "drafted" if data["which"] in ("draft", "new") else "told"


def _tell(data: Data, ctx: Context) -> Act:
    meant = next(option for option in data["options"] if option["id"] == data["which"])
    return act(meant["action"], {**data, "case": meant["number"]})


def _draft(data: Data, ctx: Context) -> DraftRequest:
    position = data.get("position")
    return DraftRequest(
        data.get("words", ""),
        tuple(data.get("files", ())),
        tuple(data.get("kinds", ())),
        (position[0], position[1]) if position else None,
        data.get("place", ""),
        unfinished=data["which"] == "draft",
    )


BELONGS_TO = Flow(
    name="belongs_to",
    first="which",
    keeps_draft=True,
    given=("why", "options", "words", "files", "kinds", "position", "place"),
    branches=("told", "drafted"),
    steps={
        "which": Choose(
            FromData("options", fixed=("draft", "new")),
            _next,
            shows=_shows,
            accepts=WORDS_AND_FILES,
            adds_to="words",
            check=request_text,
        ),
        "told": End(_tell),
        "drafted": End(_draft),
    },
)
