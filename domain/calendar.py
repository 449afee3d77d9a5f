"""Working days by the official calendar with its make-up weekends, and terms counted in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from domain import holidays
from domain.holidays import Holidays
from domain.quiet_hours import QuietHours
from domain.terms import Terms, read


@dataclass(frozen=True, slots=True)
class Calendar:
    """The district's calendar. Days are local dates of `zone`."""

    zone: tzinfo
    terms: Terms = field(default_factory=Terms)
    holidays: Holidays = field(default_factory=Holidays)

    def is_workday(self, day: date) -> bool:
        """By the notice; without one: no weekend and no fixed holiday."""
        return self.holidays.is_workday(day)

    def is_tentative(self, day: date) -> bool:
        """Whether the year's notice is missing, so that the day is 暂定 (part 3, 1)."""
        return not self.holidays.knows(day.year)

    def on_or_after(self, day: date) -> date:
        """The day itself if it is a workday, or else the next one (rule 31)."""
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day

    def day_of(self, moment: datetime) -> date:
        """The local date of a moment."""
        return moment.astimezone(self.zone).date()

    def after(self, day: date, workdays: int) -> date:
        """The workday that is so many working days after `day`; a holiday never shortens a term."""
        while workdays > 0:
            day += timedelta(days=1)
            workdays -= self.is_workday(day)
        return day

    def before(self, day: date, workdays: int) -> date:
        """The workday that is so many working days before `day`."""
        while workdays > 0:
            day -= timedelta(days=1)
            workdays -= self.is_workday(day)
        return day

    def workdays_until(self, start: date, end: date) -> int:
        """How many working days lie after `start` and not after `end`."""
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(map(self.is_workday, days))

    def is_quiet(self, moment: datetime, own: QuietHours | None = None) -> bool:
        """Whether nothing that can wait may be pushed now: to anybody, or to who has hours of their own."""
        return (own or self.terms.quiet).hold(moment, self.zone)

    def end_of_quiet(self, moment: datetime, own: QuietHours | None = None) -> datetime:
        """When the quiet hours around `moment` end, in UTC."""
        return (own or self.terms.quiet).end(moment, self.zone)

    def start_of(self, day: date) -> datetime:
        """The first moment of a local day, in UTC."""
        return datetime.combine(day, time(0), self.zone).astimezone(UTC)


def calendar_of(zone: tzinfo, settings: Mapping[str, str]) -> Calendar:
    """The district's calendar by all that is set: its terms, and the days of the notices it has loaded."""
    return _calendar(zone, tuple(sorted(settings.items())))


@lru_cache(maxsize=8)
def _calendar(zone: tzinfo, settings: tuple[tuple[str, str], ...]) -> Calendar:
    """Read once for all who ask: a planner and a postman do so all the time."""
    known = dict(settings)
    return Calendar(zone, read(known), holidays.from_setting(known.get(holidays.SETTING, "")))
