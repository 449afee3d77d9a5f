"""Reads fields of decoded JSON whose shape nobody vouches for: what is not of the kind asked is absent."""

from collections.abc import Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]

NOTHING: Json = {}


def part(found: Json, name: str) -> Json:
    """The object under this name, or an empty one."""
    value = found.get(name)
    return value if isinstance(value, dict) else NOTHING


def parts(found: Json, name: str) -> Sequence[Json]:
    """The objects in the list under this name."""
    value = found.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else ()


def text(found: Json, name: str) -> str:
    """The string under this name, or an empty one."""
    value = found.get(name)
    return value if isinstance(value, str) else ""


def whole(found: Json, name: str) -> int | None:
    """The whole number under this name."""
    value = found.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number(found: Json, name: str) -> float | None:
    """The number under this name."""
    value = found.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def ident(found: Json) -> str:
    """The `id` of a chat or a user as a string, empty when there is none."""
    value = whole(found, "id")
    return "" if value is None else str(value)
