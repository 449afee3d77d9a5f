"""What a terminal shows: messages with numbered choices, and what a typed line means."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from domain.messages import Button, File, Position, Press, Rendered, Start, Text, What
from handlers.ports import TooBig, TryLater

LARGEST = 50 * 2**20
CLOSED = 5.0
"""Seconds after which news for a closed terminal is tried again; opening it asks at once."""

KINDS = {"photo": "photo", "voice": "voice", "video": "video", "file": "document"}


class Terminal:
    """`handlers.ports.Channel` on a terminal: one person, whose chat is `user`.

    Choices are numbered through all that was shown since the last line, so that a number is a tap.
    """

    name = "terminal"

    def __init__(self, user: str, write: Callable[[str], None]) -> None:
        self._user, self._write = user, write
        self._buttons: list[Button] = []
        self._refs = 0

    async def fetch(self, file: File) -> bytes:
        """A file of this machine. Raises TooBig."""
        return await asyncio.to_thread(_read, Path(file.ref))

    async def send(self, chat: str, message: Rendered, *, edit: str | None = None) -> str:
        """Show it, if it is for this terminal; an edit is shown as news."""
        if chat != self._user:
            raise TryLater(CLOSED, "a terminal that isn't open")
        self.show([message])
        self._refs += 1
        return edit or str(self._refs)

    def show(self, messages: Sequence[Rendered]) -> None:
        """Print messages with their choices numbered."""
        for message in messages:
            self._write(message.text)
            if message.media:
                self._write("  " + " ".join(f"<{number}>" for number in message.media))
            for row in message.buttons:
                self._write("  " + "  ".join(self._numbered(button) for button in row))
            self._write("")

    def _numbered(self, button: Button) -> str:
        self._buttons.append(button)
        return f"[{len(self._buttons)}] {button.label}"

    def meant(self, line: str) -> What:
        """A number or a label is a tap; `@photo FILE words`, `@position LAT,LON`; the rest are words."""
        shown, self._buttons = self._buttons, []
        if line.isascii() and line.isdigit() and 1 <= int(line) <= len(shown):
            return Press(shown[int(line) - 1].data)
        if tapped := next((b for b in reversed(shown) if b.label == line), None):
            return Press(tapped.data)
        if line.startswith("/start"):
            return Start(line.partition(" ")[2].strip())
        return _sent(line) or Text(line)


def _read(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise TooBig(LARGEST)
    return path.read_bytes()


def _sent(line: str) -> What | None:
    word, _, rest = line.removeprefix("@").partition(" ")
    if not line.startswith("@") or not rest:
        return None
    if word == "position":
        return _position(rest)
    path, _, caption = rest.partition(" ")
    if word not in KINDS or not Path(path).is_file():
        return None
    return File(KINDS[word], path, None, Path(path).stat().st_size, caption)  # type: ignore[arg-type]  # of KINDS


def _position(text: str) -> Position | None:
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return Position(latitude, longitude)
