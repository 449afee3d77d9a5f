"""The database's schema, step by step; an existing SQLite database is backed up before it is changed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import DomainError
from storage.backups import postgres
from storage.database import open_database
from storage.migrations.backup import BadBackup, back_up, place_for
from storage.migrations.revisions import VERSIONS, is_known, newest, revision_of
from storage.restores import is_unfinished
from storage.rows import counted

__all__ = ["Upgrade", "alone", "check", "current", "downgrade", "migrate", "rehearse", "upgrade"]

_STARTING = 7_260_002
"""PostgreSQL's advisory lock for what one process does at the start, while others wait."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What was done: from which revision to which, and where the database as it was is kept."""

    before: str | None
    after: str | None
    backup: Path | None = None


def _scripts() -> Any:
    """Alembic's part, loaded when there is something to walk."""
    return import_module("storage.migrations.scripts")


async def migrate(url: str, backups: Path | None = None, programs: str = "") -> None:
    """Bring the database to the newest schema; a backup goes into the folder, or beside a SQLite file."""
    await upgrade(url, backups, programs=programs)


async def upgrade(
    url: str,
    backups: Path | None = None,
    *,
    versions: Path = VERSIONS,
    programs: str = "",
    copied: bool = True,
) -> Upgrade:
    """Bring the database to the newest schema and say what was done.

    What is there is copied before (EXPERIENCE 24), unless the caller has done so. `programs` is the folder
    of pg_dump. Raises BadBackup, DomainError (no pg_dump, a newer database, an unfinished restore), all
    before anything is changed, DatabaseAway or SQLAlchemy's errors (all steps are one transaction).
    """
    before, after = await current(url), newest(versions)
    await _demand_usable(url, before, versions)
    if before == after:
        return Upgrade(before, after)
    kept = await _copied(url, backups, before, programs) if before is not None and copied else None
    await bring_up(url, versions)
    return Upgrade(before, after, kept)


async def bring_up(url: str, versions: Path = VERSIONS) -> None:
    """Bring the database to the newest schema, whatever it holds. Raises SQLAlchemy's errors."""
    async with _changing(url) as connection:
        await connection.run_sync(_scripts().walk, "head", versions)


async def _demand_usable(url: str, revision: str | None, versions: Path) -> None:
    if revision is not None and not is_known(revision, versions):
        raise DomainError("program.migrate.newer", revision=revision)
    if file_of(url) is None:
        async with _looking(url) as connection:
            if await connection.run_sync(is_unfinished):
                raise DomainError("program.restore.unfinished")


async def _copied(url: str, folder: Path | None, revision: str, programs: str) -> Path:
    file = file_of(url)
    if file is not None:
        return await asyncio.to_thread(back_up, file, folder or file.parent / "backups", revision)
    target = await asyncio.to_thread(place_for, folder or Path("backups"), "postgresql", revision, "dump")
    try:
        await postgres.copy(url, target, programs)
    except BaseException as failed:
        await asyncio.to_thread(target.unlink)
        if isinstance(failed, postgres.ToolFailed):
            raise BadBackup(str(failed)) from failed
        raise
    return target


async def rows_of(url: str) -> dict[str, int]:
    """How many rows each table has."""
    async with _looking(url) as connection:
        return await connection.run_sync(counted)


@asynccontextmanager
async def alone(url: str) -> AsyncIterator[None]:
    """Only one process of all is in here at a time; SQLite has its own lock for each writing."""
    if file_of(url) is not None:
        yield
        return
    async with _looking(url) as connection:
        automatic = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await automatic.execute(sa.select(sa.func.pg_advisory_lock(_STARTING)))
        yield  # the lock goes with the connection


async def downgrade(url: str, *, versions: Path = VERSIONS) -> None:
    """Take every table away. For rehearsals: nobody's data survives it."""
    async with _changing(url) as connection:
        await connection.run_sync(_scripts().walk, "base", versions)


async def current(url: str) -> str | None:
    """The database's revision; None for an empty one, or one that isn't there (it is not made)."""
    file = file_of(url)
    if file is not None and not file.exists():
        return None
    async with _looking(url) as connection:
        return await connection.run_sync(revision_of)


async def check(url: str) -> list[str]:
    """What the database has otherwise than storage/tables, a line each; none: it is as it should be."""
    async with _looking(url) as connection:
        return await connection.run_sync(_scripts().differences)


async def rehearse(url: str) -> list[str]:
    """Up, down and up again on an empty database; what differs from the tables then, or is left below."""
    await upgrade(url)
    await downgrade(url)
    left = await _tables(url)
    await upgrade(url)
    return [f"left after going down: {name}" for name in left] + await check(url)


async def _tables(url: str) -> list[str]:
    async with _looking(url) as connection:
        names = await connection.run_sync(lambda plain: sa.inspect(plain).get_table_names())
    return [name for name in names if name != "alembic_version"]


def file_of(url: str) -> Path | None:
    """The file of a SQLite address; None for a server."""
    address = sa.make_url(url)
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


@asynccontextmanager
async def _looking(url: str) -> AsyncIterator[AsyncConnection]:
    engine = open_database(url)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


@asynccontextmanager
async def _changing(url: str) -> AsyncIterator[AsyncConnection]:
    """One transaction for all steps. SQLite rebuilds tables to change them: references are checked after."""
    engine = open_database(url)
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        event.listen(engine.sync_engine, "connect", _references_later)
    try:
        async with engine.connect() as plain:
            connection = await plain.execution_options(writes=True)
            async with connection.begin():
                yield connection
                if sqlite:
                    await _demand_whole(connection)
    finally:
        await engine.dispose()


def _references_later(connection: Any, record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()


async def _demand_whole(connection: AsyncConnection) -> None:
    broken = (await connection.execute(sa.text("PRAGMA foreign_key_check"))).first()
    if broken is not None:
        raise RuntimeError(f"a step left references of {broken[0]} that lead nowhere")
