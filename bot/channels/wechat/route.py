"""`GET|POST /wechat`: who calls is checked before anything is read, what is read before anything is done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import measure
from bot.channels.wechat.answering import Answering
from bot.channels.wechat.crypto import Seal, Seals, Unreadable, is_signed, signature
from bot.channels.wechat.envelope import LIMIT, Content, Malformed, read, sealed_reply, text_reply
from bot.channels.wechat.parse import NAME, Arrival, parse
from bot.channels.wechat.replays import Replays

PATH = "/wechat"
DONE = "success"
"""What the platform takes for 'taken, and nothing to say'; it is never encrypted."""


class Refused(Exception):
    """Not answered: `reason` is a fixed word for counting, never what was sent."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass(frozen=True, slots=True)
class Gate:
    """Knows the platform's calls by their signatures. With a key only encrypted ones are let in."""

    token: str
    seals: Seals
    replays: Replays
    clock: Callable[[], datetime]

    async def check(self, query: QueryParams) -> str:
        """The platform's question whether this is us: what to echo. Raises Refused."""
        if not self.replays.is_fresh(query.get("timestamp", "")):
            raise Refused(403, "stale")
        if not self._is_signed(query, "signature"):
            raise Refused(403, "signature")
        if await self.replays.is_replayed(query["timestamp"], query["nonce"], b""):
            raise Refused(403, "replayed")
        return query.get("echostr", "")[:1024]

    async def open(self, request: Request) -> tuple[Content, Seal | None]:
        """What was sent, and the key it came under. Raises Refused."""
        query = request.query_params
        if not self.replays.is_fresh(query.get("timestamp", "")):
            raise Refused(403, "stale")
        if not self.seals and not self._is_signed(query, "signature"):
            raise Refused(403, "signature")
        body = await _body(request)
        try:
            content, seal = self._opened(query, read(body))
            if await self.replays.is_replayed(query["timestamp"], query["nonce"], body):
                raise Refused(403, "replayed")
        except Malformed as malformed:
            raise Refused(400, malformed.reason) from None
        except Unreadable as unreadable:
            raise Refused(403, unreadable.reason) from None
        return content, seal

    def _opened(self, query: QueryParams, content: Content) -> tuple[Content, Seal | None]:
        """In safe mode what counts is inside; only its own signature and the AppID in it are believed."""
        if not self.seals:
            return content, None
        encrypted = content.text("Encrypt")
        if not encrypted:
            raise Refused(403, "not_encrypted")
        if not self._is_signed(query, "msg_signature", encrypted):
            raise Refused(403, "signature")
        message, seal = self.seals.open(encrypted)
        return read(message), seal

    def _is_signed(self, query: QueryParams, name: str, *more: str) -> bool:
        given, nonce = query.get(name, ""), query.get("nonce", "")
        return bool(nonce) and is_signed(given, self.token, query.get("timestamp", ""), nonce, *more)

    def closed(self, arrival: Arrival, words: str, seal: Seal | None, nonce: str) -> str:
        """The answer as XML, under the key that the question came under."""
        now = int(self.clock().timestamp())
        xml = text_reply(arrival.inbound.user, arrival.account, now, words)
        if seal is None:
            return xml
        encrypted = seal.close(xml.encode())
        return sealed_reply(encrypted, signature(self.token, str(now), nonce, encrypted), str(now), nonce)


def route(gate: Gate, answering: Answering, report: Callable[[BaseException], str]) -> Route:
    """The platform's one address; `report` takes what failed unforeseen."""

    async def receive(request: Request) -> Response:
        try:
            if request.method in ("GET", "HEAD"):
                return PlainTextResponse(await gate.check(request.query_params))
            content, seal = await gate.open(request)
        except Refused as refused:
            measure.REFUSED.labels(NAME, refused.reason).inc()
            return Response(status_code=refused.status)
        arrived = parse(content)
        try:
            words = await answering.take(arrived)
        except Exception as bug:  # noqa: BLE001 - a fault of ours: the platform brings it again
            report(bug)
            return Response(status_code=503)
        if not words or not isinstance(arrived, Arrival):
            return PlainTextResponse(DONE)
        xml = gate.closed(arrived, words, seal, request.query_params["nonce"])
        return Response(xml, media_type="application/xml")

    return Route(PATH, receive, methods=["GET", "POST"])


async def _body(request: Request) -> bytes:
    """The body. Raises Refused as soon as it is too long."""
    found = bytearray()
    declared = request.headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared) > LIMIT:
        raise Refused(413, "too_big")
    try:
        async for piece in request.stream():
            found += piece
            if len(found) > LIMIT:
                raise Refused(413, "too_big")
    except ClientDisconnect:
        raise Refused(400, "broken_off") from None
    return bytes(found)
