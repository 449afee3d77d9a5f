"""An empty database of each kind, and a city's registry, for the registry's tests."""

from collections.abc import AsyncIterator

import pytest

from domain.registry_book import Book
from storage.database import Database, open_database
from tests.registry.district import large, understood, workbook


@pytest.fixture
async def database(tables_url: str) -> AsyncIterator[Database]:
    """The tables, empty, on SQLite and on PostgreSQL."""
    database = Database(open_database(tables_url))
    yield database
    await database.close()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A city's registry out of a real .xlsx file: 10,000 representatives in 1,600 workrooms."""
    result = understood(workbook(tmp_path_factory.mktemp("city") / "city.xlsx", large(1_600, 10_000)))
    assert result.problems == ()
    return result.book
