"""Machines to run the program on, over real servers."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.running.programs import Machine, browser
from tests.stubs.bot_api import BotApi


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with browser() as opened:
        yield opened


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as server:
        yield server


@pytest.fixture
async def empty(postgres_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Machine]:
    """Nothing installed yet: an empty PostgreSQL, an empty Redis, an empty folder."""
    async with Machine(
        tmp_path, {"WORKROOM_DATABASE_URL": postgres_url, "WORKROOM_REDIS_URL": redis_url}
    ) as made:
        yield made
