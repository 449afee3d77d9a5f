"""免打扰: when somebody doesn't want to be disturbed; without a word of theirs the district's hours stand."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from domain.effects import SetQuietHours
from domain.errors import Retry
from domain.messages import Choice, Message, Text
from domain.people import Seat
from domain.quiet_hours import QuietHours, parse
from domain.quiet_words import understood
from handlers.visit import Visit


async def begin(visit: Visit) -> list[Message]:
    """Ask when nothing is to be said; times may be written as well."""
    return await visit.begin("set_quiet_hours", {})


async def set_hours(visit: Visit, effect: SetQuietHours) -> list[Message]:
    """Theirs from now on; what was kept back until now is looked at again by the new hours."""
    hours = parse(effect.hours)
    await visit.uow.quiet_hours.set(visit.person.id, hours, visit.now.moment)
    seats = [Seat("person", visit.person.id), *(Seat(h.role, h.id) for h in visit.person.holdings)]
    await visit.uow.outbox.hasten(seats, visit.now.moment)
    visit.house.posted()
    settings = Choice("go:reminders", "command.reminders", minor=True)
    return [Message("quiet_hours.set", as_told(visit, hours), ((settings,),))]


def as_told(visit: Visit, own: QuietHours | None) -> dict[str, Any]:
    """Somebody's hours for a message: from when until when (none where both are alike), and whether own."""
    hours = own or visit.terms.quiet
    return {
        "from": hours.starts.isoformat(),
        "until": hours.ends.isoformat(),
        "any_time": hours.starts == hours.ends,
        "own": own is not None,
        "serves": bool(visit.person.holding("representative")),
    }


async def _as_it_is(visit: Visit) -> Mapping[str, Any]:
    """The hours that stand now."""
    return as_told(visit, await visit.uow.quiet_hours.of(visit.person.id))


async def _written(visit: Visit) -> list[dict[str, str]]:
    """The hours that the words can mean. Raises Retry when there are none, or only too long ones."""
    what = visit.inbound.what
    found = understood(what.text, visit.house.lexicon.clock) if isinstance(what, Text) else []
    if not found:
        raise Retry("quiet_hours.unclear")
    return [{"id": str(hours), "text": _span(visit, hours)} for hours in found]


def _span(visit: Visit, hours: QuietHours) -> str:
    told = {"from": hours.starts.isoformat(), "until": hours.ends.isoformat()}
    return visit.house.words.say(visit.language, "quiet_hours.span", told)


QUIET_HOURS_LOADERS: Mapping[str, Callable[..., Awaitable[Any]]] = {
    "quiet_hours": _as_it_is,
    "quiet_hours_written": _written,
}
"""Merged into handlers/context.LOADERS."""
