"""The workroom's own screen, behind an address nobody guesses."""

import httpx
from starlette.applications import Starlette

from bot.channels.web.screen import routes
from domain.codes import screen_token
from tests.chat import Chat
from tests.duty.ground import open_on
from tests.duty.test_check_in import AT_THE_ROOM, code_of, first, on_duty
from tests.world import World


def browser(world: World) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=routes(world.house)))
    return httpx.AsyncClient(transport=transport, base_url="http://workroom.test")


async def test_it_shows_who_is_in_and_the_code(chat: Chat) -> None:
    await on_duty(chat)
    await chat(f"党代表: 签到\n党代表: {AT_THE_ROOM}\n联络员: 值班表\n联络员: 今天的口令\n联络员: 屏幕页")
    said = chat.actors["联络员"].answer[-1].text
    path = next(line for line in said.splitlines() if line.startswith("http")).removeprefix(
        "http://127.0.0.1:8080"
    )
    async with browser(chat.world) as client:
        page = await client.get(path)
    assert page.status_code == 200
    assert "周文斌 在岗" in page.text and code_of(chat, await first(chat)) in page.text
    assert "12月3日(周四) 8:00–11:00" in page.text
    assert page.headers["cache-control"] == "no-store" and page.headers["referrer-policy"] == "no-referrer"
    assert "<script" not in page.text


async def test_a_guessed_address_is_not_there(service: World) -> None:
    room = await open_on(service)
    async with browser(service) as client:
        for path in (
            f"/screen/LJ01/{screen_token(service.house.secret, room + 1)}",
            "/screen/LJ01/x",
            f"/screen/ST01/{screen_token(service.house.secret, room)}",
            f"/screen/NONE/{screen_token(service.house.secret, 0)}",
        ):
            assert (await client.get(path)).status_code == 404
