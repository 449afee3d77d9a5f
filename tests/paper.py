"""A channel made of paper: what is said is kept to be read, what arrives is whatever the test says."""

from itertools import count

from domain.messages import File, Rendered
from handlers.ports import Unreachable


class Paper:
    """Keeps everything said, chat by chat; files are fetched from `files` by their ref."""

    def __init__(self, name: str = "web") -> None:
        self.name = name
        self.said: dict[str, list[tuple[str, Rendered]]] = {}
        self.files: dict[str, bytes] = {}
        self.gone: set[str] = set()
        self._refs = count(1)

    async def fetch(self, file: File) -> bytes:
        """The bytes a test has put there."""
        return self.files[file.ref]

    async def send(self, chat: str, message: Rendered, *, edit: str | None = None) -> str:
        """Write it down; an edit takes the earlier one's place."""
        if chat in self.gone:
            raise Unreachable("blocked")
        told = self.said.setdefault(chat, [])
        if edit is not None:
            self.said[chat] = [(ref, message if ref == edit else old) for ref, old in told]
            return edit
        ref = str(next(self._refs))
        told.append((ref, message))
        return ref
