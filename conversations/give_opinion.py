"""The representative's opinion: answer at once, route, escalate or go and see (rules 41, 44)."""

from collections.abc import Mapping
from typing import Any

from conversations.at_hand import about, act, as_read, card, write
from conversations.flow import Choose, Context, Data, End, Flow, FromContext
from domain.effects import Act

ADVICE = ("advise_direct", "advise_route", "advise_escalate", "advise_visit")


def _asks(data: Data, ctx: Context) -> Mapping[str, Any]:
    return {**about(data, ctx), "kind": data["kind"]}


def _shows(data: Data, ctx: Context) -> Mapping[str, Any]:
    return {**_asks(data, ctx), "words": data["words"]}


def _shows_route(data: Data, ctx: Context) -> Mapping[str, Any]:
    names = {option.id: option.text for option in ctx["departments"]}
    return {**_shows(data, ctx), "department": names.get(data["department"], "")}


def _card_of(data: Data) -> str:
    """An answer is shown as it will be read; a route needs its department first."""
    if data["kind"] == "advise_direct":
        return "card_direct"
    if data["kind"] == "advise_route":
        return "card_route" if data.get("department") else "department"
    return "card"


def _facts(data: Data) -> Mapping[str, Any]:
    return {"department": int(data["department"])} if data["kind"] == "advise_route" else {}


def _effect(data: Data, ctx: Context) -> Act:
    return act(data["kind"], _facts)(data, ctx)


GIVE_OPINION = Flow(
    name="give_opinion",
    first="kind",
    keeps_draft=True,
    given=("case", "department"),
    branches=("card", "card_direct", "card_route", "department"),
    steps={
        "kind": Choose(ADVICE, "words", shows=about, among="advice"),
        "words": write(_card_of, _asks),
        "department": Choose(FromContext("departments"), "card_route", shows=about),
        "card": card("rewrite", shows=_shows),
        "card_direct": card("rewrite", shows=as_read("advise_direct")),
        "card_route": card("department", "rewrite", shows=_shows_route),
        "rewrite": write(_card_of, _asks),
        "sent": End(_effect),
    },
)
