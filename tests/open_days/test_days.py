"""Which days a workroom is open: rules 30-33, the official calendar, exceptions."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from domain.calendar import Calendar, calendar_of
from domain.errors import DomainError
from domain.holidays import SETTING, Special, to_setting
from domain.hours import MORNING, Period, parse_hours, write_hours
from domain.open_days import OneDay, OpenDay, Plan, Why, changed, every_day, open_days, rule_of

CALENDAR = Calendar(ZoneInfo("Asia/Shanghai"))


def days(plan: Plan, first: str, last: str, calendar: Calendar = CALENDAR) -> list[OpenDay]:
    return open_days(plan, date.fromisoformat(first), date.fromisoformat(last), calendar)


def dates(rule: str, first: str, last: str, on_holiday: str = "") -> list[str]:
    found = days(Plan((rule_of(rule, on_holiday=on_holiday),)), first, last)
    return [day.day.isoformat() for day in found]


@pytest.mark.parametrize(
    "rule,expected",
    [
        ("FREQ=MONTHLY;BYMONTHDAY=10,20", ["2026-06-10", "2026-06-22"]),  # the 20th is a Saturday before
        ("FREQ=MONTHLY;BYMONTHDAY=21", ["2026-06-22"]),
        ("FREQ=WEEKLY;BYDAY=TH", ["2026-06-04", "2026-06-11", "2026-06-18", "2026-06-25"]),
        ("FREQ=MONTHLY;BYDAY=2TH", ["2026-06-11"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["2026-06-01", "2026-06-30"]),  # 31 May is a Sunday
    ],
)
def test_the_rules_of_the_documents(rule: str, expected: list[str]) -> None:
    assert dates(rule, "2026-06-01", "2026-06-30") == expected


def test_a_day_in_the_spring_festival_moves_behind_it_and_says_why() -> None:
    plan = Plan((rule_of("FREQ=MONTHLY;BYMONTHDAY=21"),))
    assert days(plan, "2026-02-01", "2026-02-28") == [
        OpenDay(date(2026, 2, 24), MORNING, date(2026, 2, 21), why=(Why("moved", "spring_festival"),))
    ]


def test_a_day_that_moves_into_the_window_is_in_it_and_one_that_leaves_is_not() -> None:
    assert dates("FREQ=MONTHLY;BYMONTHDAY=21", "2026-02-24", "2026-02-28") == ["2026-02-24"]
    assert dates("FREQ=MONTHLY;BYMONTHDAY=21", "2026-02-01", "2026-02-23") == []


def test_a_working_saturday_is_a_workday() -> None:
    assert dates("FREQ=MONTHLY;BYMONTHDAY=28", "2026-02-01", "2026-02-28") == ["2026-02-28"]


def test_two_days_that_fall_together_are_one() -> None:
    found = every_day(
        Plan((rule_of("FREQ=MONTHLY;BYMONTHDAY=20,21,24"),)), date(2026, 2, 1), date(2026, 2, 28), CALENDAR
    )
    assert [(d.day.day, d.nominal.day, d.held) for d in found] == [
        (24, 24, True),
        (24, 20, False),
        (24, 21, False),
    ]


def test_cancel_and_keep() -> None:
    assert "2026-02-19" not in dates("FREQ=WEEKLY;BYDAY=TH", "2026-02-01", "2026-02-28", "cancel")
    assert "2026-02-19" in dates("FREQ=WEEKLY;BYDAY=TH", "2026-02-01", "2026-02-28", "keep")


def test_exceptions_close_add_and_change_hours() -> None:
    late = (Period(time(14), time(17)),)
    said = [
        OneDay(date(2026, 6, 4), "closed", reason="x"),
        OneDay(date(2026, 6, 6), "extra", late),
        OneDay(date(2026, 6, 11), "hours", late),
    ]
    plan = Plan((rule_of("FREQ=WEEKLY;BYDAY=TH"),), {one.day: one for one in said})
    found = days(plan, "2026-06-01", "2026-06-12")
    assert [(d.day.day, d.periods) for d in found] == [(6, late), (11, late)]
    before = days(Plan(plan.rules), "2026-06-01", "2026-06-12")
    assert {day: after and after.periods for day, (_, after) in changed(before, found).items()} == {
        date(2026, 6, 4): None,
        date(2026, 6, 11): late,
    }


def test_an_extra_day_where_the_rules_own_would_move_is_that_day() -> None:
    plan = Plan(
        (rule_of("FREQ=MONTHLY;BYMONTHDAY=21"),),
        {date(2026, 2, 21): OneDay(date(2026, 2, 21), "extra")},
    )
    assert [d.day.day for d in days(plan, "2026-02-01", "2026-02-28")] == [21]


def test_validity_counts_for_the_rules_own_day() -> None:
    rule = rule_of("FREQ=MONTHLY;BYMONTHDAY=21", MORNING, "", date(2026, 1, 1), date(2026, 2, 21))
    assert [d.day for d in days(Plan((rule,)), "2025-12-01", "2026-04-30")] == [
        date(2026, 1, 21),
        date(2026, 2, 24),
    ]


def test_a_year_without_a_notice_is_tentative_and_december_leads_into_january() -> None:
    found = days(Plan((rule_of("FREQ=MONTHLY;BYMONTHDAY=1,21"),)), "2026-12-15", "2027-01-31")
    assert [(d.day.isoformat(), d.tentative) for d in found] == [
        ("2026-12-21", False),
        ("2027-01-04", True),  # New Year's Day, a Saturday and a Sunday are assumed free
        ("2027-01-21", True),
    ]


def test_a_loaded_notice_goes_before_what_is_assumed() -> None:
    notice = {date(2027, 10, 1): Special(False, "x"), date(2027, 1, 21): Special(False, "y")}
    calendar = calendar_of(ZoneInfo("Asia/Shanghai"), {SETTING: to_setting(notice)})
    found = days(Plan((rule_of("FREQ=MONTHLY;BYMONTHDAY=21"),)), "2027-01-01", "2027-01-31", calendar)
    assert [(d.day.day, d.tentative, d.why) for d in found] == [(22, False, (Why("moved", "y"),))]


@pytest.mark.parametrize(
    "rule,key",
    [
        ("", "rule"),
        ("every Thursday", "rule"),
        ("FREQ=SECONDLY", "frequency"),
        ("FREQ=MONTHLY;BYHOUR=3", "part"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "part"),
        ("FREQ=MONTHLY;BYMONTHDAY=21;BYMONTHDAY=22", "rule"),
        ("FREQ=MONTHLY;BYDAY=6TH", "part"),
        ("FREQ=WEEKLY;BYDAY=2TH", "part"),
        ("FREQ=DAILY;INTERVAL=0", "part"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "part"),
        ("FREQ=DAILY;COUNT=99999999999", "part"),
        ("FREQ=DAILY;UNTIL=20261399", "part"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "part"),
        ("FREQ=DAILY;DTSTART=20260101", "part"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2,4", "never"),
        ("FREQ=YEARLY;BYMONTHDAY=30;BYMONTH=2", "never"),
        ("FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2", "never"),
        ("FREQ=WEEKLY;BYDAY=TH;BYSETPOS=3", "never"),
        ("FREQ=MONTHLY;UNTIL=19990101", "never"),
    ],
)
def test_a_bad_rule_is_refused_by_name(rule: str, key: str) -> None:
    with pytest.raises(DomainError) as refused:
        rule_of(rule)
    assert refused.value.key == f"open_days.bad.{key}"


def test_rules_that_count_begin_somewhere() -> None:
    every_second = rule_of("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", MORNING, "keep", date(2026, 6, 4))
    assert [d.day.day for d in days(Plan((every_second,)), "2026-06-01", "2026-06-30")] == [4, 18]
    thrice = rule_of("FREQ=MONTHLY;COUNT=3", MORNING, "keep", date(2026, 6, 4))
    assert [d.day.month for d in days(Plan((thrice,)), "2026-07-01", "2027-06-30")] == [7, 8]


@pytest.mark.parametrize(
    "given,key",
    [
        ("22:00-02:00", "midnight"),
        ("08:00-08:00", "midnight"),
        ("08:00-11:00,10:00-12:00", "overlap"),
        ("08:00-25:00", "clock"),
        ("mornings", "hours"),
        ("", "hours"),
    ],
)
def test_bad_hours_are_refused(given: str, key: str) -> None:
    with pytest.raises(DomainError) as refused:
        parse_hours(given)
    assert refused.value.key == f"open_days.bad.{key}"


def test_hours_are_read_in_any_order_and_written_alike() -> None:
    assert write_hours(parse_hours("14:00-17:00, 8:00\u201311:00")) == "08:00-11:00,14:00-17:00"


@pytest.mark.parametrize(
    "said, meant",
    [
        ("8点到11点", "08:00-11:00"),
        ("从8点半到11点20分", "08:30-11:20"),
        ("上午8点至11点，下午2点到5点", "08:00-11:00,14:00-17:00"),
        ("早上8:30到中午12点", "08:30-12:00"),
        ("中午11点半到1点", "11:30-13:00"),
        ("8点到中午", ""),
        ("晚上7点到9点整", "19:00-21:00"),
        ("晚上7点到12点", ""),
        ("14时到17时", "14:00-17:00"),
        ("下午14点到17点", "14:00-17:00"),
    ],
)
def test_hours_as_people_say_them(said: str, meant: str) -> None:
    if meant:
        assert write_hours(parse_hours(said)) == meant
    else:
        with pytest.raises(DomainError):
            parse_hours(said)


def test_a_window_backwards_or_of_centuries_is_refused() -> None:
    for last in ("2025-01-01", "9999-12-31"):
        with pytest.raises(DomainError):
            dates("FREQ=DAILY", "2026-01-01", last)


def test_hours_in_the_gap_of_summer_time_are_never_negative() -> None:
    start, end = Period(time(2, 30), time(3, 0)).moments(date(2026, 3, 29), ZoneInfo("Europe/Berlin"))
    assert start <= end
