"""The sample district's whole loop in a real browser, against the real service, from filing to the rating."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.async_api import Page, expect

from bot import serve
from bot.settings import settings
from tests.web.browser import Windows, browsing, photo, sideways, violations

pytestmark = pytest.mark.browser


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """The service as `make run` starts it, with the sample district, on a free port."""
    given = settings(home=tmp_path, database_url="", _env_file=None)
    app = serve.application(given)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=3))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    here = "http://{}:{}".format(*listening.getsockname())
    try:
        async with httpx.AsyncClient(timeout=None) as http:  # noqa: S113 - filling in the district takes what it takes
            await http.get(here + "/healthz")
        yield here
    finally:
        app.state.leaving()
        server.should_exit = True
        await running


async def press(page: Page, label: str) -> None:
    """The newest button of that label."""
    await page.get_by_role("button", name=label, exact=True).last.click()


async def say(page: Page, words: str) -> None:
    await page.get_by_role("textbox").fill(words)
    await page.keyboard.press("Enter")


async def sees(page: Page, words: str) -> None:
    await expect(page.get_by_role("log")).to_contain_text(words)


async def sit_down(windows: Windows, role: str) -> Page:
    """Open one of the four roles of the sample district and agree."""
    page = await windows.open(f"/as/{role}/")
    await press(page, "同意")
    return page


async def file(page: Page) -> str:
    """A request with a photo; the number of the receipt."""
    await press(page, "反映诉求")
    await page.set_input_files("input[type=file]", [photo("stairs.jpg")])
    await say(page, "三号楼室外楼梯一下雨就打滑")
    await sees(page, "请核对")
    await press(page, "提交")
    await sees(page, "收到了")
    found = re.search(r"编号 (\w{4}-\w{2})", await page.get_by_role("log").inner_text())
    assert found is not None
    return found[1]


async def test_a_request_goes_round_and_comes_back_rated(address: str) -> None:
    async with browsing(address) as windows:
        resident = await sit_down(windows, "resident")
        liaison = await sit_down(windows, "liaison")
        representative = await sit_down(windows, "representative")
        number = await file(resident)
        await sees(liaison, f"新诉求 {number}")
        await press(liaison, "受理")
        await sees(resident, "已经受理")
        await sees(representative, number)
        await say(representative, f"接办 {number}")
        await sees(liaison, "接办")
        await say(representative, f"办理意见 {number}")
        await press(representative, "直接答复")
        await say(representative, "楼梯已经铺上防滑条。")
        await press(representative, "发给居民")
        await sees(resident, "楼梯已经铺上防滑条。")
        assert await violations(resident) == []
        assert await sideways(resident) == []
        await press(resident, "非常满意")
        await sees(resident, "谢谢")
        await sees(liaison, "非常满意")


async def test_not_satisfied_reaches_the_department_in_the_second_round(address: str) -> None:
    async with browsing(address) as windows:
        resident, liaison = await sit_down(windows, "resident"), await sit_down(windows, "liaison")
        department = await sit_down(windows, "department")
        number = await file(resident)
        await say(liaison, f"转办 {number}")
        await press(liaison, "区城管局")
        await press(liaison, "转出")
        await sees(department, number)
        await press(department, "签收")
        await say(department, f"答复 {number}")
        await say(department, "已经清扫。")
        await press(department, "交给联络员")
        await sees(liaison, "已经清扫。")
        await say(liaison, f"答复居民 {number}")
        await press(liaison, "发给居民")
        await sees(resident, "已经清扫。")
        await resident.reload()
        await press(resident, "不满意")
        await sees(resident, "重新办")
        assert await violations(liaison) == []
