"""What the conversations about visits ask for: kinds of the day, recent days, the log that is returned."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from conversations.flow import Option
from domain.errors import Retry
from domain.messages import Text
from domain.visits import OLDEST, day_in, kinds_for
from handlers import visits
from handlers.visit import Visit

RECENT = 7
"""Days that can be tapped; earlier ones are written."""


async def activity_kinds(visit: Visit) -> frozenset[str]:
    """What can be logged now: the five kinds of the activity month only around it."""
    return frozenset(kinds_for(visit.now.today, visit.terms.activity_month))


async def this_day(visit: Visit) -> Mapping[str, Any]:
    """Today, and the activity month."""
    return {"day": visit.now.today.isoformat(), "month": visit.terms.activity_month}


async def recent_days(visit: Visit) -> list[Option]:
    """Today and the days before it."""
    days = [(visit.now.today - timedelta(days=n)).isoformat() for n in range(RECENT)]
    return [Option(day, visit.house.words.say(visit.language, "visits.day", {"day": day})) for day in days]


async def spoken_day(visit: Visit) -> list[dict[str, str]]:
    """The day that was written instead. Raises Retry for none, one to come, or one too long ago."""
    what = visit.inbound.what
    words = what.text if isinstance(what, Text) else ""
    day = day_in(words[:100], visit.house.lexicon.visits, visit.now.today)
    if day is None:
        raise Retry("retry.day")
    if day > visit.now.today:
        raise Retry("retry.day_to_come", day=day.isoformat())
    if visit.now.today - day > OLDEST:
        raise Retry("retry.day_too_old", day=day.isoformat())
    return [{"id": day.isoformat(), "text": day.isoformat()}]


async def spoken_log(visit: Visit) -> list[dict[str, str]]:
    """The whole log, written where only its kind was asked for. Raises Retry when it names none."""
    what = visit.inbound.what
    given = visits.heard(visit, what.text) if isinstance(what, Text) else None
    if given is None:
        raise Retry("retry.choose")
    return [{**given, "id": given["kind"]}]


async def logged_activity(visit: Visit) -> Mapping[str, Any]:
    """The log that the liaison gives back."""
    activity = await visits.for_liaison(visit, visit.loaded["given"]["activity"])
    return await visits.params_of(visit.uow, activity)


VISIT_LOADERS: dict[str, Callable[..., Awaitable[Any]]] = {
    "activity_kinds": activity_kinds,
    "this_day": this_day,
    "recent_days": recent_days,
    "spoken_day": spoken_day,
    "spoken_log": spoken_log,
    "logged_activity": logged_activity,
}
