"""Which days the official notices make free or working: the packaged ones, and what the office has loaded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import chinese_calendar
from chinese_calendar import Holiday

FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Month and day of the holidays of every year that the sun's calendar fixes (国务院令第795号): assumed
where no notice is known (part 3, 1)."""

NAMED_BY_DATE = {1: "new_year", 5: "labour", 10: "national"}
"""What a fixed holiday is called, by its month."""

_NAMES = {
    Holiday.new_years_day.value: "new_year",
    Holiday.spring_festival.value: "spring_festival",
    Holiday.tomb_sweeping_day.value: "qingming",
    Holiday.labour_day.value: "labour",
    Holiday.dragon_boat_festival.value: "dragon_boat",
    Holiday.national_day.value: "national",
    Holiday.mid_autumn_festival.value: "mid_autumn",
}

FEASTS = (*_NAMES.values(), "weekend", "holiday")
"""Every code that a free day may be named by; their words are `open_days.feast.<code>`."""

SETTING = "holiday_days"
"""The setting that carries the loaded days to every process, with whatever else the district has set."""


@dataclass(frozen=True, slots=True)
class Special:
    """A day that a notice names: free or worked, and the feast's name as the notice writes it."""

    workday: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class Holidays:
    """The days of the loaded notices; they go before the packaged ones, day by day."""

    days: Mapping[date, Special] = field(default_factory=lambda: MappingProxyType({}))

    def knows(self, year: int) -> bool:
        """Whether the year has a notice: National Day stands in every one."""
        return date(year, 10, 1) in self.days or _packaged(date(year, 10, 1)) is not None

    def is_workday(self, day: date) -> bool:
        """By the notice; without one: no weekend and no fixed holiday."""
        special = self.days.get(day)
        if special is not None:
            return special.workday
        packaged = None if date(day.year, 10, 1) in self.days else _packaged(day)
        return _assumed(day) if packaged is None else packaged

    def name(self, day: date) -> str:
        """Why the day is free: a name as the notice writes it, a feast's code (`labour`), or `weekend`."""
        special = self.days.get(day)
        if special is not None and special.name:
            return special.name
        feast = "" if special is not None else _packaged_name(day)
        if not feast and (day.month, day.day) in FIXED_HOLIDAYS:
            feast = NAMED_BY_DATE[day.month]
        return feast or ("weekend" if day.weekday() >= 5 else "holiday")


def _assumed(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS


@lru_cache(maxsize=8192)
def _packaged(day: date) -> bool | None:
    """Whether the packaged notices make it a workday; None where they don't know the year."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


@lru_cache(maxsize=1024)
def _packaged_name(day: date) -> str:
    try:
        free, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return ""
    return _NAMES.get(name, "") if free and name else ""


def to_setting(days: Mapping[date, Special]) -> str:
    """The days in one line, as the setting keeps them."""
    told = [[day.isoformat(), int(special.workday), special.name] for day, special in sorted(days.items())]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=8)
def from_setting(line: str) -> Holidays:
    """The loaded days; none where nothing was loaded."""
    told = json.loads(line) if line else []
    return Holidays({date.fromisoformat(day): Special(bool(work), name) for day, work, name in told})
