"""The next days a workroom is open, as of now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from domain.casework import Now
from domain.open_days import OpenDay, open_days
from domain.people import Person
from storage.unit import UnitOfWork

AHEAD = (timedelta(days=20), timedelta(days=150))
"""So far is looked for the next days; if that finds too few, so far: a rule may name one day a quarter."""

SHOWN = 3
"""Days shown (issue: the next three)."""


async def next_days(uow: UnitOfWork, now: Now, workroom: int, most: int = SHOWN) -> list[OpenDay]:
    """The next days a workroom is open; today as long as its hours aren't over."""
    plan = await uow.open_days.plan(workroom)
    if not plan.rules and not plan.exceptions:
        return []
    coming: list[OpenDay] = []
    for ahead in AHEAD:
        found = open_days(plan, now.today, now.today + ahead, now.calendar)
        coming = [day for day in found if not _over(day, now)]
        if len(coming) >= most:
            break
    return [sure(day, now) for day in coming[:most]]


async def next_if_closed(uow: UnitOfWork, now: Now, workroom: int) -> OpenDay | None:
    """The next day, for who comes after hours (part 2, 30-33); None while it is open, or without any."""
    days = await next_days(uow, now, workroom, most=1)
    return days[0] if days and not _is_on(days[0], now) else None


async def tell(uow: UnitOfWork, person: Person, workroom: int, days: Sequence[OpenDay]) -> None:
    """Somebody is being told these days: should one move, they hear of it.

    Not who serves there: of that they hear by the roster.
    """
    serves = any(holding.workroom == workroom for holding in person.holdings)
    if person.id and days and not serves:
        await uow.open_days.tell({(person.seat, workroom): days})


def _is_on(day: OpenDay, now: Now) -> bool:
    spans = (period.moments(day.day, now.calendar.zone) for period in day.periods)
    return any(start <= now.moment < end for start, end in spans)


def sure(day: OpenDay, now: Now) -> OpenDay:
    """What is held today moves no more, whatever notice is loaded."""
    return replace(day, tentative=day.tentative and day.day > now.today)


def _over(day: OpenDay, now: Now) -> bool:
    if day.day > now.today or not day.periods:
        return False
    _, end = day.periods[-1].moments(day.day, now.calendar.zone)
    return end <= now.moment
