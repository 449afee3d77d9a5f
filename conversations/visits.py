"""A representative logs a visit or an activity in one message; the liaison may return it with a reason."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from conversations.checks import answer_text, short_text
from conversations.flow import Card, Choose, Context, Data, End, Flow, FromContext, Write
from domain.effects import LogActivity, ReturnActivity
from domain.errors import Retry
from domain.visits import KINDS, counted, fits

FILES = ("text", "photo", "video", "voice", "document")


def count_text(text: str) -> str:
    """A number of households, people or times, with its unit or without. Raises Retry."""
    number = counted(text)
    if number is None:
        raise Retry("retry.count")
    return str(number)


def _shows(data: Data, ctx: Context) -> Mapping[str, Any]:
    return {
        "kind": data["kind"],
        "count": int(data["count"]),
        "place": data.get("place", ""),
        "day": data["day"],
        "words": data.get("words", ""),
        "whom": data.get("whom", ""),
        "files": len(data.get("files", [])),
        "corrects": bool(data.get("corrects")),
    }


def _prepare(data: Data, ctx: Context) -> Data:
    """What wasn't said is one, today; what was written instead of being chosen stands for it."""
    found = data.get("found", [])
    heard = {name: value for one in found if "kind" in one for name, value in one.items() if name != "id"}
    written = [one["id"] for one in found if "kind" not in one]
    data = {**data, **heard}
    rest = {name: value for name, value in data.items() if name != "found"}
    day = written[0] if written else data.get("day") or ctx["this_day"]["day"]
    return {**rest, "count": data.get("count") or "1", "day": day, "month": ctx["this_day"]["month"]}


def _ready(data: Data) -> None:
    if not fits(data["kind"], date.fromisoformat(data["day"]), data["month"]):
        raise Retry("retry.kind_of_the_month", month=data["month"])


def _effect(data: Data, ctx: Context) -> LogActivity:
    return LogActivity(
        key=data["key"],
        kind=data["kind"],
        count=int(data["count"]),
        day=date.fromisoformat(data["day"]),
        place=data.get("place", ""),
        words=data.get("words", ""),
        whom=data.get("whom", ""),
        files=tuple(data.get("files", ())),
        corrects=data.get("corrects"),
    )


LOG_ACTIVITY = Flow(
    name="log_activity",
    menu=True,
    first="kind",
    keeps_draft=True,
    given=("corrects",),
    steps={
        "kind": Choose(KINDS, "card", among="activity_kinds", looks_up="spoken_log", found="card"),
        "card": Card(
            fields=("kind", "count", "place", "day", "whom", "rewrite"),
            then="logged",
            accepts=FILES,
            adds_to="words",
            check=answer_text,
            prepare=_prepare,
            shows=_shows,
            ready=_ready,
        ),
        "count": Write("card", count_text, shows=lambda data, ctx: {"kind": data["kind"]}),
        "place": Write("card", short_text),
        "day": Choose(FromContext("recent_days"), "card", looks_up="spoken_day", found="card"),
        "whom": Write("card", short_text, skip="card"),
        "rewrite": Write("card", answer_text, FILES, into="words"),
        "logged": End(_effect),
    },
)

RETURN_ACTIVITY = Flow(
    name="return_activity",
    menu=True,
    first="words",
    given=("activity",),
    steps={
        "words": Write("returned", short_text, shows=lambda data, ctx: ctx["logged_activity"]),
        "returned": End(lambda data, ctx: ReturnActivity(data["activity"], data["key"], data["words"])),
    },
)

VISITS: tuple[Flow, ...] = (LOG_ACTIVITY, RETURN_ACTIVITY)
