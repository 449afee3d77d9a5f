"""Writes that come together share a commit; one that fails tells all of its transaction."""

import asyncio
from functools import partial

import pytest

from storage.together import Together
from storage.unit import UnitOfWork
from tests.world import World


async def _keep(uow: UnitOfWork, name: str) -> None:
    await uow.registry.set_setting(name, "kept")


async def test_many_writes_few_commits(service: World) -> None:
    told: list[str] = []
    service.house.database.watch(told.append)
    together = Together(service.house.database)
    await asyncio.gather(*(together.do(partial(_keep, name=f"w{n}")) for n in range(40)))
    async with service.unit() as uow:
        found = await uow.registry.settings()
    assert {f"w{n}" for n in range(40)} <= set(found)
    assert told.count("COMMIT") < 10


async def test_a_failure_is_told_and_the_next_write_goes_on(service: World) -> None:
    together = Together(service.house.database)

    async def broken(uow: UnitOfWork) -> None:
        await _keep(uow, "before")
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await together.do(broken)
    await together.do(partial(_keep, name="after"))
    async with service.unit() as uow:
        found = await uow.registry.settings()
    assert "after" in found
    assert "before" not in found
