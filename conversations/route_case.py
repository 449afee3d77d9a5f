"""The liaison sends a case to a department, with the opinion and the day it is due (rule 41)."""

from collections.abc import Mapping
from typing import Any

from conversations.at_hand import about, act, card, chosen, write
from conversations.flow import Choose, Context, Data, End, Flow, FromContext


def _suggests(data: Data, ctx: Context) -> Mapping[str, Any]:
    """The first department of the list is the one suggested, if any is."""
    names = [option.text for option in ctx["departments"]]
    return {**about(data, ctx), "suggested": names[0] if names and ctx["suggested_department"] else ""}


def _shows(data: Data, ctx: Context) -> Mapping[str, Any]:
    names = {option.id: option.text for option in ctx["departments"]}
    return {
        **about(data, ctx),
        "department": names.get(data["department"], ""),
        "words": data.get("words", ""),
        "answer_by": ctx["route_until"],
    }


ROUTE_CASE = Flow(
    name="route_case",
    first="department",
    given=("case",),
    steps={
        "department": Choose(FromContext("departments"), "card", shows=_suggests),
        "card": card("department", "rewrite", shows=_shows),
        "rewrite": write("card"),
        "sent": End(act("route", chosen("department"))),
    },
)
