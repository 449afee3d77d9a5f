"""Puts a backup into an empty installation; what was waiting to be sent then stays until somebody says so."""

import asyncio
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from domain.errors import DomainError
from storage.backups import archive, postgres
from storage.backups.archive import BadArchive, Manifest
from storage.database import Database, open_database
from storage.migrations import bring_up, file_of, rows_of
from storage.migrations.backup import verify
from storage.restores import RESTORING, Restores


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and how many letters are held until somebody lets them go."""

    manifest: Manifest
    held: int


async def restore(file: Path, url: str, media: Path, now: datetime, *, programs: str = "") -> Restored:
    """Fill the empty database of this address, and the folder of media, with what is in the file.

    Raises DomainError where there is something already or the kind differs, BadArchive when the file or what
    came of it is not as it says, ToolFailed, OSError: then the database must be emptied before another try.
    """
    manifest = await asyncio.to_thread(archive.check, file)
    kind = "sqlite" if file_of(url) else "postgresql"
    if manifest.database != kind:
        raise DomainError("program.restore.other_kind", kind=manifest.database, here=kind)
    fill = _into_file if kind == "sqlite" else _into_server
    return await fill(file, url, media, now, programs)


async def _into_file(file: Path, url: str, media: Path, now: datetime, programs: str) -> Restored:
    """Beside its place first: at its place it is whole, and nothing old is sent from it."""
    place = Path(file_of(url) or "")
    await asyncio.to_thread(_demand_empty, place)
    beside = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    try:
        manifest = await asyncio.to_thread(archive.unpack, file, beside, _placed(media))
        await asyncio.to_thread(verify, beside)
        held = await _ready(f"sqlite+aiosqlite:///{beside}", manifest, now)
        await asyncio.to_thread(_settle, beside, place)
    finally:
        for left in (beside, Path(f"{beside}-wal"), Path(f"{beside}-shm")):
            left.unlink(missing_ok=True)
    return Restored(manifest, held)


async def _into_server(file: Path, url: str, media: Path, now: datetime, programs: str) -> Restored:
    """A mark stands in the database until it is done, and no process starts on one that bears it."""
    tables = await rows_of(url)
    if set(tables) - {RESTORING}:
        raise DomainError("program.restore.not_empty")
    await _order(url, f"CREATE TABLE IF NOT EXISTS {RESTORING} ()")
    dump = media.parent / f".restoring.{secrets.token_hex(8)}"
    try:
        manifest = await asyncio.to_thread(archive.unpack, file, dump, _placed(media))
        await postgres.fill(url, dump, programs)
    finally:
        dump.unlink(missing_ok=True)
    return Restored(manifest, await _ready(url, manifest, now))


async def _ready(url: str, manifest: Manifest, now: datetime) -> int:
    """Compare, bring to the newest schema, hold what waits. Raises BadArchive."""
    found = {name: rows for name, rows in (await rows_of(url)).items() if name != RESTORING}
    if found != manifest.counts:
        differing = sorted(
            name for name in {*found, *manifest.counts} if found.get(name) != manifest.counts.get(name)
        )
        raise BadArchive(f"other numbers of rows: {', '.join(differing)}")
    await bring_up(url)
    database = Database(open_database(url))
    try:
        async with database.writing() as connection:
            held = await Restores(connection).hold(datetime.fromisoformat(manifest.taken_at), now)
            await connection.execute(sa.text(f"DROP TABLE IF EXISTS {RESTORING}"))
    finally:
        await database.close()
    return held


def _placed(media: Path) -> Callable[[str], Path]:
    return lambda digest: media / digest[:2] / digest[2:4] / digest


def _demand_empty(place: Path) -> None:
    if place.exists():
        raise DomainError("program.restore.not_empty")
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)


def _settle(beside: Path, place: Path) -> None:
    """One file by itself, at its place unless there is another meanwhile."""
    handle = os.open(beside, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    os.link(beside, place)


async def _order(url: str, statement: str) -> None:
    database = Database(open_database(url))
    try:
        async with database.writing() as connection:
            await connection.execute(sa.text(statement))
    finally:
        await database.close()
