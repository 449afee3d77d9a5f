"""The ladder of a term, whatever the calendar: no rung is left out, none twice, none on a day off."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Calendar
from domain.messages import Message
from domain.people import Seat
from domain.reminders import (
    STEPS,
    Due,
    Staff,
    Step,
    is_evening,
    name_of,
    notice_week,
    quarter_of,
    receivers,
    rungs,
)
from domain.terms import Terms
from tests.chat import SHANGHAI

DAYS = st.dates(date(2026, 1, 5), date(2027, 11, 30))
SETTINGS = st.builds(
    Terms,
    remind_before_days=st.integers(1, 4),
    remind_late_days=st.integers(1, 3),
    remind_office_days=st.integers(1, 6),
)


def walked(term: date, calendar: Calendar) -> list[Step]:
    """The rungs a term stands on, day by day, as far as staff hear of them."""
    days = (term + timedelta(days=n) for n in range(-40, 60))
    found = [today.step(term) for day in days if (today := rungs(day, calendar)) is not None]
    return [step for step in found if step is not None]


@given(DAYS, SETTINGS)
def test_a_term_climbs_rung_by_rung(term: date, terms: Terms) -> None:
    calendar = Calendar(SHANGHAI, terms)
    steps = walked(term, calendar)
    places = [STEPS.index(step) for step in steps]
    assert places == sorted(places), "a term never goes down"
    assert steps[-1] == "up"
    assert {"soon", "due"} <= set(steps)
    if terms.remind_office_days > terms.remind_late_days:
        assert set(steps) == set(STEPS), "somebody who looks every working day misses no rung"


@given(DAYS, SETTINGS)
def test_it_is_due_on_its_day_and_goes_up_so_many_working_days_later(term: date, terms: Terms) -> None:
    calendar = Calendar(SHANGHAI, terms)
    term = calendar.on_or_after(term)
    today = rungs(term, calendar)
    assert today is not None and today.step(term) == "due"
    last = calendar.after(term, max(terms.remind_office_days, terms.remind_late_days))
    above = rungs(last, calendar)
    assert above is not None and above.step(term) == "up"
    eve = rungs(calendar.before(last, 1), calendar)
    assert eve is not None and eve.step(term) != "up"


@given(DAYS)
def test_before_is_the_way_back_of_after(day: date) -> None:
    calendar = Calendar(SHANGHAI)
    day = calendar.on_or_after(day)
    for many in range(6):
        assert calendar.before(calendar.after(day, many), many) == day


SEATS = st.builds(
    Seat, st.sampled_from(("liaison", "representative", "contact", "officer")), st.integers(1, 3)
)
AROUND = st.builds(
    Staff,
    st.lists(SEATS, max_size=3).map(tuple),
    st.one_of(st.none(), SEATS.filter(lambda seat: seat.role == "liaison")),
    st.lists(SEATS.filter(lambda seat: seat.role == "officer"), max_size=2).map(tuple),
)


@given(st.sampled_from(STEPS), AROUND)
def test_whose_turn_it_is_always_hears_and_nobody_hears_without_reason(step: Step, staff: Staff) -> None:
    told = receivers(step, staff)
    for seat in staff.doers:
        assert told[seat] == "own"
    if staff.doers:
        expected = set(staff.doers)
        expected |= {staff.liaison} if step == "late" and staff.liaison else set()
        expected |= set(staff.office) if step == "up" else set()
        assert set(told) == expected
    elif staff.liaison or staff.office:
        assert told, "where a rung has no seat, the next one above hears of it"
        assert set(told.values()) <= {"other", "office"}
    else:
        assert told == {}


@given(st.integers(1, 10**9), st.integers(0, 99), DAYS, st.sampled_from(STEPS), SEATS)
def test_a_reminder_is_known_again_by_its_key(
    subject: int, turn: int, day: date, step: Step, seat: Seat
) -> None:
    due = Due("liaison", subject, day, step, seat, "term", Message("reminder.term"), turn)
    assert len(due.key) <= 120, "the outbox keeps no longer keys"
    name = name_of(due.key)
    assert name is not None
    assert (name.topic, name.subject, name.turn, name.day, name.step, name.seat) == (
        "liaison",
        subject,
        turn,
        day,
        step,
        seat,
    )
    assert name_of("7K3F29.3.accept.person:1") is None


@given(DAYS)
def test_a_quarter_holds_its_days(day: date) -> None:
    first, last = quarter_of(day)
    assert first <= day <= last
    assert first.day == 1 and (last + timedelta(days=1)).day == 1
    assert 89 <= (last - first).days <= 91
    assert quarter_of(last + timedelta(days=1))[0] == last + timedelta(days=1)


@given(DAYS)
def test_the_notice_is_asked_for_once_a_week_from_november_on(day: date) -> None:
    year, week = notice_week(day)
    assert timedelta(0) <= day - week < timedelta(days=7)
    assert (week - date(year - 1, 11, 1)).days % 7 == 0
    assert week >= date(year - 1, 11, 1)
    assert year == day.year + (day >= date(day.year, 11, 1))


@pytest.mark.parametrize(
    "clock, evening", [("17:59", False), ("18:00", True), ("20:59", True), ("21:00", False), ("03:00", False)]
)
def test_the_evening_ends_where_the_night_begins(clock: str, evening: bool) -> None:
    local = datetime.fromisoformat(f"2026-12-09 {clock}").replace(tzinfo=SHANGHAI)
    assert is_evening(local.astimezone(UTC), Calendar(SHANGHAI)) is evening
