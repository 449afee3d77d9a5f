"""A city's midnight: what falls due for thousands is written in one round, on either database."""

from datetime import date

import sqlalchemy as sa

from domain.messages import Message
from domain.people import Seat
from domain.reminders import Due
from handlers import reminders
from handlers.visit import now_of
from storage import tables as t
from storage.unit import UnitOfWork
from tests.world import World

MANY = 4_000
"""Times ten columns: more arguments than PostgreSQL takes in one statement."""


async def test_thousands_fall_due_at_once(service: World) -> None:
    day = date(2026, 11, 23)
    found = [
        Due("shift", n, day, "morning", Seat("representative", n), "shift", Message("reminder.visit"))
        for n in range(MANY)
    ]

    async def everything(uow: UnitOfWork, now: object) -> list[Due]:
        return found

    async with service.unit() as uow:
        now = await now_of(uow, service.house)
    for _ in range(2):
        assert await reminders.plan(service.house, now, (everything,)) == MANY
        async with service.unit() as uow:
            for table in (t.outbox, t.reminders):
                counted = await uow.connection.execute(sa.select(sa.func.count()).select_from(table))
                assert counted.scalar_one() == MANY
