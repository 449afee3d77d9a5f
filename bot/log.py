"""Structured logs without personal data: a line an update; an error once, with a reference to quote."""

import asyncio
import logging
import os
import secrets
import sys
import time
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, BinaryIO

import orjson
import structlog

from bot.measure import BUGS
from domain.codes import ALPHABET
from storage.database import DatabaseAway

QUIET = ("httpx", "httpcore", "telegram", "aiohttp.access", "uvicorn.access", "apscheduler")
"""Libraries whose log lines hold addresses with tokens or people's data."""

PLACES = 6
"""The innermost places of an error that are told."""


@dataclass
class Update:
    """One thing that is being dealt with: how the log calls it, and whether a bug befell it."""

    reference: str
    failed: bool = False


AWAY_EVERY = 30.0
"""Seconds between two lines about the same thing that is away."""

BUNCH = 0.05
"""Seconds that the lines of updates wait, to be written together: each by itself was 4 % of a step."""

_TOLD: dict[str, float] = {}
_NUMBERS = count(secrets.randbits(40))
_PAIRS = [first + second for first in ALPHABET[:32] for second in ALPHABET[:32]]
_UNDER_WAY: ContextVar[Update | None] = ContextVar("update", default=None)


class Foreign(logging.Handler):
    """Libraries' warnings, without arguments and errors' texts: these may hold people's words."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell who warns, the fixed part of what it says, and the kind and place of an error."""
        said = str(record.msg).partition("\n")[0][:120] if isinstance(record.msg, str) else ""
        trouble = record.exc_info[1] if record.exc_info else None
        more = _about(trouble) if trouble is not None else {}
        level = "error" if record.levelno >= logging.ERROR else "warning"
        getattr(structlog.get_logger(), level)("library", name=record.name, says=said, **more)


def set_up(*, as_json: bool, out: BinaryIO | None = None) -> None:
    """Send structured lines to standard error (or `out`); libraries' own lines take the same way."""
    first: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: Any = structlog.dev.ConsoleRenderer(colors=False)
    factory: Any = structlog.PrintLoggerFactory(sys.stderr)
    _LINES.say = _say
    if as_json:
        last = structlog.processors.JSONRenderer(serializer=orjson.dumps)
        _LINES.out = out or sys.stderr.buffer
        factory = structlog.BytesLoggerFactory(_LINES.out)
        _LINES.say = _LINES.gather
    structlog.configure(
        processors=[*first, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=factory,
    )
    logging.basicConfig(handlers=[Foreign(logging.WARNING)], level=logging.WARNING, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def begin() -> Update:
    """Something begins to be dealt with: what is reported from now on, in this task, bears its reference."""
    under_way = Update(_reference())
    _UNDER_WAY.set(under_way)
    return under_way


def ended(update: Update, channel: str, kind: str, outcome: str, milliseconds: float) -> None:
    """The one line of an update: nobody's name, number or words."""
    _LINES.say(
        {
            "channel": channel,
            "kind": kind,
            "outcome": outcome,
            "ms": round(milliseconds, 1),
            "reference": update.reference,
        }
    )


def flush() -> None:
    """Write the lines that wait: the process ends."""
    _LINES.write()


def report(trouble: BaseException) -> str:
    """Log an unforeseen error once: its kind and place, not its text, which may hold what people wrote.

    Gives the reference under which it is found: the update's own, where one is being dealt with.
    """
    under_way = _UNDER_WAY.get()
    reference = under_way.reference if under_way else _reference()
    if isinstance(trouble, DatabaseAway):
        _tell_away(type(trouble).__name__, str(trouble))
        return reference
    if under_way:
        under_way.failed = True
    BUGS.inc()
    structlog.get_logger().error("bug", reference=reference, **_about(trouble))
    return reference


def ready(settings: Any) -> None:
    """One line for whoever has started it: where to look."""
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    structlog.get_logger().info("ready", address=address, pid=os.getpid())


def tell(event: str, **facts: str | int | float | bool) -> None:
    """A line about the process itself: what it waits for, what it has begun, why it stops."""
    structlog.get_logger().info(event, **facts)


def progress(done: int, total: int) -> None:
    """How far the sample district is made."""
    structlog.get_logger().info("sample", story=done, of=total)


def _tell_away(what: str, why: str) -> None:
    """Nobody's bug, and whoever works in the background meets it again and again: told now and then."""
    now = time.monotonic()
    if now - _TOLD.get(what, -AWAY_EVERY) >= AWAY_EVERY:
        _TOLD[what] = now
        structlog.get_logger().warning("away", part=what, kind=why)


def _about(trouble: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(trouble.__traceback__)
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    return {"kind": type(trouble).__name__, "places": places[-PLACES:]}


def _reference() -> str:
    """Eight letters, others in each process; neighbours look nothing like each other."""
    number = next(_NUMBERS) * 0x9E3779B97F % (1 << 40)
    high, low = number >> 20, number & 0xFFFFF
    return _PAIRS[high >> 10] + _PAIRS[high & 1023] + _PAIRS[low >> 10] + _PAIRS[low & 1023]


def _say(facts: dict[str, Any]) -> None:
    structlog.get_logger().info("update", **facts)


class Lines:
    """Lines about updates, in bunches; a process that is killed takes those of its last moment with it."""

    def __init__(self) -> None:
        self.say: Callable[[dict[str, Any]], None] = _say
        self.out: BinaryIO = sys.stderr.buffer
        self._waiting: list[bytes] = []

    def gather(self, facts: dict[str, Any]) -> None:
        """The same line as structlog's, written soon."""
        now = datetime.now(UTC)
        told = {**facts, "event": "update", "level": "info", "timestamp": now}
        if not self._waiting:
            asyncio.get_running_loop().call_later(BUNCH, self.write)
        self._waiting.append(orjson.dumps(told, option=orjson.OPT_UTC_Z))

    def write(self) -> None:
        """Write what waits."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self.out.write(b"\n".join((*waiting, b"")))
            self.out.flush()


_LINES = Lines()
