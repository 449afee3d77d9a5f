"""The two kinds of trouble that are answered politely; everything else is a bug."""

from typing import Any


class Polite(Exception):
    """Trouble with words for it: `key` names them in the locale."""

    def __init__(self, key: str, **params: Any) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


class Retry(Polite):
    """The answer can't be taken as it is: ask again and say why."""


class DomainError(Polite):
    """What was asked for can't be done: explain; nothing has changed."""


class NotFound(DomainError):
    """No such thing, or not yours: both are told in the same words (TRUST 20)."""

    def __init__(self) -> None:
        super().__init__("error.not_found")
