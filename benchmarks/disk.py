"""What this machine's disk asks for one commit: a bare SQLite file with the same settings, one row each."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.figures import Counter, Figure, Stopwatch
from storage.database import SQLITE_PRAGMAS


def commits(folder: Path, name: str = "a bare commit of this disk", times: int = 300) -> Figure:
    """One insert with its commit, without anything of ours around it."""
    watch = Stopwatch(Counter())
    for _ in _inserted(folder / f"{name}.sqlite3", times, watch):
        pass
    return watch.kinds["commit"].figure(name)


def _inserted(file: Path, times: int, watch: Stopwatch) -> Iterator[None]:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, words TEXT)")
        for number in range(times):
            with watch.timing("commit"):
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO rows (words) VALUES (?)", (f"{number:01000}",))
                connection.execute("COMMIT")
            yield
