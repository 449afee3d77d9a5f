"""Structured logs without personal data: an error is logged once, with a reference people may quote."""

import logging
import secrets
import sys
import traceback
from typing import Any

import structlog

from domain.codes import draw

QUIET = ("httpx", "httpcore", "telegram", "aiohttp.access", "uvicorn.access", "apscheduler")
"""Libraries whose log lines hold addresses with tokens or people's data."""


def set_up(*, as_json: bool) -> None:
    """Send structured lines to standard error."""
    shape: Any = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            shape,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def report(trouble: BaseException) -> str:
    """Log an unforeseen error once: its kind and place, not its text, which may hold what people wrote."""
    reference = draw(8, secrets.randbelow)
    frames = traceback.extract_tb(trouble.__traceback__)
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-6:]]
    structlog.get_logger().error("bug", reference=reference, kind=type(trouble).__name__, places=places)
    return reference


def ready(settings: Any) -> None:
    """One line for whoever has started it: where to look."""
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    structlog.get_logger().info("ready", address=address)


def progress(done: int, total: int) -> None:
    """How far the sample district is made."""
    structlog.get_logger().info("sample", story=done, of=total)
