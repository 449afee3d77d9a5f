"""What goes first; and that neither a broadcast that waits nor years of letters are read to find it."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain.messages import Message
from domain.people import Seat
from storage.census import letters
from storage.outbox import NewLetter
from storage.postgres import SETTINGS
from storage.ratings import Ratings
from storage.tables import cases
from storage.unit import UnitOfWork
from tests.trust.town import Town
from tests.world import World

HERE = Seat("person", 1)


def letter(key: str, case: int | None = None, *, urgent: bool = False) -> NewLetter:
    return NewLetter(key, HERE, Message("flow.cancelled"), case, urgent)


async def test_urgent_then_about_a_case_then_to_everybody_then_by_age(service: World) -> None:
    town, now = Town(service), service.clock()
    await town.filed(await town.person("居民"), "路灯坏了")
    await service.deliver()
    async with service.unit() as uow:
        case = (await uow.connection.execute(sa.select(sa.func.max(cases.c.id)))).scalar_one()
        for age in (1, 2):
            for place, (about, urgent) in enumerate(
                [(None, False), (case, False), (None, True), (case, True)]
            ):
                put = letter(f"{place}.{age}", about, urgent=urgent)
                await uow.outbox.post_all([put], now, now - timedelta(minutes=age))
        await uow.outbox.post_all([letter("tomorrow", case, urgent=True)], now, now + timedelta(days=1))
    claimed = []
    for most in (1, 2, 3, 4):
        async with service.unit() as uow:
            claimed.append({found.key for found in await uow.outbox.claim(now, limit=most)})
    assert claimed == [{"3.2"}, {"3.1", "2.2"}, {"2.1", "1.2", "1.1"}, {"0.2", "0.1"}]


async def test_what_waits_and_what_is_stuck_is_counted(service: World) -> None:
    now = service.clock()
    async with service.unit() as uow:
        await uow.outbox.post_all([letter("a"), letter("b"), letter("c")], now, now - timedelta(minutes=2))
        await uow.outbox.post_all([letter("later")], now, now + timedelta(days=1))
        first, *_ = await uow.outbox.claim(now, limit=1)
        await uow.outbox.give_up(first.id, "given_up", "as told")
    async with service.unit() as uow:
        waiting = await uow.outbox.waiting(now)
        assert (waiting.count, waiting.oldest) == (3, 120.0)
        assert await letters(uow.connection) == {"held": 0, "unreachable": 0, "given_up": 1}


async def _plan(service: World, statement: str) -> str:
    """As it is made in service: once, for all values."""
    async with service.house.database.plain() as connection:
        if connection.dialect.name == "sqlite":
            given = (0,) * statement.count("?")
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        else:
            for name, value in SETTINGS.items():
                await connection.exec_driver_sql(f"SET {name} = '{value}'")
            await connection.exec_driver_sql(f"PREPARE asked AS {statement}")
            nothing = ", ".join(["NULL"] * len(set(re.findall(r"\$\d+", statement))))
            asked = f"asked({nothing})" if nothing else "asked"
            rows = await connection.exec_driver_sql(f"EXPLAIN EXECUTE {asked}")
        return "\n".join(str(row[-1]) for row in rows)


async def _claims(uow: UnitOfWork, service: World) -> None:
    await uow.outbox.claim(service.clock())


async def _counts(uow: UnitOfWork, service: World) -> None:
    await uow.outbox.waiting(service.clock())


async def _counts_stuck(uow: UnitOfWork, service: World) -> None:
    await letters(uow.connection)


async def _asks_for_ratings(uow: UnitOfWork, service: World) -> None:
    await Ratings(uow.connection).due(service.clock().date())


@pytest.mark.parametrize(
    "work, indexes",
    [
        (_claims, ["ix_outbox_due", "ix_outbox_due_in_bulk"]),
        (_counts, ["ix_outbox_due", "ix_outbox_due_in_bulk"]),
        (_counts_stuck, ["ix_outbox_stuck"]),
        (_asks_for_ratings, ["ix_cases_lapse"]),
    ],
)
async def test_it_is_found_by_the_index_of_the_few(
    service: World, work: Callable[[UnitOfWork, World], Awaitable[None]], indexes: list[str]
) -> None:
    said: list[str] = []
    service.house.database.watch(said.append)
    async with service.unit() as uow:
        await work(uow, service)
    statement = next(one for one in said if "outbox" in one or "cases" in one)
    plan = await _plan(service, statement)
    assert all(f"{name} " in f"{plan} " for name in indexes), plan
    if work is _claims:
        assert "Sort" not in plan and "TEMP B-TREE" not in plan, plan
