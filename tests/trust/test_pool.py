"""Kept connections to PostgreSQL: never more than there may be, none that is in the midst of something."""

import asyncio
from typing import Any

import pytest

from storage.pool import Pool


class Raw:
    """A connection as asyncpg gives it."""

    def __init__(self) -> None:
        self.closed, self.in_transaction = False, False

    def is_closed(self) -> bool:
        return self.closed

    def is_in_transaction(self) -> bool:
        return self.in_transaction

    def terminate(self) -> None:
        self.closed = True

    async def close(self, **how: float) -> None:
        self.closed = True


class Server:
    """Makes connections, or refuses."""

    def __init__(self) -> None:
        self.made: list[Raw] = []
        self.away = False

    async def connect(self) -> Raw:
        await asyncio.sleep(0)
        if self.away:
            raise OSError("away")
        self.made.append(Raw())
        return self.made[-1]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def pool(server: Server) -> Pool:
    return Pool(server.connect, 2)


async def used(pool: Pool, trouble: BaseException | None = None) -> Any:
    async with pool.connection() as raw:
        if trouble is not None:
            raise trouble
    return raw


async def test_one_is_used_again_and_no_more_are_made_than_may_be(pool: Pool, server: Server) -> None:
    assert await used(pool) is await used(pool)
    most = 0

    async def holds() -> None:
        nonlocal most
        async with pool.connection():
            most = max(most, sum(not raw.closed for raw in server.made))
            await asyncio.sleep(0)

    await asyncio.gather(*(holds() for _ in range(20)))
    assert (most, len(server.made)) == (2, 2)


async def test_an_error_of_a_statement_keeps_it(pool: Pool, server: Server) -> None:
    with pytest.raises(ValueError, match="x"):
        await used(pool, ValueError("x"))
    await used(pool)
    assert len(server.made) == 1


async def test_one_in_the_midst_of_something_is_thrown_away(pool: Pool, server: Server) -> None:
    with pytest.raises(asyncio.CancelledError):
        await used(pool, asyncio.CancelledError())
    assert server.made[0].closed
    (await used(pool)).in_transaction = True
    with pytest.raises(ValueError, match="x"):
        await used(pool, ValueError("x"))
    assert server.made[1].closed
    assert not (await used(pool)).closed


async def test_one_that_was_lost_is_replaced(pool: Pool, server: Server) -> None:
    (await used(pool)).closed = True
    assert not (await used(pool)).closed
    server.away = True
    (await used(pool)).closed = True
    for _ in range(5):
        with pytest.raises(OSError, match="away"):
            await used(pool)
    server.away = False
    assert not (await used(pool)).closed, "the room of those that failed is free again"


async def test_one_nobody_used_for_long_is_not_trusted(server: Server) -> None:
    pool = Pool(server.connect, 2, idle=-1)
    await used(pool)
    await used(pool)
    assert [raw.closed for raw in server.made] == [True, False]


async def test_closing_closes_those_in_use_when_they_are_given_back(pool: Pool, server: Server) -> None:
    await used(pool)
    async with pool.connection() as raw:
        await pool.close()
        assert not raw.closed
    assert all(made.closed for made in server.made)
