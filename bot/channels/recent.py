"""A dictionary that forgets what was not touched for longest, so that memory stays bounded."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps the `most` entries set last."""

    def __init__(self, most: int) -> None:
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._most = most
        self.get: Callable[[K], V | None] = self._kept.get
        """What is kept under the key, or None."""

    def __contains__(self, key: K) -> bool:
        return key in self._kept

    def put(self, key: K, value: V) -> None:
        """Keep it; the oldest goes when there are too many."""
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def take(self, key: K) -> V | None:
        """What was kept under the key, which is then free."""
        return self._kept.pop(key, None)
