"""A year's open days for a city's workrooms.

    python -m benchmarks.open_days

1,600 workrooms: once as a city has them, with the few rules of the documents, and once with 1,600 different
rules, so that nothing is remembered from another.
"""

import time
from datetime import date
from itertools import combinations, islice
from zoneinfo import ZoneInfo

from domain.calendar import Calendar
from domain.open_days import Plan, open_days, rule_of
from domain.recurrence import nominal_days

ROOMS = 1_600
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
RULES = (
    "FREQ=MONTHLY;BYMONTHDAY=10,20",
    "FREQ=MONTHLY;BYMONTHDAY=21",
    "FREQ=WEEKLY;BYDAY=TH",
    "FREQ=MONTHLY;BYDAY=2WE",
)


def measured(name: str, plans: list[Plan]) -> None:
    """Print the time for all of them, no day of any rule being known before."""
    calendar = Calendar(ZoneInfo("Asia/Shanghai"))
    nominal_days.cache_clear()
    begun, worked = time.perf_counter(), time.process_time()
    days = sum(len(open_days(plan, *YEAR, calendar)) for plan in plans)
    seconds, busy = time.perf_counter() - begun, time.process_time() - worked
    print(f"{ROOMS} workrooms, {name}: {days} open days in {seconds:.2f} s (processor {busy:.2f} s)")


def main() -> None:
    """Rules shared by many workrooms, then each workroom with one of its own."""
    measured(f"{len(RULES)} rules", [Plan((rule_of(RULES[n % len(RULES)]),)) for n in range(ROOMS)])
    days = islice(combinations(range(1, 29), 3), ROOMS)
    own = [Plan((rule_of(f"FREQ=MONTHLY;BYMONTHDAY={a},{b},{c}"),)) for a, b, c in days]
    measured(f"{ROOMS} rules", own)


if __name__ == "__main__":
    main()
