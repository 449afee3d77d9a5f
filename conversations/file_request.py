"""A resident files a request to the workroom their home is linked to (rule 40)."""

from collections.abc import Mapping
from typing import Any

from conversations.checks import name_text, request_text, short_text
from conversations.flow import WORDS_AND_FILES, Card, Choose, Context, Data, End, Flow, FromContext, Write
from domain.cases import KINDS, PRIVACIES
from domain.effects import OpenCase
from domain.errors import Retry


def _card_shows(data: Data, ctx: Context) -> Mapping[str, Any]:
    named = (option.text for option in ctx["categories"] if option.id == data["category"])
    return {
        "words": data.get("words", ""),
        "kind": data["kind"],
        "category": next(named, ""),
        "place": data.get("place", ""),
        "pinned": "position" in data,
        "files": len(data.get("files", [])),
        "privacy": data["privacy"],
        "workroom": ctx["receiver"].name,
        "linked": ctx["receiver"].linked,
    }


def _prepare(data: Data, ctx: Context) -> Data:
    """Fill in what the words suggest; what the resident chose stays."""
    data = _without_files(data)
    kind, category = ctx["suggest"](data.get("words", ""))
    return {
        "privacy": "workroom_only",
        **data,
        "kind": data.get("kind_chosen") or kind,
        "category": data.get("category_chosen") or category,
    }


def _without_files(data: Data) -> Data:
    """改附件: the last one, or all of them, are taken away again."""
    left = {"drop_last": -1, "drop_all": 0}.get(data.get("attachments", ""))
    data = {name: value for name, value in data.items() if name != "attachments"}
    if left is None:
        return data
    return {**data, "files": data.get("files", [])[:left], "kinds": data.get("kinds", [])[:left]}


def _ready(data: Data) -> None:
    if not data.get("words") and not {"voice", "video"} & set(data.get("kinds", [])):
        raise Retry("retry.say_a_sentence")


def _effect(data: Data, ctx: Context) -> OpenCase:
    latitude, longitude = data.get("position", (None, None))
    return OpenCase(
        key=data["key"],
        kind=data["kind"],
        category=data["category"],
        words=data.get("words", ""),
        privacy=data["privacy"],
        place=data.get("place", ""),
        latitude=latitude,
        longitude=longitude,
        files=tuple(data.get("files", ())),
        name=data.get("name", ""),
        workroom=data.get("workroom"),
        activity=data.get("activity"),
    )


def _after_privacy(data: Data) -> str:
    return "name" if data["privacy"] == "named" and not data.get("name") else "card"


def _files(data: Data, ctx: Context) -> Mapping[str, Any]:
    return {"files": len(data.get("files", [])), "pinned": "position" in data}


FILE_REQUEST = Flow(
    name="file_request",
    first="words",
    keeps_draft=True,
    given=("workroom", "name"),
    branches=("name",),
    reads=("categories", "receiver", "suggest"),
    steps={
        "words": Write(
            "card",
            request_text,
            WORDS_AND_FILES,
            enough=("voice", "video"),
            shows=_files,
            wants=("photo", "position"),
        ),
        "card": Card(
            fields=("rewrite", "kind", "category", "place", "attachments", "privacy"),
            then="sent",
            accepts=WORDS_AND_FILES,
            adds_to="words",
            check=request_text,
            prepare=_prepare,
            shows=_card_shows,
            ready=_ready,
        ),
        "rewrite": Write("card", request_text, WORDS_AND_FILES, into="words"),
        "kind": Choose(KINDS, "card", into="kind_chosen"),
        "category": Choose(FromContext("categories"), "card", into="category_chosen"),
        "place": Write("card", short_text, ("text", "position"), enough=("position",), wants=("position",)),
        "attachments": Choose(
            ("keep", "drop_last", "drop_all"),
            "card",
            shows=_files,
            accepts=("photo", "voice", "video", "document"),
            adds_to="words",
            check=request_text,
        ),
        "privacy": Choose(PRIVACIES, _after_privacy, into="privacy"),
        "name": Write("card", name_text),
        "sent": End(_effect),
    },
)
