"""The web page as a channel: what is said to a visitor goes into the transcript and wakes the page."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from bot.channels.web.bell import Bell
from bot.channels.web.lines import Body, body_of
from domain.media import Limits
from domain.messages import File, Rendered
from handlers.ports import Clock, TooBig, TryLater
from storage.database import Database
from storage.timeline import MediaRows
from storage.web import Transcript


class WebChannel:
    """`handlers.ports.Channel` for the page. A chat is a visitor; a reference is a line's number."""

    name = "web"

    def __init__(self, database: Database, clock: Clock, limits: Limits | None = None) -> None:
        self._database = database
        self._clock = clock
        self._arrived: dict[str, BinaryIO] = {}
        self.limits = limits or Limits()
        self.bell = Bell()

    @contextmanager
    def holding(self, file: BinaryIO) -> Iterator[str]:
        """A reference under which `fetch` finds this uploaded file, while its message is being handled."""
        ref = secrets.token_hex(16)
        self._arrived[ref] = file
        try:
            yield ref
        finally:
            del self._arrived[ref]

    async def fetch(self, file: File) -> bytes:
        """The uploaded bytes. Raises TooBig by the kind's own limit, TryLater when the upload is gone."""
        limit = self.limits.bytes_of(file.kind)
        if file.size is not None and file.size > limit:
            raise TooBig(limit)
        arrived = self._arrived.get(file.ref)
        if arrived is None:
            raise TryLater(1, "the upload is no longer here")
        return await asyncio.to_thread(_read, arrived)

    async def send(self, chat: str, message: Rendered, *, edit: str | None = None) -> str:
        """Write it to the transcript (or change the line `edit` in place) and wake the visitor's pages."""
        async with self._database.writing() as connection:
            body = body_of(message, await MediaRows(connection).by_ids(message.media))
            transcript = Transcript(connection, chat)
            await transcript.hold()
            number = await self._write(transcript, body, edit)
        self.bell.ring(chat)
        return str(number)

    async def _write(self, transcript: Transcript, body: Body, edit: str | None) -> int:
        now = self._clock()
        old = await transcript.find(int(edit)) if edit is not None and edit.isdecimal() else None
        if old is None or old.incoming:
            return await transcript.say(body, now)
        await transcript.change(old.id, body)
        await transcript.say({**body, "edit": old.id}, now)
        return old.id


def _read(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()
