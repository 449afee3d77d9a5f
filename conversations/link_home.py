"""Which workroom looks after one's home: by street and community, by name, or the nearest to a position."""

from collections.abc import Mapping
from typing import Any

from conversations.flow import Choose, Context, Data, End, Flow, FromContext, FromData, Shows
from domain.effects import LinkHome

FAR = 50_000
"""Metres: a workroom so far away is hardly the one of somebody's home, so it is said."""


def _streets(data: Data, ctx: Context) -> Mapping[str, Any]:
    return {"empty": not ctx["streets"], "home": ctx["me"]["home"]}


def _communities(data: Data, ctx: Context) -> Mapping[str, Any]:
    return {"street": ctx[f"unit:{data['street']}"]}


def _workrooms(data: Data, ctx: Context) -> Mapping[str, Any]:
    return {"community": ctx[f"unit:{data['community']}"], "empty": not ctx[f"workrooms:{data['community']}"]}


def _found(data: Data, ctx: Context) -> Mapping[str, Any]:
    """What was found, with the distances where it was looked for by position."""
    found = data["found"]
    far = bool(found) and all(place.get("metres", 0) > FAR for place in found)
    lines = [
        {"name": place["text"], "address": place.get("address", ""), "metres": place.get("metres", -1)}
        for place in found
    ]
    return {"found": lines, "far": far, "near": bool(found) and "metres" in found[0]}


def _link(data: Data, ctx: Context) -> LinkHome:
    return LinkHome(int(data["workroom"]))


def _choose(
    options: FromContext | FromData, then: str, shows: Shows, into: str = "", *, alone: bool = False
) -> Choose:
    """A step where a name or a position may be sent instead of a choice."""
    return Choose(
        options, then, into, shows, looks_up="homes", found="found", alone=alone, wants=("position",)
    )


LINK_HOME = Flow(
    name="link_home",
    menu=True,
    first="street",
    steps={
        "street": _choose(FromContext("streets"), "community", _streets),
        "community": _choose(FromContext("communities", by="street"), "workroom", _communities, alone=True),
        "workroom": _choose(FromContext("workrooms", by="community"), "linked", _workrooms, alone=True),
        "found": _choose(FromData("found"), "linked", _found, into="workroom"),
        "linked": End(_link),
    },
)
