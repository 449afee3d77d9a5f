"""What an upgrade refuses to touch: a newer database, a server without pg_dump, half a restore."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.errors import DomainError
from storage.database import Database, open_database
from storage.migrations import current, migrate, upgrade
from storage.migrations.backup import BadBackup
from storage.migrations.revisions import newest
from tests.postgres import PostgresServer


async def order(url: str, statement: str) -> None:
    database = Database(open_database(url))
    async with database.writing() as connection:
        await connection.execute(sa.text(statement))
    await database.close()


async def test_a_database_of_a_newer_program(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'a.sqlite3'}"
    await migrate(url)
    await order(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DomainError, match=r"program\.migrate\.newer"):
        await migrate(url)


@pytest.mark.postgres
async def test_half_a_restore(postgres_url: str) -> None:
    await migrate(postgres_url)
    await order(postgres_url, "CREATE TABLE restoring ()")
    with pytest.raises(DomainError, match=r"program\.restore\.unfinished"):
        await migrate(postgres_url)


@pytest.mark.postgres
async def test_no_upgrade_without_a_copy(postgres: PostgresServer, postgres_url: str, tmp_path: Path) -> None:
    """EXPERIENCE 24: without pg_dump, or with one that fails, the database stays as it is."""
    await migrate(postgres_url)
    await order(postgres_url, "UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(DomainError, match=r"program\.backup\.no_tool"):
        await upgrade(postgres_url, tmp_path / "backups", programs=str(tmp_path))
    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump: no room' >&2\nexit 1\n")
    (tmp_path / "pg_dump").chmod(0o755)
    with pytest.raises(BadBackup, match="no room"):
        await upgrade(postgres_url, tmp_path / "backups", programs=str(tmp_path))
    assert await current(postgres_url) == "0001" != newest()
    assert list((tmp_path / "backups").iterdir()) == []
