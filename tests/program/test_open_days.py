"""`workroom open-days`: a rule is tried before it is saved."""

import json
from pathlib import Path

import pytest

from bot.settings import settings as settings_of
from tests.program.conftest import Run, program
from tests.world import Clock

FEBRUARY = ("--from", "2026-02-01", "--to", "2026-02-28")
THE_21ST = ("--rule", "FREQ=MONTHLY;BYMONTHDAY=21", "--on-holiday", "next-workday")


def test_one_line_a_day_with_hours_and_the_nominal_date(run: Run) -> None:
    done = run("open-days", *THE_21ST, *FEBRUARY)
    assert (done.exit_code, done.stdout) == (0, "2026-02-24 09:00-12:00 2026-02-21\n")
    done = run("open-days", *THE_21ST, *FEBRUARY, "--hours", "14:00-17:00,8:00-11:00")
    assert done.stdout == "2026-02-24 08:00-11:00,14:00-17:00 2026-02-21\n"


def test_the_three_things_a_holiday_can_do(run: Run) -> None:
    given = ("--rule", "FREQ=WEEKLY;BYDAY=TH", "--hours", "08:00-11:00", "--from", "2026-02-12", "--to")
    lines = {
        how: [line.split()[0] for line in run("open-days", *given, "2026-02-28", *words).stdout.splitlines()]
        for how, words in {"": (), "keep": ("--on-holiday", "keep")}.items()
    }
    assert lines == {"": ["2026-02-12", "2026-02-26"], "keep": ["2026-02-12", "2026-02-19", "2026-02-26"]}


def test_a_year_without_a_notice_is_tentative(run: Run) -> None:
    done = run(
        "open-days", "--rule", "FREQ=MONTHLY;BYMONTHDAY=1", "--from", "2026-12-01", "--to", "2027-01-31"
    )
    assert done.stdout == "2026-12-01 09:00-12:00\n2027-01-04 09:00-12:00 2027-01-01 tentative\n"


def test_json_says_why_in_words(run: Run) -> None:
    found = json.loads(run("open-days", *THE_21ST, *FEBRUARY, "--json").stdout)
    assert found == [
        {
            "date": "2026-02-24",
            "hours": ["09:00-12:00"],
            "nominal": "2026-02-21",
            "moved": True,
            "tentative": False,
            "why": "原定2月21日(周六)遇春节假期，顺延至2月24日(周二)。",
        }
    ]


def test_counting_begins_with_the_window(run: Run) -> None:
    done = run(
        "open-days", "--rule", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "--from", "2026-06-04", "--to", "2026-06-30"
    )
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["2026-06-04", "2026-06-18"]


@pytest.mark.parametrize(
    "words",
    [
        ("--rule", "FREQ=SECONDLY", *FEBRUARY),
        ("--rule", "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2", *FEBRUARY),
        ("--rule", "FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2", *FEBRUARY),
        ("--rule", "FREQ=DAILY;COUNT=999999999999", *FEBRUARY),
        ("--rule", "FREQ=DAILY", "--hours", "22:00-02:00", *FEBRUARY),
        ("--rule", "FREQ=DAILY", "--hours", "08:00-11:00,10:00-12:00", *FEBRUARY),
        ("--rule", "FREQ=DAILY", "--from", "2026-03-01", "--to", "2026-02-01"),
        ("--rule", "FREQ=DAILY", "--from", "2026-03-01", "--to", "9999-12-31"),
        ("--rule", "FREQ=DAILY", "--from", "9999-12-31"),
        ("--rule", "", *FEBRUARY),
        ("--workroom", "NOWHERE", *FEBRUARY),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run: Run, words: tuple[str, ...]) -> None:
    done = run("open-days", *words)
    assert (done.exit_code, done.stdout, len(done.stderr.strip().splitlines())) == (1, "", 1)


@pytest.mark.parametrize(
    "words",
    [
        FEBRUARY,
        (*THE_21ST, "--workroom", "LJ01", *FEBRUARY),
        (*THE_21ST, "--from", "tomorrow"),
        ("--rule", "FREQ=DAILY", "--on-holiday", "perhaps", *FEBRUARY),
        ("--workroom", "LJ01", "--hours", "08:00-09:00"),
    ],
)
def test_what_does_not_go_together_is_usage(run: Run, words: tuple[str, ...]) -> None:
    assert run("open-days", *words).exit_code == 2


def test_a_rule_is_tried_before_there_is_a_database(tmp_path: Path) -> None:
    run = program(settings_of(home=tmp_path / "none", _env_file=None), Clock())
    assert run("open-days", *THE_21ST, *FEBRUARY).stdout.startswith("2026-02-24 ")
    assert run("open-days", "--workroom", "LJ01").exit_code == 1
    assert not (tmp_path / "none").exists()


def test_no_day_in_the_window_is_said_and_no_failure(run: Run) -> None:
    done = run("open-days", *THE_21ST, "--from", "2026-02-10", "--to", "2026-02-20")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.strip()
