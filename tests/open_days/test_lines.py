"""Messages that list days have a line for each: a template's tag at a line's end would swallow the break."""

from datetime import date
from typing import Any

import pytest

from domain.hours import parse_hours
from domain.open_day_words import span, told
from domain.open_days import OpenDay, Why
from locales.catalogue import Catalogue

HOURS = parse_hours("8:00-11:00,14:00-17:00")
DAYS = [
    told(OpenDay(date(2026, 12, 10), HOURS, date(2026, 12, 10))),
    told(OpenDay(date(2026, 12, 21), HOURS, date(2026, 12, 20), why=(Why("moved", "weekend"),))),
]
RULE = {"shape": "weekdays", "days": ["TH", "FR"], "hours": [span(period) for period in HOURS]}
FACTS: dict[str, Any] = {
    "workroom": "W",
    "rules": [RULE],
    "days": DAYS,
    "letters": 0,
    "address": "",
}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(
    "key,rows",
    [
        ("change_open_days.what", 5),
        ("change_open_days.rule", 2),
        ("change_open_days.tried", 7),
        ("open_days.set", 4),
    ],
)
def test_each_day_has_its_line(language: str, key: str, rows: int) -> None:
    text = Catalogue.load().say(language, key, FACTS | {"on_holiday": "move"})
    assert len(text.splitlines()) == rows, text


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_change_says_what_was_and_what_is(language: str) -> None:
    lines = [{**DAYS[1], "old": "2026-12-20", "gone": False, "nominal": "2026-12-20"}] * 2
    text = Catalogue.load().say(language, "open_days.changed", {"workroom": "W", "days": lines})
    assert len(text.splitlines()) == 5, text
