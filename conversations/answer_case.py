"""The answer: the resident reads it and is asked to rate, the representative hears of it too (rule 42)."""

from collections.abc import Mapping
from typing import Any

from conversations.at_hand import about, act, as_read, card, write
from conversations.flow import Context, Data, End, Flow


def _with_reply(data: Data, ctx: Context) -> Mapping[str, Any]:
    """The department's reply stands above the question; at first it is the answer already (handlers)."""
    route = ctx["at_hand"].route
    return {**about(data, ctx), "reply": (route.reply or "") if route else ""}


ANSWER_CASE = Flow(
    name="answer_case",
    first="words",
    keeps_draft=True,
    given=("case",),
    steps={
        "words": write("card", _with_reply),
        "card": card("rewrite", shows=as_read("answer")),
        "rewrite": write("card"),
        "sent": End(act("answer")),
    },
)
