"""Calendars for people's telephones: a workroom's open days for everybody, a representative's own shifts."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.casework import Now
from domain.hours import MORNING, Period, parse_hours
from domain.messages import Choice, Message
from domain.open_days import OpenDay, Plan, every_day, open_days
from domain.people import Seat
from domain.registry import Workroom
from handlers.next_open_days import sure
from handlers.visit import Visit
from storage.calendar_deeds import CalendarDeeds
from storage.feeds import Feeds, OwnShift, Rostered
from storage.unit import UnitOfWork

BEHIND, AHEAD = timedelta(days=31), timedelta(days=366)
"""How much of the past and of what is to come a calendar shows."""

REMEMBERED = timedelta(days=120)
"""So long the days of a rule that was replaced are taken back in calendars."""

MAC = 20
"""Bytes of a private address that nobody guesses."""


Part = tuple[date, int]
"""A period's name within its workroom: the rule's own day, and which of the day's periods."""


@dataclass(frozen=True, slots=True)
class Changed:
    """How often something has changed, and when last."""

    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RoomCalendar:
    """A workroom's days, with those that are not held.

    `gone` are periods that calendars may still show: of a rule that was replaced, of a decision taken back.
    `last` is the last change of its days, `changed` by nominal day that of what is shown, who is on duty
    included.
    """

    room: Workroom
    days: Sequence[OpenDay]
    gone: Mapping[Part, tuple[date, Period]]
    people: Mapping[date, Sequence[str]]
    last: Changed
    changed: Mapping[date, Changed]


@dataclass(frozen=True, slots=True)
class OwnCalendar:
    """A representative's shifts."""

    id: int
    name: str
    shifts: Sequence[OwnShift]


NEVER = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
"""When a calendar that was never changed has changed last."""


async def of_workroom(uow: UnitOfWork, now: Now, code: str) -> RoomCalendar | None:
    """The public calendar of a workroom; None where there is no such workroom. Ten queries at most."""
    room = await uow.registry.workroom_by_code(code)
    if room is None:
        return None
    feeds, window = Feeds(uow.connection), (now.today - BEHIND, now.today + AHEAD)
    plan = await uow.open_days.plan(room.id)
    planned = every_day(plan, *window, now.calendar)
    days = [sure(day, now) for day in planned]
    since = now.moment - REMEMBERED
    ended = Plan(tuple(await feeds.ended(room.id, since)))
    before = _of_days(open_days(ended, *window, now.calendar))
    before |= _of_decisions(await CalendarDeeds(uow.connection).days(room.id, since), days)
    known = _of_days(days)
    gone = {part: it for part, it in before.items() if part not in known and it[0] >= now.today}
    held = [day.nominal for day in days if day.held]
    people = await uow.open_days.on_duty(room.id, held) if held else {}
    sequence, changed_at = await feeds.change(room.id)
    rostered = await feeds.rostered(room.id, window[0])
    last = Changed(sequence, changed_at or NEVER)
    changed = {
        day.nominal: _changed(day, now, last, rostered.get(day.nominal, Rostered())) for day in planned
    }
    return RoomCalendar(room, days, gone, people, last, changed)


def _changed(day: OpenDay, now: Now, last: Changed, kept: Rostered) -> Changed:
    """When anything that a calendar shows of a day changed last; what was tentative is certain on its day.

    Some programs take an event for unchanged where neither its moments nor its sequence have changed.
    """
    begun = now.calendar.start_of(day.day)
    at = max(last.at, kept.at or last.at, begun if day.tentative and day.day <= now.today else last.at)
    return Changed(last.sequence + kept.versions, at)


def _of_days(days: Iterable[OpenDay]) -> dict[Part, tuple[date, Period]]:
    return {(day.nominal, n): (day.day, period) for day in days for n, period in enumerate(day.periods)}


def _of_decisions(
    made: Iterable[Mapping[str, str]], days: Sequence[OpenDay]
) -> dict[Part, tuple[date, Period]]:
    """What was decided for single days: an extra day bears its own name, other hours that of the rule's."""
    nominal = {day.day: day.nominal for day in days}
    found: dict[Part, tuple[date, Period]] = {}
    for one in made:
        day = date.fromisoformat(one["day"])
        named = day if one["kind"] == "extra" else nominal.get(day)
        periods = parse_hours(one["hours"]) if one["hours"] else MORNING if one["kind"] == "extra" else ()
        found |= {(named, n): (day, period) for n, period in enumerate(periods) if named}
    return found


async def of_token(uow: UnitOfWork, now: Now, secret: bytes, token: str) -> OwnCalendar | None:
    """The private calendar behind an address; None for a guessed or revoked one, or after a hand-over."""
    number, _, mac = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    if not hmac.compare_digest(mac.encode(), _mac(secret, int(number)).encode()):
        return None
    feed = await Feeds(uow.connection).by_id(int(number))
    if feed is None or await uow.people.holder(Seat("representative", feed.representative)) != feed.person:
        return None
    taker = await uow.registry.representative(feed.representative)
    found = await Feeds(uow.connection).shifts_of(feed.representative, now.today - BEHIND)
    return OwnCalendar(feed.representative, taker.name if taker else "", [_sure(one, now) for one in found])


def _sure(shift: OwnShift, now: Now) -> OwnShift:
    """What is held today moves no more: it is certain since this day has begun."""
    day = now.calendar.day_of(shift.starts_at)
    if not shift.tentative or day > now.today:
        return shift
    begun = now.calendar.start_of(day)
    return replace(shift, tentative=False, changed_at=max(begun, shift.changed_at or begun))


def _mac(secret: bytes, feed: int) -> str:
    told = hmac.new(secret, f"calendar:{feed}".encode(), hashlib.sha256).digest()[:MAC]
    return base64.b32encode(told).decode().lower()


async def own(visit: Visit) -> list[Message]:
    """我的日历: the private address of each seat; the same one again until it is revoked."""
    seats = visit.person.holding("representative")
    if not seats:
        return [
            Message("calendar.representatives_only", {}, ((Choice("go:open_days", "command.open_days"),),))
        ]
    feeds, said = Feeds(visit.uow.connection), []
    for seat in seats:
        feed = await feeds.open(seat.id, visit.person.id, visit.now.moment)
        address = f"{visit.house.site}/calendar/own/{feed.id}-{_mac(visit.house.secret, feed.id)}.ics"
        stop = Choice(f"calendar:{seat.id}", "calendar.stop", minor=True)
        said.append(Message("calendar.own", {"name": seat.name, "address": address}, ((stop,),)))
    return said


async def stop(visit: Visit, seat: str) -> list[Message]:
    """The address leads nowhere from now on; asking again gives another one."""
    held = {str(h.id): h.id for h in visit.person.holding("representative")}
    revoked = False
    if seat in held:
        revoked = await Feeds(visit.uow.connection).revoke(held[seat], visit.person.id, visit.now.moment)
    return [Message("calendar.stopped" if revoked else "calendar.none")]
