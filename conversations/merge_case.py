"""The liaison joins a case to another of the same workroom that is about the same thing."""

from collections.abc import Mapping
from typing import Any

from conversations.at_hand import about, act
from conversations.checks import tidy
from conversations.flow import Card, Context, Data, End, Flow, Write
from domain.codes import case_number_in
from domain.errors import Retry


def _number(text: str) -> str:
    number = case_number_in(tidy(text))
    if number is None:
        raise Retry("merge_case.no_number")
    return number


def _found(data: Data, ctx: Context) -> Data:
    """The other case must be open, of this workroom, and another one."""
    if data["number"] == ctx["at_hand"].number:
        raise Retry("merge_case.itself")
    if data["number"] not in ctx["mergeable"]:
        raise Retry("merge_case.unknown", number=data["number"])
    return data


def _shows(data: Data, ctx: Context) -> Mapping[str, Any]:
    return {**about(data, ctx), "into": data["number"], "into_about": ctx["mergeable"][data["number"]]}


def _into(data: Data) -> Mapping[str, Any]:
    return {"into_number": data["number"]}


MERGE_CASE = Flow(
    name="merge_case",
    first="number",
    given=("case",),
    steps={
        "number": Write("card", _number, shows=about),
        "card": Card(("number",), "sent", prepare=_found, shows=_shows),
        "sent": End(act("merge", _into)),
    },
)
