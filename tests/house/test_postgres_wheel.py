"""The PostgreSQL the tests run against is real, and each test has its own."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.postgres import PostgresServer

pytestmark = pytest.mark.postgres


async def run(url: str, *statements: str) -> list[object]:
    """The first column of the last statement's rows."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            for statement in statements[:-1]:
                await connection.execute(text(statement))
            return list((await connection.execute(text(statements[-1]))).scalars())
    finally:
        await engine.dispose()


async def test_it_claims_rows_like_the_outbox_does(postgres_url: str) -> None:
    claimed = await run(
        postgres_url,
        "CREATE TABLE outbox (id int PRIMARY KEY)",
        "INSERT INTO outbox VALUES (1), (2)",
        "SELECT id FROM outbox ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED",
    )
    assert claimed == [1]


async def test_databases_keep_apart_and_copy_their_template(postgres: PostgresServer) -> None:
    async def fill(url: str) -> None:
        await run(url, "CREATE TABLE drawn (id int)", "INSERT INTO drawn VALUES (7) RETURNING id")

    template = await postgres.template("house", fill)
    async with postgres.database(template) as one, postgres.database(template) as other:
        await run(one, "DELETE FROM drawn", "SELECT id FROM drawn")
        assert await run(one, "SELECT id FROM drawn") == []
        assert await run(other, "SELECT id FROM drawn") == [7]
