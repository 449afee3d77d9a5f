"""Reads what the page sends: small JSON, or a form with one file, never more than is allowed."""

import math
import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import orjson
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from bot.channels.web.refusals import Refused, bad_request
from domain.media import MEGABYTE, Limits
from domain.messages import PRESS_LIMIT, File, FileKind, Position, Press, Start, Text, What

JSON_LIMIT = 128 * 1024
FORM_ROOM = MEGABYTE
"""What a form may weigh beside its file."""

CAPTION_LIMIT = 10_000

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
# What no database takes; everything else is the desk's affair.
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Sent:
    """One thing the page sent: its own name for it, its content, and which line's button was pressed.

    `spoken` is the language the browser asks for, if it says.
    """

    id: str
    what: What
    pressed: int | None = None
    label: str = ""
    upload: BinaryIO | None = None
    spoken: str = ""


async def read_sent(request: Request, limits: Limits) -> Sent:
    """What was sent. Raises Refused: 400 what we can't read, 413 too much (without reading on), 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return _from_json(await _read_json(request))
    if kind == "multipart/form-data":
        most = max(limits.bytes_of(kind) for kind in KINDS) + FORM_ROOM
        return await _read_form(request, most)
    raise Refused(415, "unsupported")


async def _bounded(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    claimed = request.headers.get("content-length", "0")
    if not claimed.isdecimal() or int(claimed) > limit:
        raise Refused(413, "too_big")
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen > limit:
            raise Refused(413, "too_big")
        yield chunk


async def _read_json(request: Request) -> dict[str, Any]:
    body = b"".join([chunk async for chunk in _bounded(request, JSON_LIMIT)])
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise bad_request() from None
    if not isinstance(content, dict):
        raise bad_request()
    return content


def _from_json(content: dict[str, Any]) -> Sent:
    made = [make(content[name]) for name, make in _MAKERS.items() if name in content]
    if len(made) != 1:
        raise bad_request()
    pressed = content.get("from")
    if pressed is not None and (type(pressed) is not int or not 0 < pressed < 2**63):
        raise bad_request()
    return Sent(_id(content.get("id")), made[0], pressed, _text(content.get("label", ""))[:100])


def _id(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise bad_request()
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise bad_request()
    return _UNWRITABLE.sub("", value)


def _press(value: object) -> Press:
    data = _text(value)
    if not 0 < len(data.encode()) <= PRESS_LIMIT:
        raise bad_request()
    return Press(data)


def _start(value: object) -> Start:
    payload = _text(value)
    if len(payload) > PRESS_LIMIT:
        raise bad_request()
    return Start(payload)


def _position(value: object) -> Position:
    if not isinstance(value, dict):
        raise bad_request()
    latitude, longitude = _number(value.get("latitude"), 90), _number(value.get("longitude"), 180)
    accuracy = value.get("accuracy")
    return Position(latitude, longitude, None if accuracy is None else _number(accuracy, 1e8))


def _number(value: object, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise bad_request()
    if not math.isfinite(value) or abs(value) > most:
        raise bad_request()
    return float(value)


_MAKERS: dict[str, Callable[[object], What]] = {
    "text": lambda value: Text(_text(value)),
    "press": _press,
    "start": _start,
    "position": _position,
}

KINDS: tuple[FileKind, ...] = ("photo", "voice", "video", "document")
_BY_MIME: dict[str, FileKind] = {"image": "photo", "audio": "voice", "video": "video"}


async def _read_form(request: Request, limit: int) -> Sent:
    parser = MultiPartParser(
        request.headers, _bounded(request, limit), max_files=1, max_fields=4, max_part_size=FORM_ROOM // 2
    )
    try:
        form = await parser.parse()
    except MultiPartException:
        raise bad_request() from None
    try:
        return _from_form(form)
    except Refused:
        await form.close()
        raise


def _from_form(form: FormData) -> Sent:
    upload = form.get("file")
    if not isinstance(upload, UploadFile):
        raise bad_request()
    mime = (upload.content_type or "").lower()
    album = form.get("album") or ""
    if album:
        _id(album)
    file = File(
        kind=_BY_MIME.get(mime.partition("/")[0], "document"),
        ref="",
        mime=mime or None,
        size=upload.size,
        caption=_text(form.get("caption") or "")[:CAPTION_LIMIT],
        album=cast(str, album),
    )
    return Sent(_id(form.get("id")), file, upload=upload.file)
