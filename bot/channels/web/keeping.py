"""Keeps an exchange in the transcript: what the visitor sent and what was answered, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.web.arriving import Sent
from bot.channels.web.lines import Body
from domain.messages import File, Position, Press, Start, Text
from storage.web import Line, Transcript


def said_by_visitor(sent: Sent, label: str, *, quiet: bool) -> Body:
    """What the visitor sent, as a line's body; `quiet` lines are kept but not shown."""
    match sent.what:
        case Text(text):
            return {"what": "text", "text": text}
        case File() as file:
            return {"what": "file", "kind": file.kind, "text": file.caption}
        case Position(latitude, longitude):
            return {"what": "position", "text": "", "latitude": latitude, "longitude": longitude}
        case Press():
            return {"what": "press", "text": label, "quiet": quiet}
        case Start():
            return {"what": "start", "text": "", "quiet": True}
        case _:
            raise TypeError(type(sent.what).__name__)


class Keeping:
    """Writes one exchange to one visitor's transcript."""

    def __init__(self, connection: AsyncConnection, chat: str, now: datetime) -> None:
        self._transcript = Transcript(connection, chat)
        self._now = now

    async def answered(self, sent_id: str) -> list[Line] | None:
        """The line sent under this name and what was answered to it; None when nothing was sent."""
        asked = await self._transcript.sent(sent_id)
        if asked is None:
            return None
        following = await self._transcript.after(asked.id)
        return [asked, *(line for line in following if line.body.get("to") == asked.id)]

    async def keep(self, sent: Sent, answers: Sequence[Body]) -> list[Line]:
        """Write it down, once for each `sent.id`; gives what now stands there."""
        await self._transcript.hold()
        pressed = await self._pressed(sent)
        label = _label(pressed, sent) if isinstance(sent.what, Press) else ""
        quiet = any(body["replaces"] for body in answers)
        body = said_by_visitor(sent, label, quiet=quiet)
        asked = await self._transcript.hear(sent.id, body, self._now)
        if asked is not None:
            for body in answers:
                await self._say({**body, "to": asked}, pressed)
                pressed = None if body["replaces"] else pressed  # a message is replaced once
        return await self.answered(sent.id) or []

    async def _pressed(self, sent: Sent) -> Line | None:
        if sent.pressed is None:
            return None
        line = await self._transcript.find(sent.pressed)
        return line if line and not line.incoming and not line.body.get("gone") else None

    async def _say(self, body: Body, pressed: Line | None) -> None:
        if not body["replaces"]:
            await self._transcript.say(body, self._now)
        elif pressed is not None:
            await self._transcript.change(pressed.id, body)
            await self._transcript.say({**body, "edit": pressed.id}, self._now)
        else:
            await self._take_place_of_the_last(body)

    async def _take_place_of_the_last(self, body: Body) -> None:
        """A card that was just shown moves down to where the visitor is now; older ones stay."""
        last = await self._transcript.last_said()
        if last is None or last.body.get("key") != body["key"] or last.body.get("edit"):
            await self._transcript.say(body, self._now)
            return
        await self._transcript.change(last.id, {**last.body, "gone": True})
        await self._transcript.say({**body, "supersedes": last.id}, self._now)


def _label(pressed: Line | None, sent: Sent) -> str:
    """The words on the button; the page's own word counts only for messages that were not kept."""
    rows = pressed.body.get("buttons", ()) if pressed else ()
    data = sent.what.data if isinstance(sent.what, Press) else ""
    return next((one["label"] for row in rows for one in row if one["data"] == data), sent.label)
