"""The liaison or the office changes when a workroom is open: one day, or the rule, which is tried first."""

import json
from collections.abc import Mapping
from typing import Any

from conversations.checks import short_text
from conversations.flow import Card, Choose, Context, Data, End, Flow, FromContext, FromData, Write
from domain.day_words import tidy_day
from domain.effects import DecideDay, SetOpenDays, SetShiftPeople
from domain.errors import DomainError, Retry
from domain.hours import parse_hours, write_hours
from domain.recurrence import parse_rule
from domain.rule_words import PLACES, WEEKDAYS, on_dates, on_weekday

ON_HOLIDAY = {"move": "next-workday", "omit": "cancel", "keep": "keep"}
"""What can be chosen for holidays; `cancel` would be the way out of the conversation."""


CHANGES = ("closed", "hours", "extra", "rule", "people", "restore")
"""What can be changed."""


def dates_text(text: str) -> str:
    """Days of the month, or a rule as RFC 5545 writes it; kept as the latter."""
    try:
        return parse_rule(on_dates(text)).text
    except DomainError as wrong:
        raise Retry(wrong.key, **wrong.params) from wrong


def hours_text(text: str) -> str:
    """Periods of a day, in order."""
    try:
        return write_hours(parse_hours(text))
    except DomainError as wrong:
        raise Retry(wrong.key, **wrong.params) from wrong


def day_text(text: str) -> str:
    """A day of the calendar."""
    day = tidy_day(text)
    if day is None:
        raise Retry("open_days.bad.day", value=text.strip()[:30])
    return day


def _as_it_is(data: Data, ctx: Context) -> Mapping[str, Any]:
    """The workroom's name, its rules and its next days."""
    found: Mapping[str, Any] = ctx[f"open_days_of:{data['room']}"]
    return found


def _days(name: str) -> Any:
    return lambda data, ctx: {"empty": not ctx[f"{name}:{data['room']}"]}


def _day(data: Data, ctx: Context) -> str:
    day: str = ctx[f"day_named:{data['day']}"]
    return day


def _decided(data: Data, ctx: Context) -> Mapping[str, Any]:
    return {
        "workroom": ctx[f"open_days_of:{data['room']}"]["workroom"],
        "day": _day(data, ctx),
        "what": data["what"],
        "hours": _spans(data.get("hours", "")),
        "reason": data.get("reason", ""),
    }


def _spans(hours: str) -> list[list[str]]:
    return [period.split("-") for period in hours.split(",") if period]


def _rule(data: Data) -> str:
    """The rule that was chosen."""
    if data["rule"] == "dates":
        dates: str = data["dates"]
        return dates
    return on_weekday(data["weekday"], data["place"] if data["rule"] == "nth" else "")


def _tried(data: Data, ctx: Context) -> Mapping[str, Any]:
    """The rule with the next days it gives."""
    what = [data["room"], _rule(data), data["hours"], ON_HOLIDAY[data["on_holiday"]]]
    return {**ctx[f"tried_rule:{json.dumps(what)}"], "on_holiday": data["on_holiday"]}


def _decide(data: Data, ctx: Context) -> DecideDay:
    said = (data.get("hours", ""), data.get("reason", ""))
    return DecideDay(int(data["room"]), _day(data, ctx), data["what"], data["key"], *said)


def _restore(data: Data, ctx: Context) -> DecideDay:
    return DecideDay(int(data["room"]), data["day"], "restore", data["key"])


def _save(data: Data, ctx: Context) -> SetOpenDays:
    on_holiday = ON_HOLIDAY[data["on_holiday"]]
    return SetOpenDays(int(data["room"]), _rule(data), data["hours"], on_holiday, data["key"])


def _staff(data: Data, ctx: Context) -> SetShiftPeople:
    people = None if data["people"] == "usual" else int(data["people"])
    return SetShiftPeople(int(data["room"]), people, data["key"])


CHANGE_OPEN_DAYS = Flow(
    name="change_open_days",
    menu=True,
    first="room",
    steps={
        "room": Choose(
            FromContext("open_day_rooms"), "what", alone=True, looks_up="open_day_rooms_named", found="found"
        ),
        "found": Choose(
            FromData("found"),
            "what",
            into="room",
            shows=lambda data, ctx: {"empty": not data["found"]},
            looks_up="open_day_rooms_named",
            found="found",
        ),
        "what": Choose(
            CHANGES,
            {
                "closed": "closed_day",
                "hours": "hours_day",
                "extra": "extra_day",
                "rule": "rule",
                "people": "people",
                "restore": "restored_day",
            },
            shows=_as_it_is,
        ),
        "closed_day": Choose(
            FromContext("coming_open_days", by="room"), "reason", into="day", shows=_days("coming_open_days")
        ),
        "hours_day": Choose(
            FromContext("coming_open_days", by="room"), "hours", into="day", shows=_days("coming_open_days")
        ),
        "extra_day": Write("hours", day_text, into="day"),
        "hours": Write("reason", hours_text),
        "reason": Write("sure", short_text, skip="sure"),
        "sure": Card(fields=(), then="decided", shows=_decided),
        "decided": End(_decide),
        "restored_day": Choose(
            FromContext("excepted_days", by="room"), "restored", into="day", shows=_days("excepted_days")
        ),
        "restored": End(_restore),
        "people": Choose(("1", "2", "3", "4", "usual"), "staffed", shows=_as_it_is),
        "staffed": End(_staff),
        "rule": Choose(
            ("dates", "weekly", "nth"),
            {"dates": "dates", "weekly": "weekday", "nth": "place"},
            shows=_as_it_is,
        ),
        "dates": Write("rule_hours", dates_text),
        "place": Choose(PLACES, "weekday"),
        "weekday": Choose(WEEKDAYS, "rule_hours"),
        "rule_hours": Write("on_holiday", hours_text, into="hours"),
        "on_holiday": Choose(tuple(ON_HOLIDAY), "tried"),
        "tried": Card(fields=("rule", "rule_hours", "on_holiday"), then="saved", shows=_tried),
        "saved": End(_save),
    },
)
