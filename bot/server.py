"""The web server around the application: its ports, its signals, and how it tells why it ended."""

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import NoReturn

import typer
import uvicorn
from starlette.applications import Starlette

from bot import log
from bot.front import Front, OneWrite
from bot.service import STOP_WITHIN
from bot.settings import BadSettings, Settings
from domain.errors import DomainError
from locales.catalogue import Catalogue
from storage.database import DatabaseAway
from storage.migrations.backup import BadBackup

DRAIN = 6
"""Seconds that requests under way have; the jobs stop at the same time."""

AT_LAST = STOP_WITHIN + 1.7
"""Seconds after the signal when the process ends in any case: whatever is unfinished will be done again."""


class Server(uvicorn.Server):
    """Begins the stop of everything with the signal itself, not when the last request is through."""

    leaving: Callable[[], None]

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ctrl-C or SIGTERM."""
        self.leaving()
        _end_at_last()
        super().handle_exit(sig, frame)


def listen(host: str, port: int, *, share: bool = False) -> socket.socket:
    """A socket bound there; `share`: other processes of this user may listen on the same port.

    Raises BadSettings when the address can't be had.
    """
    (family, *_, address), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if share:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(address)
    except OSError as taken:
        bound.close()
        raise BadSettings(f"PORT: {host}:{port} can't be listened on ({taken.strerror})") from None
    return bound


def serve(app: Starlette, listening: Sequence[socket.socket]) -> None:
    """Serve on these sockets until a signal, or until the application has ended."""
    config = uvicorn.Config(
        Front(app),
        http=OneWrite,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN,
        proxy_headers=False,
        h11_max_incomplete_event_size=64 * 1024,
    )
    running = Server(config)

    def leaving() -> None:
        app.state.leaving()

    def ended() -> None:
        running.should_exit = True

    running.leaving, app.state.ended = leaving, ended
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _in_peace)  # uvicorn raises the signal again when all is done
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    try:
        running.run(sockets=list(listening))
    finally:  # the signal that is raised again ends the process
        log.flush()


def on_signal(leave: Callable[[], None]) -> None:
    """Call it when the process is asked to stop; within a running loop."""

    def asked() -> None:
        leave()
        _end_at_last()

    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, asked)


def told(settings: Settings, trouble: BaseException | None) -> int:
    """The exit code: 0, or 1 with the one line that says why; a bug is logged with its place."""
    if trouble is None:
        return 0
    if isinstance(trouble, BadSettings):
        line = str(trouble)
    elif isinstance(trouble, DomainError):
        line = Catalogue.load().say(settings.locale, trouble.key, trouble.params)
    elif isinstance(trouble, BadBackup):
        line = Catalogue.load().say(settings.locale, "program.migrate.no_backup", {"reason": str(trouble)})
    elif isinstance(trouble, DatabaseAway):
        line = f"database: {trouble}"
    else:
        line = f"bug {log.report(trouble)}"
    typer.echo(line, err=True)
    return 1


def _in_peace(sig: int, frame: FrameType | None) -> NoReturn:
    sys.exit(0)


def _end_at_last() -> None:
    """What hangs must not hold up the machine's own stop; everything may be killed at any time anyhow."""
    timer = threading.Timer(AT_LAST, os._exit, [0])
    timer.daemon = True
    timer.start()
