"""The department's side: give it back, ask for more days, answer."""

from collections.abc import Mapping
from typing import Any

from conversations.at_hand import about, act, card, write
from conversations.checks import short_text
from conversations.flow import Choose, Context, Data, End, Flow, FromContext, Write


def _due(data: Data, ctx: Context) -> Mapping[str, Any]:
    case = ctx["at_hand"]
    return {**about(data, ctx), "answer_by": case.answer_by.isoformat()}


def _days(data: Data, ctx: Context) -> Mapping[str, Any]:
    return {**_due(data, ctx), "most": len(ctx["days"])}


def _shows(data: Data, ctx: Context) -> Mapping[str, Any]:
    return {**about(data, ctx), "words": data["words"]}


def _asked(data: Data) -> Mapping[str, Any]:
    return {"days": int(data["days"])}


RETURN_CASE = Flow(
    name="return_case",
    first="words",
    given=("case",),
    steps={"words": Write("sent", short_text, shows=about), "sent": End(act("return"))},
)

ASK_EXTENSION = Flow(
    name="ask_extension",
    first="days",
    given=("case",),
    steps={
        "days": Choose(FromContext("days"), "words", shows=_days),
        "words": Write("sent", short_text, shows=_due),
        "sent": End(act("ask_extension", _asked)),
    },
)

REPLY_CASE = Flow(
    name="reply_case",
    first="words",
    keeps_draft=True,
    given=("case",),
    steps={
        "words": write("card", _due),
        "card": card("rewrite", shows=_shows),
        "rewrite": write("card"),
        "sent": End(act("reply")),
    },
)
