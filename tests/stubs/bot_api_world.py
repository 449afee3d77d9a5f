"""What the stubbed Telegram knows: chats, messages, files, presses; and a bell rung at each change."""

import asyncio
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from tests.stubs.bot_api_html import utf16
from tests.stubs.bot_api_rules import ApiError, bad, image_size

Json = dict[str, Any]
Found = TypeVar("Found")
PATIENCE = 60.0
"""Seconds until a wait was in vain. Who waits is woken at once: a hang should end it, not a busy machine."""
ENTITY = re.compile(
    r"(?P<url>https?://\S+)|(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w+)?)|(?P<mention>(?<!\w)@\w{4,})"
)


class Bell:
    """Wakes whoever waits for a change, so that no test looks again and again."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Something changed."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def wait(self, look: Callable[[], Found | None]) -> Found:
        """The first truthy result of `look`, asked at each change."""
        while not (found := look()):
            future = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            await future
        return found

    async def until(self, look: Callable[[], Found | None], within: float, what: str) -> Found:
        """As `wait`, with AssertionError after `within` seconds."""
        try:
            async with asyncio.timeout(within):
                return await self.wait(look)
        except TimeoutError:
            raise AssertionError(f"waited {within} s in vain for {what}") from None


@dataclass
class Chat:
    """One conversation: its public face as Telegram shows it, and its messages by number."""

    face: Json
    met: bool = False
    blocked: bool = False
    bot_inside: bool = True
    messages: dict[int, Json] = field(default_factory=dict)
    changed: dict[int, int] = field(default_factory=dict)
    keyboard: list[list[Json]] | None = None
    numbers: Any = field(default_factory=lambda: count(1))

    @property
    def id(self) -> int:
        """The chat's number; that of a group is negative."""
        return int(self.face["id"])

    @property
    def private(self) -> bool:
        """Whether it is a person's chat with the bot."""
        return bool(self.face["type"] == "private")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Something uploaded; `size` may be declared larger than the bytes kept."""

    file_id: str
    unique_id: str
    kind: str
    data: bytes
    size: int
    path: str

    def described(self) -> Json:
        """The fields every file has in an update."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": self.size}


@dataclass
class Query:
    """A press that wants an answer; `answer` holds what the bot said to it."""

    id: str
    user: int
    asked: float
    answer: Json | None = None


class World:
    """State of the stub; whoever changes it rings the bell through `touch`."""

    def __init__(self, bot: Json, clock: Callable[[], float]) -> None:
        self.bot = bot
        self.clock = clock
        self.bell = Bell()
        self.version = 0
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.disk: Path | None = None  # the bot's folder of a server in local mode
        self.queries: dict[str, Query] = {}
        self.query_term = 15.0
        self.commands: dict[str, list[Json]] = {}
        self.actions: list[Json] = []
        self._ids = count(1)

    def number(self) -> int:
        """A number never given before."""
        return next(self._ids)

    def touch(self) -> int:
        """Count a change and wake whoever waits; gives the change's number."""
        self.version += 1
        self.bell.ring()
        return self.version

    def chat(self, chat_id: Any) -> Chat:
        """The chat a method names; ApiError when there is none the bot knows."""
        if chat_id in (None, ""):
            raise bad("chat_id is empty")
        try:
            return self.chats[int(chat_id)]
        except (KeyError, ValueError):
            raise bad("chat not found") from None

    def writable(self, chat_id: Any) -> Chat:
        """The chat, provided the bot may write there."""
        chat = self.chat(chat_id)
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if not chat.met:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        if not chat.bot_inside:
            raise ApiError(403, "Forbidden: bot was kicked from the supergroup chat")
        return chat

    def post(self, chat: Chat, sender: Json, fields: Json) -> Json:
        """Put a message into the chat and give it as Telegram shows it."""
        number = next(chat.numbers)
        message: Json = {
            "message_id": number,
            "from": sender,
            "chat": chat.face,
            "date": int(self.clock()),
            **fields,
        }
        chat.messages[number] = message
        chat.changed[number] = self.touch()
        return message

    def change(self, chat: Chat, number: int, fields: Json) -> Json:
        """Edit a message; a None removes the field."""
        edited = {**chat.messages[number], **fields, "edit_date": int(self.clock())}
        message = {name: value for name, value in edited.items() if value is not None}
        chat.messages[number] = message
        chat.changed[number] = self.touch()
        return message

    def asked(self, user: int) -> Query:
        """A new press of this user, to be answered within `query_term` seconds."""
        query = Query(str(4_000_000_000_000 + self.number()), user, self.clock())
        self.queries[query.id] = query
        return query

    def keep(self, kind: str, data: bytes, name: str, size: int | None = None) -> StoredFile:
        """Store a file's bytes under a new id."""
        number = self.number()
        stored = StoredFile(
            file_id=f"{kind}-{number}-{sha256(data).hexdigest()[:24]}",
            unique_id=f"U{number}",
            kind=kind,
            data=data,
            size=len(data) if size is None else size,
            path=f"{kind}s/file_{number}{'.' + name.rsplit('.', 1)[-1] if '.' in name else ''}",
        )
        self.files[stored.file_id] = stored
        return stored

    def laid(self, stored: StoredFile) -> str:
        """Where a server in local mode has put it; nothing: it is fetched over HTTP."""
        if self.disk is None:
            return ""
        place = self.disk / stored.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(stored.data)
        return str(place)

    def photo_sizes(self, data: bytes) -> list[Json]:
        """The sizes Telegram makes of a picture, smallest first, each a file of its own."""
        full = image_size(data)
        if full is None:
            return [{**self.keep("photo", data, "photo.jpg").described(), "width": 90, "height": 90}]
        sizes = [
            {**self.keep("photo", _shrunk(data, side), "photo.jpg").described(), **_scaled(full, side)}
            for side in (90, 320, 800)
            if max(full) > side
        ]
        return [
            *sizes,
            {**self.keep("photo", data, "photo.jpg").described(), "width": full[0], "height": full[1]},
        ]


def entities(text: str) -> list[Json]:
    """The entities Telegram itself finds in a person's words: commands, links, mentions."""
    return [
        {"type": str(found.lastgroup), "offset": utf16(text[: found.start()]), "length": utf16(found.group())}
        for found in ENTITY.finditer(text)
    ]


def _scaled(full: tuple[int, int], side: int) -> Json:
    ratio = side / max(full)
    return {"width": max(1, round(full[0] * ratio)), "height": max(1, round(full[1] * ratio))}


def _shrunk(data: bytes, side: int) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        small = image.convert("RGB")
        small.thumbnail((side, side))
        out = io.BytesIO()
        small.save(out, "JPEG")
    return out.getvalue()
