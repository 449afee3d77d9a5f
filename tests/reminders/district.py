"""The sample district with all its people bound on New Year's Day, each with settings of their own."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import cycle

import sqlalchemy as sa

from domain.calendar import Calendar
from domain.people import Role, Seat
from domain.quiet_hours import NONE, QuietHours
from storage import tables as t
from storage.unit import UnitOfWork
from tests.chat import SHANGHAI, Actor, Chat
from tests.reminders.nights import nights
from tests.world import World

CALENDAR = Calendar(SHANGHAI)
DISTRICTS = QuietHours(time(21), time(8))
OWN = (
    None,
    QuietHours(time(22), time(7)),
    None,
    QuietHours(time(17), time(6)),
    NONE,
    QuietHours(time(3), time(12)),
    None,
)
"""What people set for themselves, in turn: some sleep through the evening, some through the morning."""

MUTED = (
    frozenset[str](),
    frozenset[str](),
    frozenset({"eve"}),
    frozenset[str](),
    frozenset({"visit", "soon"}),
)
"""What they switch off, in turn."""

STAFF: tuple[tuple[Role, sa.Table], ...] = (
    ("liaison", t.liaisons),
    ("representative", t.representatives),
    ("contact", t.contacts),
    ("officer", t.officers),
)


def moved(month: int, *days: int) -> Iterator[date]:
    """The days of a month, or the workday after."""
    return (CALENDAR.on_or_after(date(2026, month, day)) for day in days)


def weekdays(month: int, weekday: int, nth: int | None = None, *, keep: bool = False) -> Iterator[date]:
    """The days of that name in a month, or the n-th of them; on a holiday nobody is there."""
    days = [date(2026, month, 1) + timedelta(days=n) for n in range(31)]
    named = [day for day in days if day.month == month and day.weekday() == weekday]
    return (day for day in (named if nth is None else [named[nth]]) if keep or CALENDAR.is_workday(day))


def open_in(code: str, month: int) -> list[date]:
    """The open days of each workroom of the sample, as a person counts them."""
    if code in ("LJ01", "QZ01", "SY01"):
        return list(moved(month, 10, 20))
    if code in ("ST01", "WJ01", "FJ01"):
        return list(moved(month, 21))
    if code in ("QS01", "BH01", "LX01"):
        return list(weekdays(month, 3))
    return {
        "YF01": lambda: list(weekdays(month, 2, 1)),
        "JY01": lambda: list(weekdays(month, 5, 0, keep=True)),
        "WS01": lambda: list(weekdays(month, 1, 2)),
    }[code]()


PERIODS = {"LJ01": 2}
"""Shifts of an open day, where there is more than one."""


class District:
    """Everybody's seats, quiet hours and mutes; who is reached has a chat named like their seat."""

    def __init__(self, made: World) -> None:
        self.world = made
        self.rooms: dict[str, int] = {}
        self.liaison: dict[str, Seat] = {}
        self.representatives: dict[str, list[Seat]] = {}
        self.residents: dict[str, Seat] = {}
        self.officers: list[Seat] = []
        self.hours: dict[str, QuietHours] = {}
        self.muted: dict[str, frozenset[str]] = {}

    async def begin(self, now: datetime) -> None:
        """Everybody is bound, and has set what they want."""
        self.world.clock.at = now
        await nights(self.world)
        own, muted = cycle(OWN), cycle(MUTED)
        async with self.world.unit() as uow:
            rooms = await uow.connection.execute(sa.select(t.workrooms.c.code, t.workrooms.c.id))
            self.rooms = dict(rooms.tuples().all())
            for role, table in STAFF:
                rows = await uow.connection.execute(sa.select(table).order_by(table.c.id))
                for row in rows:
                    seat = Seat(role, row.id)
                    if getattr(row, "status", "active") == "active":
                        await self._bind(uow, seat, next(own), next(muted))
                        self._note(seat, getattr(row, "workroom_id", None))
            for code, room in self.rooms.items():
                await self._resident(uow, code, room, next(own))

    def _note(self, seat: Seat, room: int | None) -> None:
        code = next((code for code, number in self.rooms.items() if number == room), "")
        match seat.role:
            case "liaison":
                self.liaison[code] = seat
            case "representative":
                self.representatives.setdefault(code, []).append(seat)
            case "officer":
                self.officers.append(seat)

    async def _bind(self, uow: UnitOfWork, seat: Seat, own: QuietHours | None, muted: frozenset[str]) -> None:
        now = self.world.clock()
        person = await self._person(uow, str(seat), own)
        await uow.people.bind(person, seat, now)
        for kind in muted:
            await uow.reminders.mute(person, kind, now)
        self.muted[str(seat)] = muted

    async def _person(self, uow: UnitOfWork, chat: str, own: QuietHours | None) -> int:
        now = self.world.clock()
        person = await uow.people.remember("web", chat, chat, "zh_CN", now)
        await uow.people.agree(person, "basic", now)
        await uow.quiet_hours.set(person, own, now)
        self.hours[chat] = own or DISTRICTS
        return person

    async def _resident(self, uow: UnitOfWork, code: str, room: int, own: QuietHours | None) -> None:
        chat = f"resident of {code}"
        person = await self._person(uow, chat, own)
        await uow.people.change(person, home_id=room)
        self.residents[code] = Seat("person", person)
        self.hours[f"person:{person}"] = self.hours[chat]

    def chat(self, code: str) -> Chat:
        """The people of a workroom, talking."""
        chat = Chat(self.world, workroom=code)
        seats = {"联络员": self.liaison[code], "党代表": self.representatives[code][0]}
        chat.actors = {who: Actor(who, "web", str(seat)) for who, seat in seats.items()}
        chat.actors["居民"] = Actor("居民", "web", f"resident of {code}")
        return chat


def is_quiet(moment: datetime, hours: QuietHours) -> bool:
    """Whether somebody's hours hold, counted in minutes of the day."""
    local = moment.astimezone(SHANGHAI)
    starts, ends = (at.hour * 60 + at.minute for at in (hours.starts, hours.ends))
    return (local.hour * 60 + local.minute - starts) % 1440 < (ends - starts) % 1440
