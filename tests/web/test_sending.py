"""Sending: each thing reaches the desk once, is answered the same again, and is kept only when it may be."""

import asyncio
import os
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from PIL import Image

from domain.messages import File, Position, Press, Start, Text
from storage.tables import web_messages
from tests.web.conftest import HEADERS, House

MEGABYTE = 1024 * 1024


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG")
    return out.getvalue()


async def send(client: httpx.AsyncClient, **content: Any) -> httpx.Response:
    return await client.post("/chat/send", json={"id": "first-message-1", **content})


async def kept(house: House) -> int:
    async with house.parts.database.reading() as connection:
        count = await connection.scalar(sa.select(sa.func.count()).select_from(web_messages))
    return int(count or 0)


@pytest.mark.parametrize(
    "content,what",
    [
        ({"text": "楼道的灯坏了"}, Text("楼道的灯坏了")),
        ({"press": "file"}, Press("file")),
        ({"start": "w_CY01"}, Start("w_CY01")),
        (
            {"position": {"latitude": 31.2, "longitude": 121.5, "accuracy": 20}},
            Position(31.2, 121.5, 20.0),
        ),
        ({"text": "a\x00b"}, Text("ab")),
        ({"text": "\u202e<b>{{7*7}}</b>"}, Text("\u202e<b>{{7*7}}</b>")),
        ({"text": "长" * 10_000}, Text("长" * 10_000)),
        ({"text": ""}, Text("")),
    ],
)
async def test_what_is_sent_reaches_the_desk(
    house: House, client: httpx.AsyncClient, content: dict[str, Any], what: object
) -> None:
    answer = await send(client, **content)
    assert answer.status_code == 200
    (inbound,) = house.desk.calls
    assert (inbound.channel, inbound.id, inbound.what) == ("web", "first-message-1", what)
    assert inbound.chat == inbound.user
    assert len(inbound.chat) == 32


async def test_an_answer_has_words_buttons_and_a_number(client: httpx.AsyncClient) -> None:
    answer = (await send(client, start="")).json()
    (message,) = answer["messages"]
    assert message["buttons"][0][0] == {"data": "file", "label": "反映诉求", "minor": False}
    assert (message["day"], message["time"]) == ("11月30日(周一)", "9:05")
    assert message["id"] > answer["incoming"]["id"]


async def test_the_same_id_again_gets_the_same_answer(house: House, client: httpx.AsyncClient) -> None:
    first = await send(client, press="mine")
    await send(client, id="second-message", text="在三楼")
    assert (await send(client, press="mine")).json() == first.json()
    assert len(house.desk.calls) == 2


async def test_fifty_identical_presses_are_one(house: House, client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(send(client, press="send") for _ in range(50)))
    assert len({answer.text for answer in answers}) == 1
    assert len(house.desk.calls) == 1
    assert await kept(house) == 3


@pytest.mark.parametrize("house", ["consent"], indirect=True)
async def test_nothing_is_kept_before_consent(house: House, client: httpx.AsyncClient) -> None:
    answer = (await send(client, text="灯坏了")).json()
    assert (answer["incoming"], answer["messages"][0]["id"]) == (None, None)
    assert await kept(house) == 0
    assert (await client.get("/chat/messages")).json()["messages"] == []
    agreed = await send(client, id="second-message", press="consent:yes", label="可以")
    assert agreed.json()["incoming"]["text"] == "可以"
    assert await kept(house) == 3


async def test_a_pressed_message_is_changed_in_its_place(client: httpx.AsyncClient) -> None:
    card = (await send(client, text="灯坏了")).json()["messages"][0]
    sent = await send(client, id="second-message", press="send", **{"from": card["id"], "label": "forged"})
    edit, receipt = sent.json()["messages"]
    assert (edit["edit"], edit["text"]) == (card["id"], "已提交。")
    assert sent.json()["incoming"]["text"] == "提交"
    history = (await client.get("/chat/messages")).json()["messages"]
    assert [m["id"] for m in history if not m["mine"]] == [card["id"], receipt["id"]]
    assert history[1]["text"] == "已提交。"


async def test_a_card_moves_down_when_it_grows(client: httpx.AsyncClient) -> None:
    first = (await send(client, text="灯坏了")).json()["messages"][0]
    second = (await send(client, id="second-message", text="在三楼")).json()["messages"][0]
    assert second["supersedes"] == first["id"]
    history = (await client.get("/chat/messages")).json()["messages"]
    assert [m["id"] for m in history if not m["mine"]] == [second["id"]]


async def test_another_visitors_message_is_not_changed(house: House, client: httpx.AsyncClient) -> None:
    card = (await send(client, text="灯坏了")).json()["messages"][0]
    async with house.client() as other:
        await other.get("/")
        answer = await other.post(
            "/chat/send", json={"id": "first-message-1", "press": "send", "from": card["id"]}
        )
        assert "edit" not in answer.json()["messages"][0]
    assert (await client.get("/chat/messages")).json()["messages"][1]["text"] == card["text"]


async def test_a_photo_reaches_the_shelf_and_is_shown(house: House, client: httpx.AsyncClient) -> None:
    form = {"id": "photo-message", "caption": "三楼", "album": "album-of-photos"}
    answer = await client.post(
        "/chat/send", data=form, files={"file": ("secret name.jpg", picture(), "image/jpeg")}
    )
    (inbound,) = house.desk.calls
    assert isinstance(inbound.what, File)
    assert (inbound.what.kind, inbound.what.caption) == ("photo", "三楼")
    assert inbound.what.album == "album-of-photos"
    (medium,) = answer.json()["messages"][0]["media"]
    assert medium == {"id": medium["id"], "kind": "photo", "width": 64, "height": 48}
    assert answer.json()["incoming"]["kind"] == "photo"


async def test_a_photo_that_is_none_is_answered_in_words(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/chat/send",
        data={"id": "photo-message"},
        files={"file": ("a.jpg", b"not a photo", "image/jpeg")},
    )
    assert answer.status_code == 200
    assert answer.json()["messages"][0]["text"].startswith("这个文件打不开")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"{}",
        b'{"id":"first-message-1"}',
        b'{"id":"first-message-1","text":1}',
        b'{"id":"first-message-1","text":"a","press":"b"}',
        b'{"id":"../../etc","text":"a"}',
        b'{"id":7,"text":"a"}',
        b'{"id":"first-message-1","press":""}',
        b'{"id":"first-message-1","press":"' + b"x" * 65 + b'"}',
        b'{"id":"first-message-1","press":"a","from":"1"}',
        b'{"id":"first-message-1","press":"a","from":99999999999999999999}',
        b'{"id":"first-message-1","position":{"latitude":91,"longitude":0}}',
        b'{"id":"first-message-1","position":{"latitude":NaN,"longitude":0}}',
        b'{"id":"first-message-1","position":[]}',
        b'{"id":"first-message-1","text":"\\ud800"}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
async def test_what_cannot_be_read_is_refused_in_words(
    house: House, client: httpx.AsyncClient, body: bytes
) -> None:
    answer = await client.post("/chat/send", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")
    assert answer.json()["words"]
    assert house.desk.calls == []
    assert await kept(house) == 0


@pytest.mark.parametrize(
    "data,files,status",
    [
        ({}, {"file": ("a", b"a", "image/jpeg")}, 400),
        ({"id": "photo-message"}, {"other": ("a", b"a", "image/jpeg")}, 400),
        ({"id": "photo-message", "album": "../x"}, {"file": ("a", b"a", "image/jpeg")}, 400),
    ],
)
async def test_a_form_that_lacks_something_is_refused(
    client: httpx.AsyncClient, data: dict[str, str], files: dict[str, Any], status: int
) -> None:
    assert (await client.post("/chat/send", data=data, files=files)).status_code == status


async def test_other_content_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/chat/send", content=b"<a/>", headers={"Content-Type": "text/xml"})
    assert (answer.status_code, answer.json()["error"]) == (415, "unsupported")
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await client.post("/chat/send", content=b"--y\r\n", headers=broken)).status_code == 400


class Endless:
    """A body of so many bytes that counts what was asked of it."""

    def __init__(self, head: bytes, size: int) -> None:
        self.head, self.size, self.given = head, size, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.head
        while self.given < self.size:
            self.given += 64 * 1024
            yield b"x" * (64 * 1024)


HEAD = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
    b"Content-Type: image/jpeg\r\n\r\n"
)


@pytest.mark.parametrize(
    "kind,head,most",
    [
        ("multipart/form-data; boundary=x", HEAD, 52 * MEGABYTE),
        ("application/json", b'{"id":"first-message-1","text":"', 256 * 1024),
    ],
)
@pytest.mark.parametrize("announced", [True, False])
async def test_too_much_is_refused_without_reading_on(
    house: House, kind: str, head: bytes, most: int, announced: bool
) -> None:
    async with house.client() as client:
        await client.get("/")
        cookie = "; ".join(f"{k}={v}" for k, v in client.cookies.items())
    body = Endless(head, 60 * MEGABYTE)
    status = await _pushed(house, kind, cookie, body, 60 * MEGABYTE if announced else None)
    assert status == 413
    assert body.given <= (0 if announced else most)
    assert house.desk.calls == []


def resident() -> int:
    """This process's memory in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("announced", [True, False])
async def test_a_file_of_sixty_megabytes_costs_no_memory(address: str, announced: bool) -> None:
    sizes = [resident()]

    async def body() -> AsyncIterator[bytes]:
        yield HEAD
        for _ in range(60 * 16):
            sizes.append(resident())
            yield b"x" * (64 * 1024)

    headers = {**HEADERS, "Content-Type": "multipart/form-data; boundary=x"}
    if announced:
        headers["Content-Length"] = str(len(HEAD) + 60 * MEGABYTE)
    async with httpx.AsyncClient(base_url=address) as client:
        await client.get("/")
        answer = await client.post("/chat/send", content=body(), headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (413, "too_big")
    assert len(sizes) > 1
    assert max(sizes) - sizes[0] < 20 * MEGABYTE


async def _pushed(house: House, kind: str, cookie: str, body: Endless, announced: int | None) -> int:
    """The status of a request whose body is only produced as it is read."""
    chunks = aiter(body)
    statuses: list[int] = []
    headers = [(b"content-type", kind.encode()), (b"cookie", cookie.encode())]
    headers += [(b"x-workroom", b"1"), (b"host", b"workroom.test")]
    if announced is not None:
        headers.append((b"content-length", str(announced).encode()))

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": await anext(chunks), "more_body": True}

    async def answer(message: Any) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    scope = {
        "type": "http", "method": "POST", "path": "/chat/send", "raw_path": b"/chat/send",
        "query_string": b"", "headers": headers, "http_version": "1.1", "scheme": "http",
        "server": ("workroom.test", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    await house.app(scope, receive, answer)
    return statuses[0]
