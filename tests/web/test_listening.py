"""Listening: a page hears what is new at once, in order, without losing or doubling anything."""

import asyncio

import httpx
import pytest

from domain.messages import Button, Rendered
from storage.web import Transcript
from tests.web.conftest import House


async def visitor_of(house: House, client: httpx.AsyncClient) -> str:
    await client.post("/chat/send", json={"id": "first-message-1", "start": ""})
    return house.desk.calls[-1].chat


async def last_of(client: httpx.AsyncClient) -> int:
    return int((await client.get("/chat/messages")).json()["last"])


async def test_a_waiting_page_hears_the_postman(house: House, client: httpx.AsyncClient) -> None:
    visitor = await visitor_of(house, client)
    last = await last_of(client)
    waiting = asyncio.create_task(client.get(f"/chat/messages?after={last}&wait=25"))
    ref = await house.channel.send(visitor, Rendered("有人受理了。", ((Button("a", "看看"),),)))
    async with asyncio.timeout(60):
        heard = (await waiting).json()
    assert [(m["id"], m["text"]) for m in heard["messages"]] == [(int(ref), "有人受理了。")]
    assert heard["last"] == int(ref)


async def test_a_waiting_page_sees_what_another_process_wrote(
    house: House, client: httpx.AsyncClient
) -> None:
    visitor = await visitor_of(house, client)
    last = await last_of(client)
    waiting = asyncio.create_task(client.get(f"/chat/messages?after={last}&wait=25"))
    async with house.parts.database.writing() as connection:
        await Transcript(connection, visitor).say({"text": "来自别处", "buttons": []}, house.time())
    async with asyncio.timeout(60):
        assert [m["text"] for m in (await waiting).json()["messages"]] == ["来自别处"]


async def test_two_windows_hear_the_same(house: House, client: httpx.AsyncClient) -> None:
    await visitor_of(house, client)
    last = await last_of(client)
    waiting = asyncio.create_task(client.get(f"/chat/messages?after={last}&wait=25"))
    sent = await client.post("/chat/send", json={"id": "second-message", "text": "灯坏了"})
    async with asyncio.timeout(60):
        heard = (await waiting).json()["messages"]
    assert heard == [sent.json()["incoming"], *sent.json()["messages"]]
    assert heard[0]["sent"] == "second-message"


async def test_nothing_new_ends_the_wait(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/chat/messages?after=7&wait=0")).json()
    assert (answer["messages"], answer["last"]) == ([], 7)


async def test_a_closing_process_lets_its_pages_go(house: House, client: httpx.AsyncClient) -> None:
    waiting = asyncio.create_task(client.get("/chat/messages?after=0&wait=25"))
    house.channel.bell.close()
    async with asyncio.timeout(60):
        assert (await waiting).json()["messages"] == []


async def test_nobody_hears_another_visitor(house: House, client: httpx.AsyncClient) -> None:
    visitor = await visitor_of(house, client)
    await house.channel.send(visitor, Rendered("只给您"))
    async with house.client() as other:
        await other.get("/")
        assert (await other.get("/chat/messages?after=0")).json()["messages"] == []
        assert (await other.get("/chat/messages")).json()["messages"] == []


async def test_a_notice_is_changed_in_its_place(house: House, client: httpx.AsyncClient) -> None:
    visitor = await visitor_of(house, client)
    ref = await house.channel.send(visitor, Rendered("新诉求", ((Button("take", "接办"),),)))
    last = await last_of(client)
    again = await house.channel.send(visitor, Rendered("王代表已接办"), edit=ref)
    heard = (await client.get(f"/chat/messages?after={last}")).json()["messages"]
    assert again == ref
    assert [(m["edit"], m["text"], m["buttons"]) for m in heard] == [(int(ref), "王代表已接办", [])]
    history = (await client.get("/chat/messages")).json()["messages"]
    assert [m["text"] for m in history if m["id"] == int(ref)] == ["王代表已接办"]


@pytest.mark.parametrize("ref", ["999999", "x", "-1", "", "²"])
async def test_an_edit_of_what_is_gone_is_said_anew(
    house: House, client: httpx.AsyncClient, ref: str
) -> None:
    visitor = await visitor_of(house, client)
    number = await house.channel.send(visitor, Rendered("王代表已接办"), edit=ref)
    history = (await client.get("/chat/messages")).json()["messages"]
    assert history[-1]["id"] == int(number)


async def test_a_long_history_comes_in_pages(house: House, client: httpx.AsyncClient) -> None:
    visitor = await visitor_of(house, client)
    for number in range(70):
        await house.channel.send(visitor, Rendered(str(number)))
    late = (await client.get("/chat/messages")).json()
    early = (await client.get(f"/chat/messages?before={late['first']}")).json()
    assert late["earlier"] is True
    assert early["earlier"] is False
    texts = [m["text"] for m in early["messages"] + late["messages"] if not m["mine"]]
    assert texts[1:] == [str(number) for number in range(70)]


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=1&wait=x", "before=1.5", "after=²"])
async def test_numbers_that_are_none_are_refused(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/chat/messages?{query}")).status_code == 400
