"""The simulated year: every reminder that must go out does, once, to the right person, and none at night."""

import random
from datetime import date, time, timedelta
from functools import partial
from itertools import chain
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.people import Seat
from storage import tables as t
from tests.chat import SHANGHAI, Chat
from tests.reminders.district import CALENDAR, PERIODS, District, is_quiet, open_in
from tests.reminders.year import EVENING, Year, at
from tests.world import copy_of, world

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
VISITED = (date(2026, 5, 12), date(2026, 12, 16))
"""A representative visits in the second quarter and, a day before it is spoken of, in the fourth."""

LOADED = at(date(2026, 12, 9), time(10))
"""When the office has loaded the notice for 2027."""

WISHES = (date(2026, 2, 20), date(2026, 3, 10), date(2026, 6, 20))
"""Open days that residents want to hear of; holidays move the first and the last."""


class Life:
    """What people do in the year, and what each of them has to hear: key → the day on which it is said."""

    def __init__(self, district: District) -> None:
        self.district, self.world = district, district.world
        opened = {day for code in district.rooms for month in range(1, 13) for day in open_in(code, month)}
        self.year = Year(district.world, random.Random(2026), opened.__contains__)
        self.expected: dict[str, date] = {}
        self.settled: set[str] = set()
        self.numbers: dict[str, int] = {}

    def wishes(self) -> None:
        """Residents of workrooms that are open on the 10th and 20th ask to be reminded of three days."""
        for code in ("LJ01", "QZ01", "SY01"):
            room, seat = self.district.rooms[code], self.district.residents[code]
            for nominal in WISHES:
                self.year.plan(at(FIRST, time(9)), partial(self._wish, seat, room, nominal))
                day = CALENDAR.on_or_after(nominal)
                sleeps = self._sleeps_in_the_evening(str(seat))
                self.expected[f"remind.open_day.{room}.0.{nominal}.eve.{seat}"] = (
                    day if sleeps else day - timedelta(days=1)
                )

    async def _wish(self, seat: Seat, room: int, nominal: date) -> None:
        async with self.world.unit() as uow:
            await uow.open_days.wish(seat.id, room, nominal, self.world.clock())

    def _sleeps_in_the_evening(self, who: str) -> bool:
        return is_quiet(at(FIRST, EVENING), self.district.hours[who])

    async def shifts(self) -> None:
        """Whoever was on the rosters the planner made: the evening before, if awake, and that morning."""
        names = {number: code for code, number in self.district.rooms.items()}
        async with self.world.unit() as uow:
            kept = sa.select(
                t.shifts.c.id, t.shifts.c.workroom_id, t.shifts.c.day, t.slots.c.representative_id
            )
            rows = list(await uow.connection.execute(kept.join(t.slots).where(t.shifts.c.day <= LAST)))
        found: dict[str, list[date]] = {}
        for row in rows:
            found.setdefault(names[row.workroom_id], []).append(row.day)
            self._of_shift(f"remind.shift.{row.id}.0.{row.day}", row.representative_id, row.day)
        for code in self.district.rooms:
            days = chain.from_iterable(open_in(code, month) for month in range(1, 13))
            places = 2 * PERIODS.get(code, 1)
            assert sorted(found[code]) == sorted(list(days) * places), f"two on every open day of {code}"

    def _of_shift(self, name: str, who: int, day: date) -> None:
        seat = f"representative:{who}"
        self.expected[f"{name}.morning.{seat}"] = day
        if "eve" in self.district.muted[seat]:
            return
        if self._sleeps_in_the_evening(seat):
            self.settled.add(f"{name}.eve.{seat}")
        else:
            self.expected[f"{name}.eve.{seat}"] = day - timedelta(days=1)

    def visits(self) -> None:
        """Two weeks before the quarter ends, to whoever has not visited, and to nobody else."""
        visitor = self.district.representatives["LJ01"][0]
        chat = self.district.chat("LJ01")
        for day in VISITED:
            self.does(chat, day, time(12, 30), "党代表: 走访了3户，5号楼\n党代表: 记上")
        missing = {visitor: ((3, 31), (9, 30))}
        for seat in chain.from_iterable(self.district.representatives.values()):
            for quarter in missing.get(seat, ((3, 31), (6, 30), (9, 30), (12, 31))):
                if "visit" not in self.district.muted[str(seat)]:
                    last = date(2026, *quarter)
                    self.expected[f"remind.visit.{seat.id}.0.{last}.short.{seat}"] = last - timedelta(days=14)

    def notice(self) -> None:
        """The office is asked from the first of November on, weekly, until the notice is there."""

        async def loaded() -> None:
            async with self.world.unit() as uow:
                await uow.registry.set_setting("holiday_days", '[["2027-10-01",0,""]]')

        self.year.plan(LOADED, loaded)
        for week in (date(2026, 11, 1) + timedelta(weeks=n) for n in range(6)):
            for officer in self.district.officers:
                self.expected[f"remind.notice.2027.0.{week}.week.{officer}"] = week

    def cases(self) -> None:
        """A request a month, each to another workroom: forgotten, taken and forgotten, answered, accepted."""
        fates = (self._forgotten, self._taken, self._answered, self._accepted_at_night)
        for place, code in enumerate(self.district.rooms):
            chat, day = self.district.chat(code), CALENDAR.after(date(2026, place + 1, 1), 2)
            words = f"第{place + 1}盏路灯不亮"
            self.does(chat, day, time(10), f"居民: 反映诉求\n居民: {words}\n居民: 提交\n机器人: {{号}}")
            fates[place % len(fates)](chat, place + 1, day)

    def _forgotten(self, chat: Chat, case: int, day: date) -> None:
        liaison = self.district.liaison[chat.workroom]
        self._ladder(chat, "liaison", case, CALENDAR.after(day, 1), liaison, soon=False)

    def _taken(self, chat: Chat, case: int, day: date) -> None:
        accept_by = CALENDAR.after(day, 1)
        self.does(chat, accept_by, time(18, 30), "党代表: 接办 {号}")
        self._tell("liaison", case, accept_by, "due", self.district.liaison[chat.workroom], accept_by)
        doer = self.district.representatives[chat.workroom][0]
        self._ladder(chat, "handler", case, CALENDAR.after(day, 3), doer)

    def _answered(self, chat: Chat, case: int, day: date) -> None:
        words = "联络员: 受理 {号}\n联络员: 答复 {号}\n联络员: 灯修好了。\n联络员: 发给居民"
        self.does(chat, day, time(11), words)

    def _accepted_at_night(self, chat: Chat, case: int, day: date) -> None:
        accept_by, liaison = CALENDAR.after(day, 1), self.district.liaison[chat.workroom]
        self.does(chat, accept_by, time(7, 30), "联络员: 受理 {号}")
        self.settled.add(f"remind.liaison.{case}.1.{accept_by}.due.{liaison}")
        self._ladder(chat, "liaison", case, CALENDAR.after(day, 3), liaison)

    def _ladder(self, chat: Chat, turn: str, case: int, term: date, doer: Seat, *, soon: bool = True) -> None:
        late, office = CALENDAR.after(term, 1), CALENDAR.after(term, 3)
        if soon and "soon" not in self.district.muted[str(doer)]:
            self._tell(turn, case, term, "soon", doer, CALENDAR.before(term, 1))
        self._tell(turn, case, term, "due", doer, term)
        for seat in {doer, self.district.liaison[chat.workroom]}:
            self._tell(turn, case, term, "late", seat, late)
        for seat in (doer, *self.district.officers):
            self._tell(turn, case, term, "up", seat, office)

    def _tell(self, turn: str, case: int, term: date, step: str, seat: Seat, day: date) -> None:
        self.expected[f"remind.{turn}.{case}.1.{term}.{step}.{seat}"] = day

    def does(self, chat: Chat, day: date, clock: time, transcript: str) -> None:
        """Somebody does this then."""

        async def done() -> None:
            await chat(transcript)

        self.year.plan(at(day, clock), done)


@pytest.mark.long
async def test_a_year(filled: Path, tmp_path: Path) -> None:
    async with world(copy_of(filled, tmp_path), tmp_path) as made:
        district = District(made)
        await district.begin(at(FIRST, time(0, 1)))
        life = Life(district)
        life.wishes()
        life.visits()
        life.notice()
        life.cases()
        await life.year.run(FIRST, LAST)
        await life.shifts()
        await _as_it_must_be(life)
        await _nobody_is_woken(life)
        await _each_sent_once(life)


async def _as_it_must_be(life: Life) -> None:
    said = await life.year.said()
    assert {one.key for one in said if one.state == "dropped"} == life.settled
    live = [one for one in said if one.state != "dropped"]
    assert sorted(one.key for one in live) == sorted(life.expected), "each that must be, once"
    for one in live:
        assert one.state == "sent", one
        assert one.sent_at is not None
        assert one.sent_at.astimezone(SHANGHAI).date() == life.expected[one.key], one


async def _nobody_is_woken(life: Life) -> None:
    """Nothing that can wait is said in its reader's own quiet hours; that morning's shift can't."""
    async with life.world.unit() as uow:
        rows = await uow.connection.execute(
            sa.select(t.outbox.c.key, t.outbox.c.sent_at, t.outbox.c.seat).where(
                t.outbox.c.sent_at.is_not(None), ~t.outbox.c.urgent, t.outbox.c.edits.is_(None)
            )
        )
        woken = [row for row in rows if is_quiet(row.sent_at, life.district.hours[row.seat])]
    assert [row for row in woken if ".morning." not in row.key] == []
    assert all(row.sent_at.astimezone(SHANGHAI).hour == 8 for row in woken), "in the district's morning"


async def _each_sent_once(life: Life) -> None:
    """What lies in everybody's chat is what the outbox says was sent: no message twice, none beside it."""
    async with life.world.unit() as uow:
        sent = sa.select(t.outbox.c.chat, t.outbox.c.ref).where(t.outbox.c.state == "sent")
        refs = {(row.chat, row.ref) for row in await uow.connection.execute(sent)}
        lapsed = t.outbox.c.message["key"].as_string() == "notice.lapse.filer"
        about = list(await uow.connection.execute(sa.select(t.outbox.c.id).where(lapsed)))
    assert len(about) == 3, "three answers were never rated"
    said = life.world.channels["web"].said
    assert {(chat, ref) for chat, told in said.items() for ref, _ in told} == refs
    assert sum(map(len, said.values())) == len(refs), "no message twice"
