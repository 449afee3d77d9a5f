"""What a process remembers of the registry, which changes seldom and is asked for at every step."""

from typing import Any

Found = dict[Any, Any]
"""Answers by question, all of one version of the registry."""


class Remembered:
    """Answers of one version; with another version all of them are forgotten.

    The version is read with whoever arrives, in the same query (storage/meeting.py), and is counted up by
    the database's own triggers: a step never sees a registry older than its beginning.
    """

    def __init__(self) -> None:
        self._version: int | None = None
        self._found: Found = {}

    def of(self, version: int) -> Found:
        """The answers known of this version. Steps under way keep those of the version they began with."""
        if version != self._version:
            self._version, self._found = version, {}
        return self._found
