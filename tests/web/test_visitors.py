"""Who somebody is: a signed cookie says it, nothing forged does, and nobody is renamed silently."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from tests.web.conftest import HEADERS, House

HELLO = {"id": "first-message-1", "text": "您好"}


async def test_the_page_gives_a_cookie_that_scripts_cannot_read(house: House) -> None:
    async with house.client() as client:
        cookie = (await client.get("/")).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=31536000" in cookie
    assert "Path=/;" in cookie
    assert "Secure" not in cookie


async def test_over_https_the_cookie_is_secure(house: House) -> None:
    house = replace(house, parts=replace(house.parts, public_url="https://workroom.test"))
    async with house.client() as client:
        assert "Secure" in (await client.get("/")).headers["set-cookie"]


async def test_an_identity_lasts_and_is_refreshed(house: House, client: httpx.AsyncClient) -> None:
    await client.post("/chat/send", json=HELLO)
    house.time.now += timedelta(days=300)
    assert "set-cookie" in (await client.get("/")).headers
    house.time.now += timedelta(days=300)
    assert (await client.post("/chat/send", json={**HELLO, "id": "second-one"})).status_code == 200
    assert len(house.desk.people) == 1


async def test_after_more_than_a_year_a_new_start_is_offered(house: House, client: httpx.AsyncClient) -> None:
    house.time.now += timedelta(days=366)
    assert (await client.post("/chat/send", json=HELLO)).status_code == 401


@pytest.mark.parametrize(
    "cookie",
    ["", "x", "a.b.c", "0" * 32, "é", "0123456789abcdef.aaaaaa.AAAAAAAAAAAAAAAAAAAAAAAAAAA"],
)
async def test_a_forged_cookie_is_told_and_left_alone(house: House, cookie: str) -> None:
    headers = httpx.Headers({**HEADERS, "Cookie": f"workroom={cookie}"}, encoding="latin-1")
    async with house.client() as client:
        for path in ("/chat/messages", "/media/1"):
            assert (await client.get(path, headers=headers)).status_code == 401
        answer = await client.post("/chat/send", json=HELLO, headers=headers)
        page = await client.get("/", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "stranger")
    assert "重新开始" in answer.json()["words"]
    assert "set-cookie" not in answer.headers
    assert "set-cookie" not in page.headers
    assert house.desk.calls == []


async def test_a_cookie_of_another_place_or_with_a_changed_name_is_forged(house: House) -> None:
    async with house.client() as client:
        await client.get("/as/resident/")
        signed = client.cookies["workroom_as_resident"]
        client.cookies.clear()
        for value in (signed, "f" * 32 + signed[32:]):
            headers = {"Cookie": f"workroom_as_liaison={value}"}
            answer = await client.get("/as/liaison/chat/messages", headers=headers)
            assert answer.status_code == 401
        right = {"Cookie": f"workroom_as_resident={signed}"}
        assert (await client.get("/as/resident/chat/messages", headers=right)).status_code == 200


async def test_a_fresh_start_never_replaces_a_valid_identity(house: House, client: httpx.AsyncClient) -> None:
    await client.post("/chat/send", json=HELLO)
    await client.post("/chat/fresh")
    await client.post("/chat/send", json={**HELLO, "id": "second-one"})
    assert len(house.desk.people) == 1


async def test_a_fresh_start_helps_a_stranger(house: House) -> None:
    async with house.client() as client:
        assert (await client.post("/chat/send", json=HELLO)).status_code == 401
        assert (await client.post("/chat/fresh")).status_code == 200
        assert (await client.post("/chat/send", json=HELLO)).status_code == 200


async def test_forged_addresses_make_nobody_new(house: House, client: httpx.AsyncClient) -> None:
    for number in range(5):
        headers = {"X-Forwarded-For": f"10.0.0.{number}", "Forwarded": f"for=10.1.1.{number}"}
        content = {**HELLO, "id": f"message-{number}"}
        assert (await client.post("/chat/send", json=content, headers=headers)).status_code == 200
    assert len(house.desk.people) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.test"},
        {"Origin": "null"},
        {"Origin": "http://workroom.test.elsewhere.test"},
        {"X-Workroom": ""},
    ],
)
async def test_another_site_cannot_write(
    house: House, client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    for path in ("/chat/send", "/chat/fresh"):
        answer = await client.post(path, json=HELLO, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (403, "foreign")
    assert house.desk.calls == []


async def test_our_own_page_can_write_also_behind_a_proxy(house: House) -> None:
    house = replace(house, parts=replace(house.parts, public_url="http://public.test"))
    async with house.client() as client:
        await client.get("/")
        for number, origin in enumerate(("http://workroom.test", "http://public.test")):
            content = {**HELLO, "id": f"message-{number}"}
            answer = await client.post("/chat/send", json=content, headers={"Origin": origin})
            assert answer.status_code == 200
