"""The page over the real desk: photos without metadata, files for who may see them, no false identity."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.web.channel import WebChannel
from bot.channels.web.parts import WebParts
from bot.channels.web.routes import routes
from domain.people import Seat
from handlers import seeing
from tests.media.samples import SECRET, photo
from tests.trust.town import NUMBER, Town, count, rows, stored
from tests.world import World

NAMED = "全家福-身份证-王小明.jpg"


class Site:
    """The page's addresses over the whole service."""

    def __init__(self, service: World) -> None:
        self.world, house = service, service.house
        channel = WebChannel(house.database, house.clock)
        house.channels["web"] = channel  # type: ignore[index]
        self.app = Starlette(routes=routes(WebParts(
            desk=service.desk, channel=channel, database=house.database, words=house.words, shelf=house.shelf,
            clock=house.clock, secret=house.secret, may_see=partial(seeing.may_see, house, "web"),
            language_of=partial(seeing.language_of, house, "web"),
        )))  # fmt: skip

    async def visitor(self, *seats: Seat) -> "Visitor":
        """A browser that has opened the page and agreed."""
        transport = httpx.ASGITransport(self.app)
        client = httpx.AsyncClient(
            transport=transport, base_url="http://workroom.test", headers={"X-Workroom": "1"}
        )
        visitor = Visitor(client)
        await client.get("/")
        await visitor.say(start="")
        await visitor.say(press="agree:basic:")
        for seat in seats:
            await visitor.say(start=f"i_{await self.world.invite(seat)}")
        return visitor


class Visitor:
    """One browser with its cookie."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client, self.sent = client, 0

    async def say(self, **what: Any) -> list[dict[str, Any]]:
        """Send it; the messages of the answer."""
        self.sent += 1
        answer = await self.client.post("/chat/send", json={"id": f"message-{self.sent:04}", **what})
        assert answer.status_code == 200, answer.text
        said: list[dict[str, Any]] = answer.json()["messages"]
        return said

    async def upload(self, data: bytes, name: str = NAMED, mime: str = "image/jpeg") -> list[dict[str, Any]]:
        """Send a file; the messages of the answer."""
        self.sent += 1
        form = {"id": f"message-{self.sent:04}", "caption": "路灯坏了"}
        answer = await self.client.post("/chat/send", data=form, files={"file": (name, data, mime)})
        assert answer.status_code == 200, answer.text
        said: list[dict[str, Any]] = answer.json()["messages"]
        return said

    async def tap(self, said: list[dict[str, Any]], option: str) -> list[dict[str, Any]]:
        """Press the button of the last message that has this option."""
        buttons = [b for m in said for row in m["buttons"] for b in row]
        return await self.say(press=next(b["data"] for b in buttons if b["data"].endswith(f".{option}")))

    async def sees(self, media: int) -> int:
        """The status of a file and of its thumbnail, which must be alike."""
        whole, thumb = (
            await self.client.get(f"/media/{media}"),
            await self.client.get(f"/media/{media}/thumb"),
        )
        assert whole.status_code == thumb.status_code
        return whole.status_code


@pytest.fixture
async def site(service: World) -> AsyncIterator[Site]:
    made = Site(service)
    yield made
    made.world.house.channels["web"].bell.close()  # type: ignore[attr-defined]


def media_of(said: list[dict[str, Any]]) -> int:
    """The first file shown."""
    return int(next(m["media"][0]["id"] for m in said if m["media"]))


def on_disk(folder: Path) -> set[Path]:
    """Every file but the database."""
    return {path for path in folder.rglob("*") if path.is_file() and "sqlite" not in path.name}


async def test_a_photo_is_for_those_who_may_see_the_case(site: Site, town: Town, tmp_path: Path) -> None:
    resident, stranger = await site.visitor(), await site.visitor()
    liaison = await site.visitor(await town.place("liaison"))
    elsewhere = await site.visitor(await town.place("liaison", "ST01"))
    contact = await site.visitor(await town.place("contact"))
    everyone = [resident, liaison, elsewhere, contact, stranger]
    await resident.say(start="w_LJ01")
    said = await resident.upload(photo())
    [media] = [row[0] for row in (await rows(site.world))["media"]]
    assert [await one.sees(media) for one in everyone] == [200, 404, 404, 404, 404], "a draft is its owner's"
    said = await resident.tap(said, "send")
    found = NUMBER.search(next(m["text"] for m in said if m["key"] == "case.receipt"))
    assert found is not None
    assert [await one.sees(media) for one in everyone] == [200, 200, 404, 404, 404]
    shown = await liaison.say(press=f"show:{found[1]}{found[2]}")
    assert media_of(shown) == media
    guesses = [await stranger.sees(n) for n in (0, media, media + 1, 10**9, 2**63, 2**70)]
    assert set(guesses) == {404}


async def test_neither_metadata_nor_the_files_name_stays_anywhere(site: Site, tmp_path: Path) -> None:
    resident = await site.visitor()
    data = photo()
    assert SECRET.encode() in data
    said = await resident.upload(data)
    await resident.tap(said, "send")
    media = (await rows(site.world))["media"][0][0]
    whole = await resident.client.get(f"/media/{media}")
    assert SECRET.encode() not in whole.content and b"Exif" not in whole.content
    assert "王小明" not in str(whole.headers) and "filename" in whole.headers["content-disposition"]
    kept = await stored(site.world)
    assert SECRET not in kept and "王小明" not in kept and "全家福" not in kept
    files = on_disk(tmp_path)
    assert files
    for path in files:
        assert SECRET.encode() not in path.read_bytes() and "王小明" not in str(path)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<!doctype html><html><script>alert(1)</script></html>"
FALSE = {
    "a page": (PAGE, "a.jpg", "image/jpeg"), "an svg": (SVG, "a.svg", "image/svg+xml"),
    "an svg as photo": (SVG, "a.png", "image/png"), "a page as document": (PAGE, "a.pdf", "application/pdf"),
    "a way out": (PAGE, "../../../../etc/passwd", "image/png"), "nothing": (b"", "a.jpg", "image/jpeg"),
    "half a photo": (photo()[:200], "a.jpg", "image/jpeg"), "a program": (b"MZ" + bytes(200), "a.exe", "x/y"),
}  # fmt: skip


async def test_what_is_no_photo_is_refused_in_words_and_leaves_nothing(site: Site, tmp_path: Path) -> None:
    resident = await site.visitor()
    before = on_disk(tmp_path)
    for name, file in FALSE.items():
        said = await resident.upload(*file)
        assert [m["key"].partition(".")[0] for m in said] == ["media"], name
    assert await count(site.world, "media") == 0 == await count(site.world, "drafts")
    assert on_disk(tmp_path) == before


async def test_a_polyglot_loses_its_other_half(site: Site) -> None:
    resident = await site.visitor()
    await resident.upload(photo() + b"PK\x03\x04" + PAGE, "a.jpg")
    media = (await rows(site.world))["media"][0][0]
    whole = await resident.client.get(f"/media/{media}")
    assert b"<script>" not in whole.content and whole.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in whole.headers["content-security-policy"]


async def test_the_same_name_of_a_message_is_another_message_for_another_visitor(site: Site) -> None:
    first, second = await site.visitor(), await site.visitor()
    secret = {"id": "message-same", "text": "我家漏水，别告诉别人"}
    await first.client.post("/chat/send", json=secret)
    for content in ({"id": "message-same", "press": "go:help"}, {"id": "message-same", "text": "您好"}):
        answer = await second.client.post("/chat/send", json=content)
        assert answer.status_code == 200 and "漏水" not in answer.text
    history = (await second.client.get("/chat/messages")).text
    assert "漏水" not in history
    assert "漏水" in (await first.client.get("/chat/messages")).text


async def test_changed_cookies_and_forged_addresses_make_nobody(site: Site) -> None:
    first, second = await site.visitor(), await site.visitor()
    mine, theirs = (one.client.cookies["workroom"] for one in (first, second))
    (name, _, signed), (other, _, _) = mine.partition("."), theirs.partition(".")
    people = await count(site.world, "persons")
    for forged in (f"{other}.{signed}", other, f"{name}.", f"{mine}x", mine.swapcase(), f"{name}.0.{signed}"):
        headers = {"Cookie": f"workroom={forged}", "X-Workroom": "1", "X-Forwarded-For": "1.2.3.4"}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(site.app), base_url="http://workroom.test", headers=headers
        ) as client:
            content = {"id": "message-x", "text": "您好"}
            assert (await client.post("/chat/send", json=content)).status_code == 401
            assert (await client.get("/chat/messages")).status_code == 401
            assert (await client.get("/media/1")).status_code == 401
    assert await count(site.world, "persons") == people


async def test_fifty_uploads_and_presses_of_one_page_at_once_are_one_case(site: Site) -> None:
    resident = await site.visitor()
    said = await resident.upload(photo())
    data = next(b["data"] for m in said for row in m["buttons"] for b in row if b["data"].endswith(".send"))
    answers = await asyncio.gather(
        *(resident.client.post("/chat/send", json={"id": f"parallel-{n}", "press": data}) for n in range(50))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert await count(site.world, "cases") == 1


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"id":"message-1","text":"' + b"x" * 200_000 + b'"}', b"{" * 200_000, b"\xff\xfe"],
)
async def test_json_without_measure_is_refused(site: Site, body: bytes) -> None:
    resident = await site.visitor()
    before = await rows(site.world)
    headers = {"Content-Type": "application/json"}
    answer = await resident.client.post("/chat/send", content=body, headers=headers)
    assert answer.status_code in (400, 413) and answer.json()["words"]
    assert await rows(site.world) == before
