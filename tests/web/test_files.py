"""What the page is made of and what people sent: right types, sealed, and only for who may see it."""

import json
import re
from dataclasses import replace

import httpx
import pytest

from tests.web.conftest import House
from tests.web.test_sending import picture


async def with_photo(client: httpx.AsyncClient) -> int:
    sent = await client.post(
        "/chat/send",
        data={"id": "photo-message"},
        files={"file": ("a.jpg", picture(), "image/jpeg")},
    )
    return int(sent.json()["messages"][0]["media"][0]["id"])


async def test_the_page_is_chinese_and_closed_to_other_hosts(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    policy = page.headers["content-security-policy"]
    assert '<html lang="zh-CN"' in page.text
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"(src|href)=\"(https?:)?//", page.text)
    assert not re.search(r"\son\w+=|\sstyle=|<style", page.text)
    assert re.findall(r"<script(?![^>]* src=)[^>]*>", page.text) == [
        '<script type="application/json" id="facts">'
    ]


async def test_words_embedded_in_the_page_cannot_end_their_element(
    client: httpx.AsyncClient,
) -> None:
    text = (await client.get("/")).text
    embedded = text.partition('id="facts">')[2].partition("</script>")[0]
    assert not set(embedded) & set("<>&")
    assert json.loads(embedded)["words"]["send"] == "发送"


async def test_a_stranger_is_met_in_the_language_their_browser_asks_for(client: httpx.AsyncClient) -> None:
    english = {"accept-language": "en-GB,en;q=0.9,zh;q=0.5"}
    page = await client.get("/", headers=english)
    assert '<html lang="en"' in page.text
    answer = await client.post("/chat/send", json={"id": "first-of-all", "text": "hello"}, headers=english)
    assert answer.json()["language"] == "en"


async def test_static_files_never_change_under_their_address(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    addresses = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
    assert len(addresses) >= 4
    for address in addresses:
        file = await client.get(address)
        assert "immutable" in file.headers["cache-control"]
        assert file.headers["x-content-type-options"] == "nosniff"
        old = await client.get(re.sub(r"static/\w+", "static/0000", address))
        assert old.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["none.js", "..%2fpage.py", "%2e%2e/routes.py", "page.html"])
async def test_only_static_files_are_static(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/static/0000/{name}")).status_code == 404


async def test_a_photo_is_sealed_and_nameless(client: httpx.AsyncClient) -> None:
    number = await with_photo(client)
    for path in (f"/media/{number}", f"/media/{number}/thumb"):
        file = await client.get(path)
        assert (file.status_code, file.headers["content-type"]) == (200, "image/jpeg")
        assert file.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert file.headers["x-content-type-options"] == "nosniff"
        assert file.headers["content-disposition"] == f'inline; filename="photo-{number}.jpg"'
        assert file.content.startswith(b"\xff\xd8")


async def test_a_part_of_a_file_can_be_asked_for(client: httpx.AsyncClient) -> None:
    number = await with_photo(client)
    part = await client.get(f"/media/{number}", headers={"Range": "bytes=0-1"})
    assert (part.status_code, part.content) == (206, b"\xff\xd8")


async def test_a_document_is_only_downloaded(client: httpx.AsyncClient) -> None:
    sent = await client.post(
        "/chat/send",
        data={"id": "text-message"},
        files={"file": ("notes.txt", "三楼的灯".encode(), "text/plain")},
    )
    (medium,) = sent.json()["messages"][0]["media"]
    file = await client.get(f"/media/{medium['id']}")
    assert file.headers["content-disposition"].startswith("attachment")
    assert (await client.get(f"/media/{medium['id']}/thumb")).status_code == 404


async def test_what_may_not_be_seen_is_not_found(house: House, client: httpx.AsyncClient) -> None:
    number = await with_photo(client)
    missing = await client.get("/media/999")
    house.seen.add(number)
    for path in (f"/media/{number}", f"/media/{number}/thumb"):
        refused = await client.get(path)
        assert (refused.status_code, refused.json()) == (404, missing.json())


async def test_a_photo_that_left_the_shelf_is_not_found(house: House, client: httpx.AsyncClient) -> None:
    number = await with_photo(client)
    (digest,) = [f.name for f in house.parts.shelf._folder.rglob("*") if len(f.name) == 64]
    await house.parts.shelf.forget(digest)
    assert (await client.get(f"/media/{number}")).status_code == 404
    assert (await client.get(f"/media/{number}/thumb")).status_code == 404
    assert (await client.get(f"/media/{2**63}")).status_code == 404


ROLES = ["resident", "liaison", "representative", "department"]


@pytest.mark.parametrize("role", ROLES)
async def test_the_sample_serves_each_role(house: House, role: str) -> None:
    async with house.client() as client:
        page = await client.get(f"/as/{role}/")
        assert page.status_code == 200
        assert f"Path=/as/{role}/" in page.headers["set-cookie"]
        assert page.text.count("aria-current") == 1
        sent = {"id": "first-message-1", "start": ""}
        assert (await client.post(f"/as/{role}/chat/send", json=sent)).status_code == 200
        assert (await client.get(f"/as/{role}/chat/messages")).json()["messages"]


async def test_a_role_starts_with_its_invite_until_it_has_begun(house: House) -> None:
    asked: list[str] = []

    async def first_payload(role: str) -> str:
        asked.append(role)
        return f"i_{role}"

    house = replace(house, parts=replace(house.parts, first_payload=first_payload))
    async with house.client() as client:
        assert '"first":"i_liaison"' in (await client.get("/as/liaison/")).text
        sent = {"id": "first-message-1", "start": "i_liaison"}
        await client.post("/as/liaison/chat/send", json=sent)
        assert '"first":""' in (await client.get("/as/liaison/")).text
        assert '"first":""' in (await client.get("/")).text
    assert asked == ["liaison"]


async def test_four_people_of_one_browser_stay_apart(house: House) -> None:
    async with house.client() as client:
        for role in ("", *(f"as/{role}/" for role in ROLES)):
            await client.get(f"/{role}")
            await client.post(f"/{role}chat/send", json={"id": "first-message-1", "start": ""})
    assert len(house.desk.people) == 5


async def test_a_real_district_has_no_sample_roles(plain: House) -> None:
    async with plain.client() as client:
        for path in ("/as/liaison/", "/as/liaison/chat/messages", "/side-by-side", "/as/x/"):
            assert (await client.get(path)).status_code == 404
        page = (await client.get("/")).text
    assert "/as/" not in page


async def test_the_sample_has_no_other_role(house: House) -> None:
    async with house.client() as client:
        assert (await client.get("/as/officer/")).status_code == 404
        side = await client.get("/side-by-side")
    assert side.text.count("<iframe") == 4
