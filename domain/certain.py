"""Says that something must be there, where its absence would be a bug and not somebody's mistake."""

from typing import TypeVar

T = TypeVar("T")


def certain(value: T | None) -> T:
    """The value. Raises LookupError when it isn't there after all."""
    if value is None:
        raise LookupError("what had to be there isn't")
    return value
