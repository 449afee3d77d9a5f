"""The schema goes up, down and up on both databases; differences are found; nothing is lost on the way."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import tables
from storage.database import Database, open_database
from storage.migrations import check, current, downgrade, migrate, rehearse, upgrade
from storage.migrations.backup import BadBackup, back_up, verify
from storage.migrations.revisions import VERSIONS, is_known, newest
from storage.migrations.scripts import scripts
from tests.postgres import PostgresServer

SECOND = '''"""A step that rebuilds a table, as SQLite must."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{newest}"


def upgrade() -> None:
    with op.batch_alter_table("units") as batch:
        batch.alter_column("name", type_=sa.String(200))
        batch.add_column(sa.Column("motto", sa.String(20)))


def downgrade() -> None:
    with op.batch_alter_table("units") as batch:
        batch.drop_column("motto")
        batch.alter_column("name", type_=sa.String(100))
'''


NEWEST = newest() or ""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'home' / 'a.sqlite3'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    async with server.database() as address:
        yield address


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    """The real revisions and one more."""
    folder = tmp_path / "versions"
    shutil.copytree(VERSIONS, folder)
    (folder / "r9999.py").write_text(SECOND.replace("{newest}", NEWEST))
    return folder


@pytest.fixture
def programs(request: pytest.FixtureRequest, url: str) -> str:
    """Where pg_dump is, as new as the server."""
    if url.startswith("sqlite"):
        return ""
    server: PostgresServer = request.getfixturevalue("postgres")
    return str(server.programs)


async def order(url: str, statement: str) -> None:
    database = Database(open_database(url))
    async with database.writing() as connection:
        await connection.execute(sa.text(statement))
    await database.close()


async def asked(url: str, statement: str) -> list[object]:
    database = Database(open_database(url))
    async with database.reading() as connection:
        found = list((await connection.execute(sa.text(statement))).scalars())
    await database.close()
    return found


async def unit(url: str) -> None:
    await order(
        url, "INSERT INTO units (code, name, kind, present) VALUES ('Q', 'Yunshan', 'district', true)"
    )


async def test_up_down_and_up_is_what_the_tables_say(url: str) -> None:
    assert await rehearse(url) == []
    assert await current(url) == newest()


async def test_migrating_again_changes_nothing(url: str) -> None:
    first = await upgrade(url)
    assert (first.before, first.after, first.backup) == (None, newest(), None)
    await unit(url)
    again = await upgrade(url)
    assert (again.before, again.after, again.backup) == (newest(), newest(), None)
    assert await asked(url, "SELECT code FROM units") == ["Q"]


async def test_down_leaves_no_table(url: str) -> None:
    await migrate(url)
    await downgrade(url)
    assert await current(url) is None
    assert f"missing: table {tables.cases.name}" in await check(url)


@pytest.mark.parametrize(
    "statement,found",
    [
        ("ALTER TABLE units DROP COLUMN present", "missing: column units.present"),
        ("ALTER TABLE units ADD COLUMN motto VARCHAR(20)", "superfluous: column units.motto"),
        ("DROP INDEX ix_cases_lapse", "missing: index cases.ix_cases_lapse"),
        ("CREATE TABLE stray (id INTEGER)", "superfluous: table stray"),
    ],
)
async def test_what_differs_is_found(url: str, statement: str, found: str) -> None:
    await migrate(url)
    await order(url, statement)
    assert await check(url) == [found]


async def test_another_type_is_found(url: str) -> None:
    await migrate(url)
    if url.startswith("sqlite"):
        await order(url, "ALTER TABLE units DROP COLUMN name")
        await order(url, "ALTER TABLE units ADD COLUMN name INTEGER NOT NULL DEFAULT 0")
    else:
        await order(url, "ALTER TABLE units ALTER COLUMN name TYPE INTEGER USING 0")
    assert any(line.startswith("differs: type of units.name") for line in await check(url))


def test_the_newest_revision_is_alembics(versions: Path) -> None:
    assert newest() == scripts().get_current_head()
    assert newest(versions) == scripts(versions).get_current_head() == "9999"
    for script in scripts(versions).walk_revisions():
        assert is_known(script.revision, versions)
    assert not is_known("9999")


async def test_a_second_step_keeps_what_is_there(url: str, versions: Path, programs: str, home: Path) -> None:
    await migrate(url)
    await unit(url)
    columns = "code, name, kind, parent_id, present"
    await order(url, f"INSERT INTO units ({columns}) SELECT 'S', 'x', 'street', id, true FROM units")  # noqa: S608
    done = await upgrade(url, home / "kept", versions=versions, programs=programs)
    assert (done.before, done.after) == (NEWEST, "9999")
    assert done.backup is not None and done.backup.stat().st_mode & 0o077 == 0
    assert await asked(url, "SELECT code FROM units ORDER BY code") == ["Q", "S"]
    assert sorted(await check(url)) == [
        "differs: type of units.name: VARCHAR(length=200), the tables say String(length=100)",
        "superfluous: column units.motto",
    ]


async def test_changes_of_the_registry_are_counted_also_after_a_table_was_rebuilt(
    url: str, versions: Path
) -> None:
    await migrate(url)
    await upgrade(url, versions=versions, copied=False)
    before = await asked(url, "SELECT number + 3 FROM registry_version")
    await unit(url)
    await order(url, "UPDATE units SET name = 'z'")
    await order(url, "DELETE FROM units")
    assert await asked(url, "SELECT number FROM registry_version") == before


async def test_a_step_that_fails_leaves_everything_as_it_was(
    url: str, versions: Path, programs: str, home: Path
) -> None:
    second = SECOND.replace("{newest}", NEWEST)
    (versions / "r9999.py").write_text(
        second.replace("sa.String(20)))", "sa.String(20)))\n    raise ValueError('no')")
    )
    await migrate(url)
    with pytest.raises(ValueError, match="no"):
        await upgrade(url, home / "kept", versions=versions, programs=programs)
    assert await current(url) == NEWEST
    assert await check(url) == []


async def test_an_existing_sqlite_database_is_backed_up_first(home: Path, versions: Path) -> None:
    url = f"sqlite+aiosqlite:///{home / 'a.sqlite3'}"
    await migrate(url)
    await unit(url)
    done = await upgrade(url, home / "backups", versions=versions)
    assert done.backup is not None and done.backup.parent == home / "backups"
    assert done.backup.stat().st_mode & 0o077 == 0
    verify(done.backup)
    restored = f"sqlite+aiosqlite:///{shutil.copy(done.backup, home / 'restored.sqlite3')}"
    assert await current(restored) == NEWEST
    assert await check(restored) == []
    assert await asked(restored, "SELECT code FROM units") == ["Q"]
    await upgrade(restored, versions=versions)
    assert await asked(restored, "SELECT code FROM units") == ["Q"]


async def test_a_broken_database_is_not_upgraded(home: Path, versions: Path) -> None:
    url = f"sqlite+aiosqlite:///{home / 'a.sqlite3'}"
    await migrate(url)
    with closing(sqlite3.connect(home / "a.sqlite3")) as plain:
        plain.execute("INSERT INTO moves (digest, person_id, expires_at) VALUES ('x', 77, '2026-01-01')")
        plain.commit()
    with pytest.raises(BadBackup, match="moves"):
        await upgrade(url, versions=versions)
    assert await current(url) == NEWEST


def test_a_copy_that_is_cut_off_is_no_backup(home: Path) -> None:
    with closing(sqlite3.connect(home / "a.sqlite3")) as plain:
        plain.executescript(
            "CREATE TABLE t (x); INSERT INTO t SELECT randomblob(9000) FROM pragma_function_list"
        )
        plain.commit()
    copy = back_up(home / "a.sqlite3", home / "backups", "0001")
    copy.write_bytes(copy.read_bytes()[:6000])
    with pytest.raises(BadBackup):
        verify(copy)


def test_a_database_that_is_not_there_is_not_made_by_looking(home: Path) -> None:
    assert asyncio.run(current(f"sqlite+aiosqlite:///{home / 'none.sqlite3'}")) is None
    assert list(home.iterdir()) == []
