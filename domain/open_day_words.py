"""What is said of an open day, as plain data for the templates."""

from collections.abc import Mapping
from typing import Any

from domain.holidays import FEASTS
from domain.hours import Period
from domain.open_days import OpenDay, Why


def told(day: OpenDay) -> dict[str, Any]:
    """A day for a template: ISO dates and times, the reasons; `nominal` only where it was moved."""
    return {
        "day": day.day.isoformat(),
        "nominal": day.nominal.isoformat() if day.moved else "",
        "hours": [span(period) for period in day.periods],
        "tentative": day.tentative,
        "held": day.held,
        "whys": [_why(why) for why in day.why],
    }


def span(period: Period) -> list[str]:
    """A period as the filter `times` takes it."""
    return [f"{period.start:%H:%M}", f"{period.end:%H:%M}"]


def _why(why: Why) -> Mapping[str, str]:
    """`feast` is the code of a known holiday, `named` what a notice calls it."""
    known = why.holiday in FEASTS
    return {
        "kind": why.kind,
        "feast": why.holiday if known else "",
        "named": "" if known else why.holiday,
        "reason": why.reason,
    }
