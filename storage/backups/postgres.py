"""PostgreSQL's own programs: the whole database into a file and out of it."""

import asyncio
import os
import shutil
from pathlib import Path

import sqlalchemy as sa

from domain.errors import DomainError
from storage.database import open_database
from storage.rows import counted

DEBIAN = Path("/usr/lib/postgresql")


class ToolFailed(Exception):
    """pg_dump or pg_restore ended with an error; the text is its first line."""


async def copy(url: str, target: Path, programs: str) -> dict[str, int]:
    """The whole database as of one moment, packed into a file and read through; how many rows each table has.

    Raises ToolFailed, and DomainError where PostgreSQL's programs are missing.
    """
    engine = open_database(url)
    try:
        async with engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="REPEATABLE READ")
            await connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            snapshot = (await connection.execute(sa.select(sa.func.pg_export_snapshot()))).scalar_one()
            counts = await connection.run_sync(counted)
            await _dump(url, snapshot, target, programs)
    finally:
        await engine.dispose()
    await _run(program("pg_restore", programs), dict(os.environ), "--file=/dev/null", str(target))
    return counts


async def _dump(url: str, snapshot: str, target: Path, programs: str) -> None:
    words = ("--format=custom", f"--snapshot={snapshot}", f"--file={target}")
    await _run(program("pg_dump", programs), environment(url), *words)


async def fill(url: str, file: Path, programs: str) -> None:
    """Put it into an empty database, in one transaction. Raises ToolFailed, DomainError without the program.

    Owners and rights are the new machine's: roles of the old one may not exist here.
    """
    words = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    database = f"--dbname={sa.make_url(url).database}"
    await _run(program("pg_restore", programs), environment(url), *words, database, str(file))


async def _run(tool: Path, told: dict[str, str], *words: str) -> None:
    process = await asyncio.create_subprocess_exec(
        tool, *words, env=told, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()
    if process.returncode:
        first = said.decode(errors="replace").strip().partition("\n")[0]
        raise ToolFailed(f"{tool.name}: {first[:200]}")


def environment(url: str) -> dict[str, str]:
    """Where the database is and who asks: not as arguments, for a list of processes shows these to all."""
    address = sa.make_url(url)
    query = {name: value if isinstance(value, str) else value[-1] for name, value in address.query.items()}
    told = {
        "PGHOST": address.host or query.get("host", ""),
        "PGPORT": str(address.port or query.get("port", "")),
        "PGUSER": address.username or "",
        "PGPASSWORD": str(address.password or ""),
        "PGDATABASE": address.database or "",
        "PGSSLMODE": query.get("ssl", ""),
    }
    return {**os.environ, **{name: value for name, value in told.items() if value}, "LC_ALL": "C"}


def program(name: str, programs: str) -> Path:
    """The newest of that name: one older than the server refuses to work. Raises DomainError."""
    folders = [Path(programs)] if programs else sorted(DEBIAN.glob("*/bin"), key=_version, reverse=True)
    found = [folder / name for folder in folders if (folder / name).is_file()]
    on_path = shutil.which(name) if not programs else None
    if on_path and not found:
        found = [Path(on_path)]
    if not found:
        raise DomainError("program.backup.no_tool", tool=name)
    return found[0]


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0
