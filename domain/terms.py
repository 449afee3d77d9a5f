"""The district's settings, with the defaults that RULES part 3 names."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import time
from typing import Any

from domain.notice_forms import read_forms
from domain.quiet_hours import QuietHours


@dataclass(frozen=True, slots=True)
class Terms:
    """What a district may set. Terms are working days unless the name says otherwise (part 3, 10)."""

    accept_days: int = 1
    opinion_days: int = 3
    answer_days: int = 10
    extension_days: int = 5
    rating_again_days: int = 3
    rating_lapse_days: int = 7
    reopen_calendar_days: int = 30
    call_back_days: int = 1
    undo_minutes: int = 10
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    give_up_hours: int = 24
    shift_people: int = 2
    roster_day: int = 20
    half_day_minutes: int = 180
    duty_grace_minutes: int = 15
    duty_answer_minutes: int = 30
    duty_ask_at: time = time(18)
    empty_warning_days: int = 3
    offer_hours: int = 48
    check_in_metres: int = 300
    check_in_untold_metres: int = 100
    """How exact a position counts where none ever says so (WeChat); beyond check_in_metres it is no proof."""
    check_in_early_minutes: int = 60
    remind_before_days: int = 1
    remind_late_days: int = 1
    remind_office_days: int = 3
    remind_evening: time = time(18)
    visit_nudge_calendar_days: int = 14
    activity_month: int = 6
    theme: str = ""
    district: str = ""
    hotline: str = ""
    sample: bool = False
    wechat_notices: str = ""
    """domain.notice_forms: which of our messages goes out as which notice."""

    @property
    def quiet(self) -> QuietHours:
        """The district's quiet hours, for everybody who has set none of their own (part 3, 13)."""
        return QuietHours(self.quiet_from, self.quiet_until)


def read(values: Mapping[str, str]) -> Terms:
    """The district's terms: what is set, defaults for the rest. Unknown names are not ours."""
    known = {f.name for f in fields(Terms)}
    given: dict[str, Any] = {name: parse(name, value) for name, value in values.items() if name in known}
    return Terms(**given)


def parse(name: str, value: str) -> int | str | time | bool:
    """One setting's value from its text. Raises ValueError for an unknown name or a value out of range."""
    kinds = {f.name: f.type for f in fields(Terms)}
    if name not in kinds:
        raise ValueError(name)
    if kinds[name] is time:
        return time.fromisoformat(value.strip().rjust(5, "0"))
    if kinds[name] is bool:
        return {"true": True, "false": False}[value.strip().lower()]
    return _count(name, value) if kinds[name] is int else value.strip()


_MOST = {"metres": 20_000, "minutes": 1_440, "people": 20, "day": 28, "month": 12}
"""The largest value by the last part of a setting's name; 366 for the others."""


def _count(name: str, value: str) -> int:
    number = int(value)
    if not 0 < number <= _MOST.get(name.rpartition("_")[2], 366):
        raise ValueError(value)
    return number


def check(name: str, value: str) -> str:
    """The value as it is kept. Raises ValueError."""
    try:
        parsed = parse(name, value)
        read_forms(value if name == "wechat_notices" else "")
    except KeyError as wrong:
        raise ValueError(value) from wrong
    if isinstance(parsed, bool):
        return str(parsed).lower()
    return parsed.strftime("%H:%M") if isinstance(parsed, time) else str(parsed)
