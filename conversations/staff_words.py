"""Somebody on staff writes words out of the blue: their list, or a request of their own as a resident?"""

from collections.abc import Mapping
from typing import Any

from conversations.flow import Choose, Context, Data, End, Flow
from domain.effects import DraftRequest, Show


def _shows(data: Data, ctx: Context) -> Mapping[str, Any]:
    return {"words": data.get("words", "")}


STAFF_WORDS = Flow(
    name="staff_words",
    menu=True,
    first="what",
    given=("words",),
    steps={
        "what": Choose(("todo", "file"), {"todo": "todo", "file": "drafted"}, shows=_shows),
        "todo": End(lambda data, ctx: Show("todo")),
        "drafted": End(lambda data, ctx: DraftRequest(data.get("words", ""))),
    },
)
