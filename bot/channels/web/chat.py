"""The page's conversation: what is sent goes to the desk, what is new comes back, in order and once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from weakref import WeakValueDictionary

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.arriving import Sent, read_sent
from bot.channels.web.bell import rung
from bot.channels.web.keeping import Keeping
from bot.channels.web.lines import Body, Showing, body_of
from bot.channels.web.parts import WebParts
from bot.channels.web.places import Place
from bot.channels.web.refusals import bad_request, json_answer
from bot.channels.web.visitors import Visitors, short, spoken_by
from domain.messages import Answer, File, Inbound, Rendered
from storage.timeline import MediaRows
from storage.web import PAGE, Line, Transcript

LONGEST_WAIT = 25.0
"""Seconds a page may be kept waiting: below the patience of the proxies between."""

LOOK_EVERY = 1.0
"""Seconds after which a waiting page's transcript is looked at, for what other processes wrote."""


class Chat:
    """The four addresses below `chat/`."""

    def __init__(self, parts: WebParts, visitors: Visitors) -> None:
        self._parts = parts
        self._visitors = visitors
        self._showing = Showing(parts.words, parts.language)
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def send(self, request: Request, place: Place) -> Response:
        """Something the visitor says. The same id again gets the same answer and does nothing."""
        self._visitors.check_origin(request)
        visitor = self._visitors.known(request, place)
        sent = replace(await read_sent(request, self._parts.channel.limits), spoken=spoken_by(request))
        try:
            async with self._one_by_one(visitor):
                return await self._exchange(visitor, sent)
        finally:
            if sent.upload is not None:
                sent.upload.close()

    async def messages(self, request: Request, place: Place) -> Response:
        """What follows `after`; with `wait` the answer comes when there is something, or after so long.

        Without `after`: the end of the transcript, or what leads up to `before`.
        """
        visitor = self._visitors.known(request, place)
        if "after" not in request.query_params:
            return json_answer(await self._history(visitor, _whole(request, "before")))
        after, wait = _whole(request, "after") or 0, min(_whole(request, "wait") or 0, LONGEST_WAIT)
        lines = await self._wait(request, visitor, after, wait)
        last = lines[-1].id if lines else after
        return json_answer({"who": short(visitor), "messages": self._showing.lines(lines), "last": last})

    async def fresh(self, request: Request, place: Place) -> Response:
        """A new start for a browser whose cookie is missing or not ours; a valid one stays."""
        self._visitors.check_origin(request)
        visitor = self._visitors.named(request, place) or self._visitors.new()
        response = json_answer({"who": short(visitor)})
        self._visitors.remember(response, place, visitor)
        return response

    @asynccontextmanager
    async def _one_by_one(self, visitor: str) -> AsyncIterator[None]:
        lock = self._queues.setdefault(visitor, asyncio.Lock())
        async with lock:
            yield

    async def _exchange(self, visitor: str, sent: Sent) -> Response:
        async with self._parts.database.reading() as connection:
            lines = await Keeping(connection, visitor, self._parts.clock()).answered(sent.id)
        if lines is None:
            answer = await self._ask_desk(visitor, sent)
            bodies = await self._bodies(answer.messages)
            if not answer.stored:
                return await self._unkept(visitor, sent, bodies)
            lines = await self._keep(visitor, sent, bodies)
        return await self._kept(visitor, sent, lines)

    async def _ask_desk(self, visitor: str, sent: Sent) -> Answer:
        with self._parts.channel.holding(sent.upload) if sent.upload else nullcontext("") as ref:
            what = replace(sent.what, ref=ref) if isinstance(sent.what, File) else sent.what
            name = self._parts.channel.name
            inbound = Inbound(name, visitor, visitor, sent.id, what, spoken=sent.spoken)
            return await self._parts.desk.handle(inbound)

    async def _bodies(self, messages: Sequence[Rendered]) -> list[Body]:
        wanted = [number for message in messages for number in message.media]
        if not wanted:
            return [body_of(message, {}) for message in messages]
        async with self._parts.database.reading() as connection:
            media = await MediaRows(connection).by_ids(wanted)
        return [body_of(message, media) for message in messages]

    async def _keep(self, visitor: str, sent: Sent, bodies: Sequence[Body]) -> list[Line]:
        async with self._parts.database.writing() as connection:
            lines = await Keeping(connection, visitor, self._parts.clock()).keep(sent, bodies)
        self._parts.channel.bell.ring(visitor)
        return lines

    async def _unkept(self, visitor: str, sent: Sent, bodies: Sequence[Body]) -> Response:
        now = self._parts.clock()
        shown = [self._showing.unkept(body, now) for body in bodies]
        return await self._reply(visitor, sent, None, shown)

    async def _kept(self, visitor: str, sent: Sent, lines: Sequence[Line]) -> Response:
        asked, *answers = self._showing.lines(lines)
        return await self._reply(visitor, sent, asked, answers)

    async def _reply(self, visitor: str, sent: Sent, asked: Body | None, messages: list[Body]) -> Response:
        language = await self._parts.speaks(visitor, sent.spoken)
        return json_answer(
            {"who": short(visitor), "language": language, "incoming": asked, "messages": messages}
        )

    async def _history(self, visitor: str, before: int | None) -> Body:
        async with self._parts.database.reading() as connection:
            lines = await Transcript(connection, visitor).before(before)
        shown = [line for line in lines if not line.body.get("gone") and "edit" not in line.body]
        return {
            "who": short(visitor),
            "messages": self._showing.lines(shown),
            "earlier": len(lines) == PAGE,
            "first": lines[0].id if lines else 0,
            "last": lines[-1].id if lines else 0,
        }

    async def _wait(self, request: Request, visitor: str, after: int, seconds: float) -> list[Line]:
        bell, loop = self._parts.channel.bell, asyncio.get_running_loop()
        until = loop.time() + seconds
        with bell.listening(visitor) as event:
            while True:
                event.clear()
                lines = await self._after(visitor, after)
                left = until - loop.time()
                if lines or left <= 0 or bell.closed or await request.is_disconnected():
                    return lines
                await rung(event, min(left, LOOK_EVERY))

    async def _after(self, visitor: str, number: int) -> list[Line]:
        async with self._parts.database.reading() as connection:
            return await Transcript(connection, visitor).after(number)


def _whole(request: Request, name: str) -> int | None:
    """A query parameter that must be a whole number, zero or more. Raises Refused (400)."""
    value = request.query_params.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= 18):
        raise bad_request()
    return int(value)
