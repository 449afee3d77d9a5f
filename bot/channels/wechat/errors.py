"""What the platform's error codes mean: not reachable, later, too long, to be mended by the operator."""

from enum import StrEnum


class Trouble(StrEnum):
    """Why the platform didn't do what it was asked; the names of the codes of CHANNELS §3."""

    TOKEN = "token"  # noqa: S105 - the name of a kind of trouble
    GONE = "gone"
    TOO_LONG = "too_long"
    QUOTA = "quota"
    WINDOW = "window"
    COUNT = "count"
    FORBIDDEN = "forbidden"
    ADDRESS = "address"
    CREDENTIALS = "credentials"
    BUSY = "busy"
    MEDIA = "media"
    NO_SUBSCRIPTION = "no_subscription"
    TEMPLATE = "template"
    CODE = "code"
    OTHER = "other"


CODES = {
    -1: Trouble.BUSY,
    40001: Trouble.TOKEN,
    40003: Trouble.GONE,
    40007: Trouble.MEDIA,
    40013: Trouble.CREDENTIALS,
    40014: Trouble.TOKEN,
    40029: Trouble.CODE,
    40037: Trouble.TEMPLATE,
    40125: Trouble.CREDENTIALS,
    40163: Trouble.CODE,
    40164: Trouble.ADDRESS,
    40243: Trouble.CREDENTIALS,
    42001: Trouble.TOKEN,
    43004: Trouble.GONE,
    43101: Trouble.NO_SUBSCRIPTION,
    45002: Trouble.TOO_LONG,
    45009: Trouble.QUOTA,
    45011: Trouble.BUSY,
    45015: Trouble.WINDOW,
    45047: Trouble.COUNT,
    47003: Trouble.TEMPLATE,
    48001: Trouble.FORBIDDEN,
    50002: Trouble.FORBIDDEN,
    61024: Trouble.TOKEN,
}
"""The platform's numbers; any other is OTHER."""

LOUD = frozenset({Trouble.ADDRESS, Trouble.CREDENTIALS, Trouble.FORBIDDEN, Trouble.QUOTA, Trouble.TEMPLATE})
"""What the operator must mend: logged each time, found by the doctor."""


class Refused(Exception):
    """The platform answered with an error code. Its own words are left out: they repeat what was sent."""

    def __init__(self, code: int) -> None:
        super().__init__(f"WeChat refused: {code}")
        self.code = code
        self.trouble = CODES.get(code, Trouble.OTHER)
