"""The simulated year: every reminder that must go out does, once, to the right person, and none at night."""

import random
from collections.abc import Awaitable, Callable
from datetime import date, time, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.calendar import Calendar
from domain.open_days import Rule, rule_of
from domain.people import Seat
from storage import tables as t
from tests.chat import SHANGHAI, Chat
from tests.reminders.nights import nights
from tests.reminders.year import Year, at
from tests.world import World, copy_of, world

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
CALENDAR = Calendar(SHANGHAI)
STAFF = ("联络员", "党代表", "党代表2", "联络办")
VISITED = (date(2026, 5, 12), date(2026, 12, 16))
"""The first representative visits in the second quarter and, a day before it is spoken of, in the fourth."""

MISSING = {"党代表": ((3, 31), (9, 30)), "党代表2": ((3, 31), (6, 30), (9, 30), (12, 31))}
"""The quarters in which who must be told, by their last days."""

LOADED = at(date(2026, 12, 9), time(10))
"""When the office has loaded the notice for 2027."""

WISHES = (date(2026, 2, 20), date(2026, 3, 10), date(2026, 6, 20))
"""Open days a resident wants to hear of; holidays move the first and the last."""

FILED = tuple(CALENDAR.after(date(2026, month, 1), 2) for month in range(1, 13))
"""A request each month; what becomes of it goes round in four."""


class District:
    """The people of the year, what they do, and what each of them has to hear: key → the day."""

    def __init__(self, made: World) -> None:
        self.world, self.chat = made, Chat(made)
        self.year = Year(made, random.Random(2026))
        self.expected: dict[str, date] = {}
        self.settled: set[str] = set()
        self.seats: dict[str, Seat] = {}

    async def begin(self) -> None:
        """Everybody is bound on New Year's Day."""
        self.world.clock.at = at(FIRST, time(0, 1))
        await nights(self.world)
        for who in STAFF:
            await self.chat.actor(who)
            self.seats[who] = await self.chat.seat(who)
        await self.chat("居民: (扫码 w_LJ01)\n居民: 同意")
        async with self.world.unit() as uow:
            room = await uow.registry.workroom_by_code("LJ01")
            resident = await uow.people.known("web", self.chat.actors["居民"].id)
            assert room is not None and resident is not None
            self.room, self.seats["居民"] = room.id, resident.seat
            self.officers = [Seat("officer", officer.id) for officer in await uow.registry.officers()]

    async def duty(self) -> None:
        """Open on the 10th and 20th, or the workday after; a resident's wishes for three of the days.

        The other workrooms keep no open days this year: nobody is bound there, and it would only take time.
        """
        async with self.world.unit() as uow:
            rules: dict[int, list[Rule]] = {room: [] for room in await uow.open_days.plans()}
            rules[self.room] = [rule_of("FREQ=MONTHLY;BYMONTHDAY=10,20")]
            await uow.open_days.set_rules(rules, self.world.clock())
            for nominal in WISHES:
                await uow.open_days.wish(self.seats["居民"].id, self.room, nominal, self.world.clock())
                key = f"remind.open_day.{self.room}.0.{nominal}.eve.{self.seats['居民']}"
                self.expected[key] = CALENDAR.on_or_after(nominal) - timedelta(days=1)

    async def shifts(self) -> None:
        """Whoever was on the rosters that the planner made: the evening before and that morning."""
        days = [CALENDAR.on_or_after(date(2026, month, day)) for month in range(1, 13) for day in (10, 20)]
        async with self.world.unit() as uow:
            kept = sa.select(t.shifts.c.id, t.shifts.c.day, t.slots.c.representative_id).join(t.slots)
            mine = kept.where(t.shifts.c.workroom_id == self.room, t.shifts.c.day <= LAST)
            rows = list(await uow.connection.execute(mine.order_by(t.shifts.c.day)))
        assert [row.day for row in rows] == sorted(days * 2), "two on every open day"
        for row in rows:
            name = f"remind.shift.{row.id}.0.{row.day}"
            seat = Seat("representative", row.representative_id)
            self.expected[f"{name}.eve.{seat}"] = row.day - timedelta(days=1)
            self.expected[f"{name}.morning.{seat}"] = row.day

    def visits(self) -> None:
        """Two weeks before the quarter ends, to whoever has not visited, and to nobody else."""
        for day in VISITED:
            self.does(day, time(9, 30), "党代表: 走访了3户，5号楼\n党代表: 记上")
        for who, quarters in MISSING.items():
            for quarter in quarters:
                last, seat = date(2026, *quarter), self.seats[who]
                self.expected[f"remind.visit.{seat.id}.0.{last}.short.{seat}"] = last - timedelta(days=14)

    def notice(self) -> None:
        """The office is asked from the first of November on, weekly, until the notice is there."""

        async def loaded() -> None:
            async with self.world.unit() as uow:
                await uow.registry.set_setting("holiday_days", '[["2027-10-01",0,""]]')

        self.year.plan(LOADED, loaded)
        for week in (date(2026, 11, 1) + timedelta(weeks=n) for n in range(6)):
            for officer in self.officers:
                self.expected[f"remind.notice.2027.0.{week}.week.{officer}"] = week

    def cases(self) -> None:
        """Each month a request: forgotten by all, taken and forgotten, answered, accepted at night."""
        fates = (self._forgotten, self._taken, self._answered, self._accepted_at_night)
        for place, day in enumerate(FILED):
            number, name = place + 1, f"{{号{place + 1}}}"
            words = f"居民: 反映诉求\n居民: 第{number}盏路灯不亮\n居民: 提交\n机器人: {name}"
            self.does(day, time(10), words)
            fates[place % len(fates)](number, name, day)

    def _forgotten(self, case: int, name: str, day: date) -> None:
        self._ladder("liaison", case, CALENDAR.after(day, 1), self.seats["联络员"], soon=False)

    def _taken(self, case: int, name: str, day: date) -> None:
        accept_by = CALENDAR.after(day, 1)
        self.does(accept_by, time(9), f"党代表: 接办 {name}")
        self._tell("liaison", case, accept_by, "due", self.seats["联络员"], accept_by)
        self._ladder("handler", case, CALENDAR.after(day, 3), self.seats["党代表"])

    def _answered(self, case: int, name: str, day: date) -> None:
        self.does(
            day, time(11), f"联络员: 受理 {name}\n联络员: 答复 {name}\n联络员: 灯修好了。\n联络员: 发给居民"
        )

    def _accepted_at_night(self, case: int, name: str, day: date) -> None:
        accept_by, liaison = CALENDAR.after(day, 1), self.seats["联络员"]
        self.does(accept_by, time(7, 30), f"联络员: 受理 {name}")
        self.settled.add(f"remind.liaison.{case}.1.{accept_by}.due.{liaison}")
        self._ladder("liaison", case, CALENDAR.after(day, 3), liaison)

    def _ladder(self, turn: str, case: int, term: date, doer: Seat, *, soon: bool = True) -> None:
        late, office = CALENDAR.after(term, 1), CALENDAR.after(term, 3)
        if soon:
            self._tell(turn, case, term, "soon", doer, CALENDAR.before(term, 1))
        self._tell(turn, case, term, "due", doer, term)
        for seat in {doer, self.seats["联络员"]}:
            self._tell(turn, case, term, "late", seat, late)
        for seat in (doer, *self.officers):
            self._tell(turn, case, term, "up", seat, office)

    def _tell(self, turn: str, case: int, term: date, step: str, seat: Seat, day: date) -> None:
        self.expected[f"remind.{turn}.{case}.1.{term}.{step}.{seat}"] = day

    def does(self, day: date, clock: time, transcript: str) -> None:
        """Somebody does this then."""
        self.year.plan(at(day, clock), partial(self._does, transcript))

    async def _does(self, transcript: str) -> None:
        await self.chat(transcript)


async def lived(folder: Path, url: str, check: Callable[[District], Awaitable[None]]) -> None:
    async with world(url, folder) as made:
        district = District(made)
        await district.begin()
        await district.duty()
        district.visits()
        district.notice()
        district.cases()
        await district.year.run(FIRST, LAST)
        await check(district)


@pytest.mark.long
async def test_a_year(filled: Path, tmp_path: Path) -> None:
    await lived(tmp_path, copy_of(filled, tmp_path), _as_it_must_be)


async def _as_it_must_be(district: District) -> None:
    await district.shifts()
    said = await district.year.said()
    assert {one.key for one in said if one.state == "dropped"} == district.settled
    live = [one for one in said if one.state != "dropped"]
    assert sorted(one.key for one in live) == sorted(district.expected), "each that must be, once"
    bound = {str(seat): district.chat.actors[who].id for who, seat in district.seats.items()}
    for one in live:
        if one.seat not in bound:
            assert one.state == "unreachable", one
            continue
        assert (one.state, one.chat) == ("sent", bound[one.seat]), one
        assert one.sent_at is not None
        assert one.sent_at.astimezone(SHANGHAI).date() == district.expected[one.key], one
    await _nothing_at_night(district)
    await _each_sent_once(district)


async def _nothing_at_night(district: District) -> None:
    async with district.world.unit() as uow:
        rows = await uow.connection.execute(
            sa.select(t.outbox.c.key, t.outbox.c.sent_at).where(
                t.outbox.c.sent_at.is_not(None), ~t.outbox.c.urgent, t.outbox.c.edits.is_(None)
            )
        )
        assert [row.key for row in rows if CALENDAR.is_quiet(row.sent_at)] == []


async def _each_sent_once(district: District) -> None:
    """What lies in everybody's chat is what the outbox says was sent: no message twice, none beside it."""
    async with district.world.unit() as uow:
        sent = sa.select(t.outbox.c.chat, t.outbox.c.ref).where(t.outbox.c.state == "sent")
        refs = {(row.chat, row.ref) for row in await uow.connection.execute(sent)}
        about = sa.select(t.outbox.c.message).where(
            t.outbox.c.message["key"].as_string() == "notice.lapse.filer"
        )
        assert len(list(await uow.connection.execute(about))) == 3, "three answers were never rated"
    for actor in district.chat.actors.values():
        chats = district.world.channels["web"].said.get(actor.id, [])
        assert {ref for ref, _ in chats} == {ref for chat, ref in refs if chat == actor.id}
