"""What a case is about and who takes it: one choice each."""

from collections.abc import Mapping
from typing import Any

from conversations.at_hand import about, act, chosen
from conversations.flow import Choose, Context, Data, End, Flow, FromContext


def _colleagues(data: Data, ctx: Context) -> Mapping[str, Any]:
    return {**about(data, ctx), "count": len(ctx["colleagues"])}


CATEGORISE_CASE = Flow(
    name="categorise_case",
    first="category",
    given=("case",),
    steps={
        "category": Choose(FromContext("categories_by_number"), "sent", shows=about),
        "sent": End(act("categorise", chosen("category"))),
    },
)

ASSIGN_CASE = Flow(
    name="assign_case",
    first="representative",
    given=("case",),
    steps={
        "representative": Choose(FromContext("colleagues"), "sent", shows=_colleagues),
        "sent": End(act("assign", chosen("representative"))),
    },
)

PASS_CASE = Flow(
    name="pass_case",
    first="representative",
    given=("case",),
    steps={
        "representative": Choose(FromContext("colleagues"), "sent", shows=_colleagues),
        "sent": End(act("pass", chosen("representative"))),
    },
)
