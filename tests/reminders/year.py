"""A year of the sample district: planners that come and go, a clock that jumps, and what was said."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy import event

from bot.planner import Planner
from storage import tables as t
from tests.chat import SHANGHAI
from tests.world import World

MIDNIGHT, MORNING, EVENING = time(0, 2), time(8, 0), time(18, 1)
"""When things fall due: at midnight and in the evening; in the morning the postman brings the night's."""

SOMETIMES = (time(3, 30), time(12, 0), time(20, 58), time(22, 30))
"""When the planners look, too, on some days: nothing new may come of it."""

Doing = Callable[[], Awaitable[None]]


class Killed(BaseException):
    """The process is gone: nothing of what was not committed has happened."""


def at(day: date, clock: time) -> datetime:
    """A local moment, in UTC."""
    return datetime.combine(day, clock, SHANGHAI).astimezone(UTC)


@dataclass
class Said:
    """A reminder as it was delivered: its key, the seat, when, and where."""

    key: str
    seat: str
    state: str
    sent_at: datetime | None
    chat: str


@dataclass
class Year:
    """Runs a world day by day; `doing` is what people do at a moment, before the planners look."""

    world: World
    dice: random.Random
    busy: Callable[[date], bool]
    """Whether something is on that day of which people hear the evening before; on other evenings the
    planners are mostly away."""
    doing: dict[datetime, list[Doing]] = field(default_factory=dict)
    planners: list[Planner] = field(default_factory=list)

    def plan(self, moment: datetime, what: Doing) -> None:
        """Somebody does this then."""
        self.doing.setdefault(moment, []).append(what)

    async def run(self, first: date, last: date) -> None:
        """Every day from first to last, both included."""
        self.planners = [Planner(self.world.house), Planner(self.world.house)]
        day = first
        while day <= last:
            extra = [clock for clock in SOMETIMES if self.dice.random() < 0.03]
            away = {MORNING} if self._someone_looks(day) else {MORNING, EVENING}
            for clock in sorted({MIDNIGHT, MORNING, EVENING, *extra, *self._own(day)}):
                await self._moment(at(day, clock), looks=clock not in away)
            day += timedelta(days=1)

    def _someone_looks(self, day: date) -> bool:
        """Whether a planner is there that evening."""
        return self.busy(day + timedelta(days=1)) or self.dice.random() < 0.2

    def _own(self, day: date) -> set[time]:
        moments = (moment.astimezone(SHANGHAI) for moment in self.doing)
        return {moment.time() for moment in moments if moment.date() == day}

    async def _moment(self, now: datetime, *, looks: bool) -> None:
        self.world.clock.at = now
        for what in self.doing.pop(now, ()):
            await what()
        if looks:
            await self._look(now)
        await self._deliver()

    async def _look(self, now: datetime) -> None:
        """One planner, or two at once, or one that is killed in the middle; sometimes the clock is wrong."""
        mood = self.dice.random()
        if mood < 0.04:
            self.world.clock.at = now + timedelta(hours=self.dice.choice((-1, 1)))
            await self.planners[0].round()
            await self._deliver()
            self.world.clock.at = now
        if mood < 0.10:
            await self._killed()
        if mood < 0.14:
            await asyncio.gather(*(planner.round() for planner in self.planners))
        else:
            await self.dice.choice(self.planners).round()

    async def _deliver(self) -> None:
        """All that is due; the postman isn't asked once more when its hands were not full."""
        await self.world.postman.round()
        while self.world.postman.more:
            await self.world.postman.round()

    async def _killed(self) -> None:
        """A planner dies before one of its statements, or after its last commit; another takes its place."""
        left = self.dice.randrange(1, 45)

        def die(*_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed

        engine = self.world.house.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", die)
        try:
            await self.planners[1].round()
        except Killed:
            self.planners[1] = Planner(self.world.house)
        finally:
            event.remove(engine, "before_cursor_execute", die)

    async def said(self) -> list[Said]:
        """Every reminder, in the order it was written."""
        async with self.world.unit() as uow:
            rows = await uow.connection.execute(
                sa.select(t.outbox).where(t.outbox.c.key.like("remind.%")).order_by(t.outbox.c.id)
            )
            return [Said(r.key, r.seat, r.state, r.sent_at, r.chat or "") for r in rows]
