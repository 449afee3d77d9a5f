"""What Telegram's refusals and the network's faults mean to whoever wanted something said."""

from bot.channels.telegram.wire import InDoubt, Unsent
from handlers.ports import Ambiguous, TryLater, Unreachable

FAULT_WAIT = 2.0
"""Seconds until the next try after a fault for which Telegram names no time."""

UNAUTHORISED = (401, 404)
"""Telegram's answers to a token it does not know."""

_NOBODY = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated", "user_deactivated")


class Refused(Exception):
    """Telegram answered, but not as asked; `words` are its own: to look into, not to log."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"{type(self).__name__} {status}")
        self.status = status
        self.words = words.lower()


class Declined(Refused):
    """400: what was asked for can't be done."""


class Forbidden(Refused):
    """403 and the like: not to this person, who has blocked the bot or is gone."""


class Flooded(Refused):
    """429: nothing more for so many seconds."""

    def __init__(self, status: int, words: str, seconds: float) -> None:
        super().__init__(status, words)
        self.seconds = seconds


Trouble = (Refused, Unsent, InDoubt)
"""What a call may raise."""


class TooMany(TryLater):
    """Telegram wants to be left alone for so many seconds: by this chat, or altogether."""


class Meaning:
    """Raises Unreachable, TryLater (for a flood TooMany) or Ambiguous for what a call raises.

    Declined is left as it is: the caller knows what it asked. Telegram's texts are not passed on, since a
    proxy's error page may repeat the address, and the address holds the token.
    """

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, place: object) -> None:
        if isinstance(error, Trouble):
            raise meant(error) from None


_MEANING = Meaning()


def meaning() -> Meaning:
    """What calls are made within; it knows nothing of them, so all share it."""
    return _MEANING


def meant(error: Exception) -> Exception:
    """What the failure of a call means."""
    kind = type(error).__name__
    match error:
        case Declined():
            return Unreachable("unknown chat") if _names_nobody(error) else error
        case Forbidden():
            return Unreachable(kind)
        case Flooded():
            return TooMany(error.seconds, "too many requests")
        case InDoubt():
            return Ambiguous(kind)
        case Refused():
            return TryLater(FAULT_WAIT, "the server refused")
        case _:
            return TryLater(FAULT_WAIT, kind)


def _names_nobody(error: Declined) -> bool:
    return any(words in error.words for words in _NOBODY)
