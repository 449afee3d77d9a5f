"""Whatever a page, or something that isn't one, sends: it is read or refused, never an error (TRUST 11)."""

import asyncio
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from bot.channels.web.arriving import Sent, read_sent
from bot.channels.web.refusals import Refused
from domain.media import Limits

PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=80)
ANYTHING = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
)
PLACE = st.fixed_dictionaries(
    {"latitude": PLAIN, "longitude": PLAIN}, optional={"accuracy": PLAIN, "more": PLAIN}
)
LIKELY = st.fixed_dictionaries(
    {},
    optional={
        "id": st.from_regex(r"[a-z0-9]{8,12}", fullmatch=True) | ANYTHING,
        "text": st.text() | ANYTHING,
        "press": st.text(max_size=70) | ANYTHING,
        "start": st.text(max_size=70) | ANYTHING,
        "position": PLACE | ANYTHING,
        "from": st.integers() | ANYTHING,
        "label": ANYTHING,
    },
)


def request_with(body: bytes, kind: str) -> Request:
    """A request as the server would hand it over."""
    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(scope, receive)


def read(body: bytes, kind: str) -> Sent | Refused:
    """What is made of it; anything but a refusal goes through."""

    async def reading() -> Sent | Refused:
        try:
            return await read_sent(request_with(body, kind), Limits())
        except Refused as refused:
            return refused

    found = asyncio.run(reading())
    if isinstance(found, Sent) and found.upload is not None:
        found.upload.close()
    return found


@given(ANYTHING | LIKELY)
@settings(max_examples=600, deadline=None)
def test_any_json_is_read_or_refused(content: object) -> None:
    try:
        body = orjson.dumps(content)
    except orjson.JSONEncodeError:
        return  # not JSON at all
    found = read(body, "application/json")
    if isinstance(found, Sent):
        orjson.dumps(found.label)  # what is kept can be written
    else:
        assert found.status in (400, 413)


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for kind in ("application/json", "multipart/form-data; boundary=x", "multipart/form-data"):
        found = read(body, kind)
        assert isinstance(found, Refused)
        assert found.status == 400


@given(
    st.lists(
        st.sampled_from(
            [
                b"--x",
                b"--x--",
                b"\r\n",
                b"Content-Disposition: form-data",
                b'; name="file"',
                b'; name="id"',
                b'; filename="a"',
                b"Content-Type: image/jpeg",
                b"abcdefgh",
                b"\xff\x00",
                b'; name="album"',
                b":",
            ]
        ),
        max_size=24,
    )
)
@settings(max_examples=400, deadline=None)
def test_any_form_is_read_or_refused(parts: list[bytes]) -> None:
    found = read(b"".join(parts), "multipart/form-data; boundary=x")
    assert isinstance(found, Sent) or found.status == 400


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_another_kind_is_refused(kind: str) -> None:
    found = read(b"id=1&text=2", kind)
    assert isinstance(found, Refused)
    assert found.status == 415
