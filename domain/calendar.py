"""Working days by the official calendar with its make-up weekends, and terms counted in them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

import chinese_calendar

from domain.terms import Terms

FIXED_HOLIDAYS = {(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)}
"""Holidays of every year, used where no official notice is known (part 3, 1)."""


@lru_cache(maxsize=4096)
def _official(day: date) -> bool | None:
    """Whether the official notice makes it a workday; None where there is no notice for that year."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The district's calendar. Days are local dates of `zone`."""

    zone: tzinfo
    terms: Terms = field(default_factory=Terms)

    def is_workday(self, day: date) -> bool:
        """By the notice; without one: no weekend and no fixed holiday."""
        official = _official(day)
        if official is None:
            return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS
        return official

    def is_tentative(self, day: date) -> bool:
        """Whether the year's notice is missing, so that the day is 暂定 (part 3, 1)."""
        return _official(day) is None

    def day_of(self, moment: datetime) -> date:
        """The local date of a moment."""
        return moment.astimezone(self.zone).date()

    def after(self, day: date, workdays: int) -> date:
        """The workday that is so many working days after `day`; a holiday never shortens a term."""
        while workdays > 0:
            day += timedelta(days=1)
            workdays -= self.is_workday(day)
        return day

    def is_quiet(self, moment: datetime) -> bool:
        """Whether nothing that can wait may be pushed now (part 3, 13)."""
        clock = moment.astimezone(self.zone).time()
        start, end = self.terms.quiet_from, self.terms.quiet_until
        return start <= clock or clock < end if start > end else start <= clock < end

    def end_of_quiet(self, moment: datetime) -> datetime:
        """When the quiet hours around `moment` end, in UTC."""
        local = moment.astimezone(self.zone)
        end = datetime.combine(local.date(), self.terms.quiet_until, self.zone)
        return (end if end > local else end + timedelta(days=1)).astimezone(UTC)

    def start_of(self, day: date) -> datetime:
        """The first moment of a local day, in UTC."""
        return datetime.combine(day, time(0), self.zone).astimezone(UTC)
