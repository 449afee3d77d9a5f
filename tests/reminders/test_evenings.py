"""The evening's reminders: whatever the district's quiet hours, time zone and clocks, an evening comes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Calendar
from domain.quiet_hours import LONGEST, QuietHours
from domain.reminders import is_evening, when_reminded
from domain.terms import Terms

HOURS = st.integers(0, 23).map(time)
QUIET = st.builds(QuietHours, HOURS, HOURS).filter(lambda hours: hours.length <= LONGEST)
ZONES = st.sampled_from([ZoneInfo(z) for z in ("Asia/Shanghai", "Europe/Berlin", "America/New_York")])
CALENDARS = st.builds(
    lambda quiet, at, zone: Calendar(
        zone, Terms(quiet_from=quiet.starts, quiet_until=quiet.ends, remind_evening=at)
    ),
    QUIET,
    st.sampled_from([time(17), time(18), time(20)]),
    ZONES,
)
CHANGED = [date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)]
"""Clocks are changed on these days."""
DAYS = st.dates(date(2026, 1, 2), date(2027, 12, 30)) | st.sampled_from(
    [day + timedelta(days=n) for day in CHANGED for n in (0, 1)]
)
QUARTER = timedelta(minutes=15)


def every_quarter(day: date, calendar: Calendar) -> list[datetime]:
    """The moments of a local day at which a planner may look."""
    begins = calendar.start_of(day)
    ends = calendar.start_of(day + timedelta(days=1))
    return [begins + n * QUARTER for n in range(100) if begins + n * QUARTER < ends]


@given(DAYS, CALENDARS)
def test_every_day_has_an_evening_in_which_people_may_be_disturbed(day: date, calendar: Calendar) -> None:
    """Quiet hours from five in the afternoon once left none: nobody was reminded of the next day."""
    found = [at for at in every_quarter(day, calendar) if is_evening(at, calendar)]
    assert found
    assert not [at for at in found if calendar.is_quiet(at)]


@given(DAYS, CALENDARS, st.none() | QUIET, st.integers(0, 30))
def test_what_is_promised_is_what_comes(
    day: date, calendar: Calendar, own: QuietHours | None, before: int
) -> None:
    """A planner looks every quarter of an hour; the letter waits for the end of its reader's own night."""
    pressed = calendar.start_of(day) - timedelta(hours=before)
    promised = when_reminded(day, pressed, calendar, own)
    eve = every_quarter(day - timedelta(days=1), calendar)
    found = [at for at in eve if at >= pressed and is_evening(at, calendar)]
    assert (promised is not None) == bool(found)
    if promised is None:
        return
    said = calendar.end_of_quiet(found[0], own) if calendar.is_quiet(found[0], own) else found[0]
    assert timedelta(0) <= said - promised < QUARTER
    assert not calendar.is_quiet(promised, own)


def test_after_the_evening_nothing_is_promised() -> None:
    calendar = Calendar(ZoneInfo("Asia/Shanghai"))
    day, late = date(2026, 12, 10), datetime(2026, 12, 9, 13, 0, tzinfo=UTC)
    assert when_reminded(day, late, calendar) is None
    assert when_reminded(day, late - QUARTER, calendar) == late - QUARTER
    assert when_reminded(day + timedelta(days=1), late, calendar) == datetime(2026, 12, 10, 10, 0, tzinfo=UTC)
