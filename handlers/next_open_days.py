"""The next days a workroom is open, as of now."""

from datetime import timedelta

from domain.casework import Now
from domain.open_days import OpenDay, open_days
from storage.unit import UnitOfWork

AHEAD = timedelta(days=150)
"""So far is looked for the next days; a rule may name one day a quarter."""

SHOWN = 3
"""Days shown (issue: the next three)."""


async def next_days(uow: UnitOfWork, now: Now, workroom: int, most: int = SHOWN) -> list[OpenDay]:
    """The next days a workroom is open; today as long as its hours aren't over."""
    plan = await uow.open_days.plan(workroom)
    if not plan.rules and not plan.exceptions:
        return []
    found = open_days(plan, now.today, now.today + AHEAD, now.calendar)
    return [day for day in found if not _over(day, now)][:most]


def _over(day: OpenDay, now: Now) -> bool:
    if day.day > now.today or not day.periods:
        return False
    _, end = day.periods[-1].moments(day.day, now.calendar.zone)
    return end <= now.moment
