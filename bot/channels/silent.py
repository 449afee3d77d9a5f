"""The channel of the sample district's invented people: whatever is said to them has arrived."""

from itertools import count

from domain.messages import File, Rendered
from handlers.ports import TryLater


class Silent:
    """`handlers.ports.Channel` to nobody."""

    name = "sample"

    def __init__(self) -> None:
        self._refs = count(1)

    async def fetch(self, file: File) -> bytes:
        """They send nothing."""
        raise TryLater(60, "invented people send no files")

    async def send(self, chat: str, message: Rendered, *, edit: str | None = None) -> str:
        """It has arrived."""
        return edit or str(next(self._refs))
