"""What every test may ask for."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.chat import Chat
from tests.world import World, copy_of, fill, lay_tables, world

if TYPE_CHECKING:
    from tests.postgres import PostgresServer

# How long an example takes says how busy the machine is, nothing of the program.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

LONG = {"long", "browser", "timeout"}
"""Marks of tests that take seconds; one that has asked for a time limit of its own does."""

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]

pytest_plugins = ["tests.postgres", "tests.redis"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long goes first: workers share out the many short tests until the end."""
    items.sort(key=lambda item: not LONG.intersection(mark.name for mark in item.iter_markers()))


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the sample district, made once."""
    file = tmp_path_factory.mktemp("template") / "filled.sqlite3"
    asyncio.run(fill(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them, made once."""
    file = tmp_path_factory.mktemp("template") / "laid.sqlite3"
    asyncio.run(lay_tables(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(params=KINDS)
async def database_url(request: pytest.FixtureRequest, filled: Path, tmp_path: Path) -> AsyncIterator[str]:
    """A database with the sample district: every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        yield copy_of(filled, tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    template = await server.template("filled", fill)
    async with server.database(template) as url:
        yield url


@pytest.fixture(params=KINDS)
async def tables_url(request: pytest.FixtureRequest, laid: Path, tmp_path: Path) -> AsyncIterator[str]:
    """A database with all tables and nothing in them, of both kinds."""
    if request.param == "sqlite":
        yield copy_of(laid, tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    template = await server.template("laid", lay_tables)
    async with server.database(template) as url:
        yield url


@pytest.fixture
async def service(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """The whole service in a test: embedded on SQLite, with sessions in Redis on PostgreSQL."""
    redis = "" if database_url.startswith("sqlite") else request.getfixturevalue("redis_url")
    async with world(database_url, tmp_path, redis=redis) as made:
        yield made


@pytest.fixture
def chat(service: World) -> Chat:
    """Plays transcripts (tests/chat.py says how they are written)."""
    return Chat(service)
