"""Whatever notices are loaded in whatever order, loading one twice changes nothing."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.holiday_notice import Notice
from domain.holidays import Special
from handlers import holidays
from handlers.visit import now_of
from storage.tables import cases, holiday_days, outbox, shifts, told_days
from storage.unit import UnitOfWork
from tests.chat import Chat
from tests.duty.ground import open_on
from tests.open_days.test_talks import RESIDENT
from tests.world import World

DAYS = st.integers(0, 75).map(lambda n: date(2026, 12, 1) + timedelta(days=n))
SPECIALS = st.dictionaries(
    DAYS, st.builds(Special, st.booleans(), st.sampled_from(["", "春节"])), max_size=30
)


def notice_of(days: dict[date, Special]) -> Notice:
    return Notice({**days, date(2027, 10, 1): Special(False, "国庆节")}, frozenset({2027}))


async def everything(uow: UnitOfWork) -> list[list[tuple[object, ...]]]:
    """All that a notice has a say in."""
    terms = sa.select(
        cases.c.id, cases.c.accept_by, cases.c.opinion_by, cases.c.answer_by, cases.c.wait_until
    )
    asked = (
        sa.select(holiday_days.c.day, holiday_days.c.workday, holiday_days.c.name).order_by(
            holiday_days.c.day
        ),
        terms.order_by(cases.c.id),
        sa.select(told_days).order_by(told_days.c.id),
        sa.select(shifts).order_by(shifts.c.id),
        sa.select(outbox.c.id).order_by(outbox.c.id),
    )
    return [[tuple(row) for row in await uow.connection.execute(query)] for query in asked]


@pytest.fixture
async def told(chat: Chat, service: World) -> World:
    """A resident with a case who was told some days of January; rosters are made."""
    await chat("时间: 2026-12-22 09:00")
    await open_on(service, "FREQ=MONTHLY;BYMONTHDAY=5,20", "9:00-12:00")
    await chat(RESIDENT + "    居民: 开放日\n    居民: 楼道灯不亮，晚上看不见\n    居民: 提交\n")
    return service


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SPECIALS, min_size=1, max_size=2))
async def test_loading_a_notice_twice_changes_nothing(told: World, loads: list[dict[date, Special]]) -> None:
    for days in loads:
        async with told.unit() as uow:
            before = await everything(uow)
            now = await now_of(uow, told.house)
            await holidays.load(uow, now, notice_of(days))
            once = await everything(uow)
            again = await holidays.load(uow, await now_of(uow, told.house), notice_of(days))
            assert not again.changed
            assert await everything(uow) == once
        terms = [
            (b, a)
            for was, now_ in zip(before[1], once[1], strict=True)
            for b, a in zip(was, now_, strict=True)
        ]
        assert all(a >= b for b, a in terms), "no term is shorter"  # type: ignore[operator]
