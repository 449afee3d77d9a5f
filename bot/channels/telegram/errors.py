"""What Telegram's refusals and the network's faults mean to whoever wanted something said."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.telegram.transport import ConnectionBroken, surely_unsent
from handlers.ports import Ambiguous, TryLater, Unreachable

FAULT_WAIT = 2.0
"""Seconds until the next try after a fault for which Telegram names no time."""

_NOBODY = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated", "user_deactivated")


@contextmanager
def meaning() -> Iterator[None]:
    """Raise Unreachable, TryLater or Ambiguous for the library's errors.

    BadRequest is left as it is: the caller knows what it asked. The library's texts are not passed on, since
    a proxy's error page may repeat the address, and the address holds the token.
    """
    try:
        yield
    except TelegramError as error:
        raise _meant(error) from None


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _meant(error: TelegramError) -> Exception:
    kind = type(error).__name__
    match error:
        case Forbidden() | ChatMigrated():
            return Unreachable(kind)
        case BadRequest():
            return Unreachable("unknown chat") if _names_nobody(error) else error
        case RetryAfter():
            return TryLater(seconds_of(error), "too many requests")
        case _ if surely_unsent(error):
            return TryLater(FAULT_WAIT, kind)
        case TimedOut() | ConnectionBroken():
            return Ambiguous(kind)
        case NetworkError():
            return TryLater(FAULT_WAIT, "the server refused")
        case _:
            return TryLater(FAULT_WAIT, kind)


def _names_nobody(error: BadRequest) -> bool:
    return any(words in error.message.lower() for words in _NOBODY)
