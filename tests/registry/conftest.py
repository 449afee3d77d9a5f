"""An empty database of each kind for the registry's tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from storage import tables
from storage.columns import metadata
from storage.database import Database, open_database
from tests.postgres import PostgresServer


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database with the tables in it, closed in the end."""
    assert tables.units.metadata is metadata
    database = Database(open_database(url))
    try:
        async with database.plain() as conn:
            await conn.run_sync(metadata.create_all)
        yield database
    finally:
        await database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """The tables, empty, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        async with opened(f"sqlite+aiosqlite:///{tmp_path / 'registry.sqlite'}") as database:
            yield database
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    async with server.database() as url, opened(url) as database:
        yield database
