"""Everybody's own quiet hours: set by a tap or as they write them, and kept by all that can wait."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.errors import DomainError
from domain.quiet_hours import LONGEST, NONE, PRESETS, QuietHours, parse
from domain.quiet_words import understood
from locales.lexicon import lexicon
from tests.chat import SHANGHAI

TIMES = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 59)))
HOURS = st.builds(QuietHours, TIMES, TIMES)
OWN = HOURS.filter(lambda hours: hours.length <= LONGEST)
ZONES = st.sampled_from(
    [ZoneInfo(z) for z in ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")]
)
"""The last one changes its clocks by half an hour."""
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
MINUTES = st.integers(0, 2 * 365 * 24 * 60).map(lambda minute: BEGUN + timedelta(minutes=minute))
CHANGES = [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 4)]
MOMENTS = MINUTES | st.builds(
    lambda day, hour, minute: datetime.combine(day, time(hour, minute), UTC),
    st.sampled_from(CHANGES),
    st.integers(0, 23),
    st.sampled_from((10, 40)),
)
"""The second half are the days on which the clocks are changed."""


BERLIN = ZoneInfo("Europe/Berlin")
LATE = QuietHours(time(22), time(2, 30))


@example(LATE, datetime(2026, 3, 29, 0, 10, tzinfo=UTC), BERLIN)  # there is no half past two that night
@example(LATE, datetime(2026, 10, 25, 0, 10, tzinfo=UTC), BERLIN)  # there are two
@example(LATE, datetime(2026, 10, 25, 1, 10, tzinfo=UTC), BERLIN)
@given(OWN, MOMENTS, ZONES)
def test_what_waits_is_said_when_they_end_and_not_before(
    hours: QuietHours, moment: datetime, zone: ZoneInfo
) -> None:
    if not hours.hold(moment, zone):
        return
    end = hours.end(moment, zone)
    assert moment < end <= moment + LONGEST + timedelta(hours=2), "set back clocks make a night longer"
    assert not hours.hold(end, zone)
    clock = end.astimezone(zone).time()
    passed = hours.ends.hour * 60 + hours.ends.minute
    late = (clock.hour * 60 + clock.minute - passed) % (24 * 60)
    assert late <= 60, "an hour late at most, where the clocks have left it out"


@given(OWN, st.sampled_from((8, 9, 14)))
def test_whoever_asks_for_it_hears_of_an_open_day_before_it_begins(hours: QuietHours, begins: int) -> None:
    """Found at six in the evening, said when its reader may be disturbed."""
    evening = datetime(2026, 12, 9, 18, 0, tzinfo=SHANGHAI).astimezone(UTC)
    said = hours.end(evening, SHANGHAI) if hours.hold(evening, SHANGHAI) else evening
    assert said <= datetime(2026, 12, 10, begins, 0, tzinfo=SHANGHAI).astimezone(UTC)


@given(OWN)
def test_hours_are_read_back_as_they_are_written(hours: QuietHours) -> None:
    assert parse(str(hours)) == hours
    if hours.length and {hours.starts.hour, hours.ends.hour} - {10, 11, 12}:
        assert understood(str(hours), lexicon().clock) == [hours], "09:00 and 22:00 say which half is meant"


def test_a_preset_is_one_somebody_might_write() -> None:
    assert all(hours is None or hours.length <= LONGEST for hours in PRESETS.values())
    assert not NONE.hold(datetime(2026, 12, 9, tzinfo=UTC), SHANGHAI)


@pytest.mark.parametrize(
    "written, meant",
    [
        ("22:00-7:00", "22:00-07:00"),
        ("22：30～06：15", "22:30-06:15"),
        ("22-7", "22:00-07:00"),
        ("晚上10点到早上7点", "22:00-07:00"),
        ("从晚上九点半到早上七点不要打扰我", "21:30-07:00"),
        ("二十二点到七点", "22:00-07:00"),
        ("晚上12点到早上6点", "00:00-06:00"),
        ("中午12点到下午2点", "12:00-14:00"),
        ("夜里1点到早上9点", "01:00-09:00"),
        ("晚上8点到8点", "20:00-08:00"),
        ("10pm-7am", "22:00-07:00"),
        ("from 10 at night to 7 in the morning", "22:00-07:00"),
        ("10点到7点", "22:00-07:00 10:00-19:00"),
        ("8点到9点", "20:00-09:00 20:00-21:00 08:00-09:00"),
        ("23点", ""),
        ("1-2-3", ""),
        ("25:00-7:00", ""),
        ("22:60-7:00", ""),
        ("22:00-22:00", ""),
        ("9" * 10_000, ""),
        ("晚上" * 5_000, ""),
    ],
)
def test_what_people_write(written: str, meant: str) -> None:
    assert " ".join(map(str, understood(written, lexicon().clock))) == meant


@pytest.mark.parametrize("forged", ["", "x", "22:00", "22:00-", "25:00-07:00", "07:00-23:00", "a-b-c"])
def test_no_other_hours_are_set(forged: str) -> None:
    with pytest.raises(DomainError):
        parse(forged)
