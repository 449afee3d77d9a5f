"""The roster in words: checking in, swapping, finding a substitute, not coming, filling, correcting."""

from collections.abc import Callable, Mapping
from typing import Any

from conversations.checks import short_text, tidy
from conversations.flow import Card, Choose, Context, Data, End, Flow, FromContext, Write
from domain.effects import DutyAct
from domain.errors import DomainError, Retry
from domain.hours import parse_hours, write_hours


def times_text(text: str) -> str:
    """`8:10到11:00` as `08:10-11:00`. Raises Retry for anything that is no span within a day."""
    try:
        periods = parse_hours(tidy(text))
    except DomainError:
        raise Retry("duty.no_times") from None
    if len(periods) != 1:
        raise Retry("duty.no_times")
    return write_hours(periods)


def _shows(data: Data, ctx: Context) -> Mapping[str, Any]:
    """Which shift it is about, and who keeps it."""
    about: Mapping[str, Any] = ctx["duty_slot"]
    return about


def _act(action: str, facts: Callable[[Data], Mapping[str, Any]]) -> Callable[[Data, Context], DutyAct]:
    return lambda data, ctx: DutyAct(
        int(data["slot"]), action, data["key"], data.get("reason", ""), facts(data)
    )


def _named(options: str, chosen: str) -> Callable[[Data, Context], Mapping[str, Any]]:
    """What was chosen in words, beside the shift; `count` says whether there was anything to choose."""

    def shows(data: Data, ctx: Context) -> Mapping[str, Any]:
        names = {option.id: option.text for option in ctx[options]}
        anyone = data.get(chosen) == "anyone"
        told = {"chosen": names.get(data.get(chosen, ""), ""), "anyone": anyone, "count": len(names)}
        return {**_shows(data, ctx), **told}

    return shows


def _number(name: str) -> Callable[[Data], Mapping[str, Any]]:
    return lambda data: {name: int(data[name])}


def _whom(data: Data) -> Mapping[str, Any]:
    return {} if data["to"] == "anyone" else {"to": int(data["to"])}


CHECK_IN = Flow(
    name="check_in",
    menu=True,
    first="proof",
    given=("slot",),
    steps={
        "proof": Choose(
            ("ask_liaison",),
            {"ask_liaison": "asked"},
            shows=_shows,
            looks_up="proof",
            found="arrived",
            wants=("position",),
        ),
        "arrived": End(_act("check_in", lambda data: data["found"][0])),
        "asked": End(_act("ask_liaison", lambda data: {})),
    },
)


def _offering(name: str, options: str, chosen: str, facts: Callable[[Data], Mapping[str, Any]]) -> Flow:
    """Somebody is asked to come instead: chosen, shown once more, sent."""
    shows = _named(options, chosen)
    return Flow(
        name=name,
        menu=True,
        first=chosen,
        given=("slot",),
        steps={
            chosen: Choose(FromContext(options), "card", shows=shows),
            "card": Card((chosen,), "sent", shows=shows),
            "sent": End(_act("offer", facts)),
        },
    )


SWAP_DUTY = _offering("swap_duty", "swappable", "wants", _number("wants"))
SUBSTITUTE_DUTY = _offering("substitute_duty", "substitutes", "to", _whom)

ABSENT_DUTY = Flow(
    name="absent_duty",
    menu=True,
    first="reason",
    given=("slot",),
    steps={
        "reason": Write("sent", short_text, shows=_shows),
        "sent": End(_act("absent", lambda data: {})),
    },
)

FILL_DUTY = Flow(
    name="fill_duty",
    menu=True,
    first="representative",
    given=("slot",),
    steps={
        "representative": Choose(FromContext("fillers"), "sent", shows=_named("fillers", "representative")),
        "sent": End(_act("fill", _number("representative"))),
    },
)

CORRECT_DUTY = Flow(
    name="correct_duty",
    menu=True,
    first="how",
    given=("slot",),
    steps={
        "how": Choose(
            ("whole", "times", "absent"),
            {"whole": "reason", "times": "times", "absent": "reason"},
            shows=_shows,
        ),
        "times": Write("reason", times_text, shows=_shows),
        "reason": Write("sent", short_text, shows=_shows),
        "sent": End(_act("correct", lambda data: {"how": data["how"], "times": data.get("times", "")})),
    },
)

DUTY: tuple[Flow, ...] = (CHECK_IN, SWAP_DUTY, SUBSTITUTE_DUTY, ABSENT_DUTY, FILL_DUTY, CORRECT_DUTY)
