"""One thing that was looked at, and the words or the command that mend it."""

from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, the key of what is told of it, and the command that mends it, if one does."""

    name: str
    state: State
    key: str
    params: dict[str, Any] = field(default_factory=dict)
    mend: str = ""
