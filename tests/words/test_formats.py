"""Dates, times, case numbers and distances, as each language writes them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from locales.catalogue import Catalogue
from tests.words.test_catalogue import load

Write = Callable[..., Path]
LATE = "2026-12-03T17:30:00+00:00"
"""Half past one in the night of 4 December in China."""


@pytest.mark.parametrize(
    "template, value, chinese, english",
    [
        ("{{ v|date }}", "2026-12-04", "12月4日(周五)", "Fri 4 Dec"),
        ("{{ v|date }}", date(2026, 12, 4), "12月4日(周五)", "Fri 4 Dec"),
        ("{{ v|date }}", LATE, "12月4日(周五)", "Fri 4 Dec"),
        ("{{ v|date }}", datetime(2026, 12, 3, 17, 30, tzinfo=UTC), "12月4日(周五)", "Fri 4 Dec"),
        ("{{ v|time }}", "08:00", "8:00", "8:00"),
        ("{{ v|time }}", time(18, 5, 9), "18:05", "18:05"),
        ("{{ v|time }}", LATE, "1:30", "1:30"),
        ("{{ v|times }}", ["08:00", "11:00"], "8:00–11:00", "8:00–11:00"),
        ("{{ v|moment }}", LATE, "12月4日(周五) 1:30", "Fri 4 Dec, 1:30"),
        ("{{ v|number }}", "7K3F29", "7K3F-29", "7K3F-29"),
        ("{{ v|metres }}", 823, "约820米", "about 820 m"),
        ("{{ v|metres }}", 3, "约10米", "about 10 m"),
        ("{{ v|metres }}", 997, "约1公里", "about 1 km"),
        ("{{ v|metres }}", 1500, "约1.5公里", "about 1.5 km"),
        ("{{ v|metres }}", 12_345.6, "约12公里", "about 12 km"),
        ("{{ v|join }}", ["甲", "乙"], "甲、乙", "甲, 乙"),
        ("{{ v|join('/') }}", ["甲", "乙"], "甲/乙", "甲/乙"),
    ],
)
def test_a_filter_in_both_languages(
    write: Write, template: str, value: object, chinese: str, english: str
) -> None:
    catalogue = load(write({"case.x": template}))
    said = [catalogue.say(language, "case.x", {"v": value}) for language in ("zh_CN", "en")]
    assert said == [chinese, english]


def test_another_year_is_said(write: Write) -> None:
    catalogue = load(write({"case.x": "{{ v|date }}"}))
    late = {"v": "2027-01-05", "today": "2026-12-04"}
    assert catalogue.say("zh_CN", "case.x", late) == "2027年1月5日(周二)"
    assert catalogue.say("en", "case.x", late) == "Tue 5 Jan 2027"
    assert catalogue.say("en", "case.x", {**late, "today": date(2027, 1, 1)}) == "Tue 5 Jan"


def test_the_clock_tells_the_year_of_the_district(write: Write) -> None:
    folder = write({"case.x": "{{ v|date }}"})
    load(folder)
    catalogue = Catalogue.load(folder, clock=lambda: datetime(2026, 12, 31, 17, 0, tzinfo=UTC))
    assert catalogue.say("en", "case.x", {"v": "2027-01-05"}) == "Tue 5 Jan"
    assert catalogue.say("en", "case.x", {"v": "2026-12-31"}) == "Thu 31 Dec 2026"


def test_the_zone_is_the_districts(write: Write) -> None:
    folder = write({"case.x": "{{ v|moment }}"})
    load(folder)
    assert Catalogue.load(folder, zone="UTC").say("en", "case.x", {"v": LATE}) == "Thu 3 Dec, 17:30"
