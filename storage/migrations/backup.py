"""A copy of a SQLite database, taken while it is in use and read back before it counts."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path


class BadBackup(Exception):
    """The copy can't be trusted: nothing may be changed on the strength of it."""


def back_up(file: Path, folder: Path, name: str) -> Path:
    """Copy the database into the folder and verify the copy; nobody but its owner may read it.

    Raises BadBackup when the copy fails its integrity check, OSError when the folder can't be written.
    """
    target = place_for(folder, file.stem, name, "sqlite3")
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        # One file by itself: whoever restores it moves no -wal and -shm files along.
        copy.execute("PRAGMA journal_mode=DELETE")
    verify(target)
    return target


def place_for(folder: Path, stem: str, name: str, ending: str) -> Path:
    """A new empty file in the folder, named after the moment, for its owner alone. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"{stem}-{name}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.{ending}"
    target.touch(mode=0o600, exist_ok=False)
    return target


def verify(file: Path) -> None:
    """Read every page. Raises BadBackup."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            found = [row[0] for row in copy.execute("PRAGMA integrity_check") if row[0] != "ok"]
            found += [f"foreign key of {row[0]}" for row in copy.execute("PRAGMA foreign_key_check")]
    except sqlite3.DatabaseError as wrong:
        raise BadBackup(f"{file.name}: {wrong}") from wrong
    if found:
        raise BadBackup(f"{file.name}: {found[0]}")
