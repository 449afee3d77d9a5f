"""Rules of open days without RFC 5545's letters: made from what people choose, and told in words again."""

import re
from collections.abc import Mapping
from typing import Any

from domain.errors import DomainError
from domain.recurrence import Recurrence

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PLACES = ("1", "2", "3", "4", "-1")
"""Which of a month's weekdays of one name; the last counts from the end."""

_RUNS = re.compile(r"\d+")


def on_dates(text: str) -> str:
    """The rule for days of the month, by the numbers in a text. Raises DomainError for no such days."""
    if "FREQ" in text.upper():
        return text
    days = sorted({int(number) for number in _RUNS.findall(text) if len(number) < 3})
    if not days or not all(1 <= day <= 31 for day in days):
        raise DomainError("open_days.bad.dates", value=text.strip()[:40])
    return f"FREQ=MONTHLY;BYMONTHDAY={','.join(map(str, days))}"


def on_weekday(weekday: str, place: str = "") -> str:
    """The rule for a weekday, every week or the `place`-th of each month."""
    return f"FREQ=MONTHLY;BYDAY={place}{weekday}" if place else f"FREQ=WEEKLY;BYDAY={weekday}"


def in_words(rule: Recurrence) -> Mapping[str, Any]:
    """A rule for a template (`open_days.rule`): its shape, and the days it names."""
    named = {name for name, value in rule.parts if name != "WKST" and (name, value) != ("INTERVAL", "1")}
    days = rule.get("BYDAY").split(",")
    match rule.get("FREQ"):
        case "MONTHLY" if named == {"FREQ", "BYMONTHDAY"} and "-" not in rule.get("BYMONTHDAY"):
            return {"shape": "dates", "days": rule.get("BYMONTHDAY").split(",")}
        case "WEEKLY" if named == {"FREQ", "BYDAY"}:
            return {"shape": "weekdays", "days": days}
        case "MONTHLY" if named == {"FREQ", "BYDAY"} and len(days) == 1 and days[0][:-2] in PLACES:
            return {"shape": "nth", "nth": days[0][:-2], "days": [days[0][-2:]]}
    return {"shape": "other", "days": [], "text": rule.text}
