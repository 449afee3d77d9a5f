"""A calendar day as people write it, and which day they mean by it."""

import re
from datetime import date, timedelta

_FULL = re.compile(r"(\d{4})[-/.\u5e74](\d{1,2})[-/.\u6708](\d{1,2})[\u65e5\u53f7]?")
_SHORT = re.compile(r"(\d{1,2})[-/.\u6708](\d{1,2})[\u65e5\u53f7]?")
_DAY = re.compile(r"(\d{1,2})[\u65e5\u53f7]?")


def tidy_day(text: str) -> str | None:
    """`2026-12-06`, `12-06` or `06` for what was written; None for something else."""
    plain = re.sub(r"\s|[(\uff08].*", "", text)
    for pattern in (_FULL, _SHORT, _DAY):
        if (found := pattern.fullmatch(plain)) is not None:
            written = "-".join(part.zfill(2) for part in found.groups())
            return written if _possible(written) else None
    return None


def _possible(written: str) -> bool:
    """Whether there is such a day at all; in a leap year, where no year is named."""
    year, month, day = ("2028-01-" + written if len(written) == 2 else "2028-" + written)[-10:].split("-")
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def resolve(written: str, today: date) -> date:
    """The day meant: with its year, or the next one of that name from today on (`tidy_day` has read it)."""
    if len(written) == 10:
        return date.fromisoformat(written)
    day = today
    while not day.isoformat().endswith(f"-{written}"):
        day += timedelta(days=1)
    return day
