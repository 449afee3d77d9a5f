"""A press that can't get through is kept, is told, and counts once when it arrives."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from playwright.async_api import Page, Route, expect

from domain.messages import Press
from tests.web.browser import Windows, browsing
from tests.web.conftest import House

pytestmark = pytest.mark.browser

SEND = "**/chat/send"


async def opened(windows: Windows) -> Page:
    page = await windows.open()
    await expect(page.get_by_role("button", name="反映诉求")).to_be_visible()
    return page


async def press(page: Page, label: str) -> None:
    await page.get_by_role("button", name=label, exact=True).first.click()


def presses(house: House) -> list[str]:
    return [call.what.data for call in house.desk.calls if isinstance(call.what, Press)]


async def waits(page: Page, label: str) -> None:
    """The press stands at the end, with a word that it waits."""
    await expect(page.locator(".mine", has_text=label)).to_contain_text("等待发送")


async def arrived(page: Page) -> None:
    """The press of 反映诉求 was answered, and nothing says any longer that something is wrong."""
    await expect(page.get_by_text("请写下您要反映的事")).to_have_count(1)
    await expect(page.locator(".state:not(:empty)")).to_have_count(0)
    await expect(page.locator("#notice")).to_be_hidden()
    await expect(page.locator(".mine", has_text="反映诉求")).to_have_count(1)


async def test_without_network_it_waits_through_a_reload(house: House, address: str) -> None:
    async with browsing(address) as windows:
        page = await opened(windows)
        await windows.context.set_offline(True)
        await press(page, "反映诉求")
        await waits(page, "反映诉求")
        await expect(page.locator("#notice")).to_contain_text("现在没有网络。您写的、选的都已存好")
        await expect(page.locator("[aria-busy]")).to_have_count(0)
        await press(page, "反映诉求")  # again, as one does
        await windows.context.set_offline(False)
        await arrived(page)
        await page.route(SEND, lambda route: route.abort())
        await press(page, "我的诉求")
        await waits(page, "我的诉求")
        await expect(page.locator("#notice")).to_contain_text("暂时连不上")
        await page.unroute(SEND)
        await page.reload()
        await expect(page.get_by_text("您的诉求,进行中的在前")).to_have_count(1)
    assert presses(house) == ["file", "mine"]


async def test_two_buttons_of_a_question_both_arrive(house: House, address: str) -> None:
    async with browsing(address) as windows, held(windows) as (page, go):
        await press(page, "反映诉求")
        await press(page, "反映诉求")
        await press(page, "我的诉求")
        await waits(page, "反映诉求")
        await waits(page, "我的诉求")
        go.set()
        await arrived(page)
        await expect(page.get_by_text("您的诉求,进行中的在前")).to_have_count(1)
    assert presses(house) == ["file", "mine"]


@asynccontextmanager
async def held(windows: Windows) -> AsyncIterator[tuple[Page, asyncio.Event]]:
    """A page whose sending takes until the event is set."""
    go = asyncio.Event()
    page = await opened(windows)

    async def hold(route: Route) -> None:
        await go.wait()
        await route.continue_()

    await page.route(SEND, hold)
    yield page, go


async def test_a_strangers_answer_counts_for_nothing(house: House, address: str) -> None:
    async def portal(route: Route) -> None:
        await route.fulfill(body="<html>Welcome to our hotel</html>", content_type="text/html")

    async with browsing(address) as windows:
        page = await opened(windows)
        await page.route(SEND, portal, times=1)
        await press(page, "反映诉求")
        await waits(page, "反映诉求")
        await arrived(page)
    assert presses(house) == ["file"]


async def serve(house: House, port: int = 0) -> tuple[uvicorn.Server, asyncio.Task[None], int]:
    """A server on that port, or on a free one."""
    listening = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(house.app, log_level="critical", lifespan="off"))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    return server, running, listening.getsockname()[1]


async def kill(server: uvicorn.Server, running: asyncio.Task[None]) -> None:
    """End it at once, whoever is still being answered."""
    server.should_exit = server.force_exit = True
    await running
    broken_off = list(server.server_state.tasks)
    for task in broken_off:
        task.cancel()
    await asyncio.gather(*broken_off, return_exceptions=True)  # nobody else lets go of what they hold


async def test_while_the_server_starts_again_it_waits(house: House) -> None:
    server, running, port = await serve(house)
    async with browsing(f"http://127.0.0.1:{port}") as windows:
        page = await opened(windows)
        await kill(server, running)
        await press(page, "反映诉求")
        await waits(page, "反映诉求")
        await expect(page.locator("#notice")).to_contain_text("暂时连不上")
        server, running, _ = await serve(house, port)
        await arrived(page)
    await kill(server, running)
    assert presses(house) == ["file"]
