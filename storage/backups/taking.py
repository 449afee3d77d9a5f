"""Takes a backup while the service runs, and reads it back before it counts."""

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.errors import DomainError
from storage.backups import archive, postgres
from storage.backups.archive import Manifest
from storage.migrations import current, file_of, rows_of
from storage.migrations.backup import back_up


@dataclass(frozen=True, slots=True)
class Taken:
    """The file, and what is in it."""

    file: Path
    manifest: Manifest


async def take(url: str, media: Path, target: Path, now: datetime, *, programs: str = "") -> Taken:
    """Put the database and the media into one file, for its owner alone; the secret is not in it.

    Media are never changed, only added, and before the rows that name them: the database first, then they,
    gives every file that the rows of the copy name. Raises DomainError without tables or PostgreSQL's
    programs, BadBackup, ToolFailed, BadArchive, OSError: then there is no file.
    """
    revision = await current(url)
    if revision is None:
        raise DomainError("program.no_tables")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".workroom-backup-") as name:
        kind, copy, counts = await _copy(url, Path(name), revision, programs)
        digest = await asyncio.to_thread(archive.digest_of, copy)
        manifest = Manifest(kind, revision, now.isoformat(), counts, digest)
        await asyncio.to_thread(archive.write, target, manifest, copy, media)
    try:
        return Taken(target, await asyncio.to_thread(archive.check, target))
    except archive.BadArchive:
        await asyncio.to_thread(target.unlink)
        raise


async def _copy(url: str, folder: Path, revision: str, programs: str) -> tuple[str, Path, dict[str, int]]:
    file = file_of(url)
    if file is None:
        copy = folder / "database"
        return "postgresql", copy, await postgres.copy(url, copy, programs)
    copy = await asyncio.to_thread(back_up, file, folder, revision)
    return "sqlite", copy, await rows_of(f"sqlite+aiosqlite:///{copy}")
