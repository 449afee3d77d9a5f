"""The liaison doesn't take a case on: who is responsible is named, and why."""

from collections.abc import Mapping
from typing import Any

from conversations.at_hand import about, act, as_read, card, write
from conversations.checks import short_text
from conversations.flow import Data, End, Flow, Write


def _responsible(data: Data) -> Mapping[str, Any]:
    return {"responsible": data["responsible"]}


REFUSE_CASE = Flow(
    name="refuse_case",
    first="responsible",
    given=("case",),
    branches=("card", "words"),
    steps={
        "responsible": Write(lambda data: "card" if data.get("words") else "words", short_text, shows=about),
        "words": write("card"),
        "card": card("responsible", "rewrite", shows=as_read("refuse", _responsible)),
        "rewrite": write("card"),
        "sent": End(act("refuse", _responsible)),
    },
)
