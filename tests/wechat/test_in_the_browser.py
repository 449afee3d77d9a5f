"""Our page in a phone's WeChat: who taps a link is known; the tap for a notice, where it can be had."""

import asyncio
import itertools
import re
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import uvicorn
from playwright.async_api import Page, Route, expect

from bot import serve
from bot.channels.wechat.receiving import Receiving
from storage.database import Database, open_database
from storage.unit import UnitOfWork
from tests.stubs.wechat import APP, WeChat
from tests.web.browser import Windows, browsing, sideways, too_small, violations
from tests.wechat.ground import settings_for
from tests.wechat.platform import ACCOUNT, Caller, xml
from tests.world import Clock, copy_of

pytestmark = pytest.mark.browser

INSIDE = (
    "Mozilla/5.0 (Linux; Android 12; V2166BA; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160117 MMWEBSDK/20240404 MMWEBID/1 "
    "MicroMessenger/8.0.49.2600(0x28003133) WeChat/arm64 Weixin NetType/4G Language/zh_CN ABI/arm64"
)
SCRIPT = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"
STAND_IN = """window.wx = { then: {}, ready(run) { this.then.ready = run; },
  error(run) { this.then.error = run; },
  config(said) { window.said = said; setTimeout(this.then.VERDICT, 0); } };"""
"""What WeChat's script does, as far as our page sees it."""

AUNT = "oAunt"
NONE = "这里暂时收不了微信通知"


@dataclass
class Town:
    """The running service, its platform, and a resident who writes in WeChat."""

    address: str
    platform: WeChat
    http: httpx.AsyncClient
    caller: Caller
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def brings(self, **fields: Any) -> str:
        """The platform brings something of hers; the words she is answered with."""
        head = {"ToUserName": ACCOUNT, "FromUserName": AUNT, "CreateTime": int(time.time())}
        query, body = self.caller.safe(xml(**head, **fields, MsgId=next(self.numbers)))
        return self.caller.reads(await self.http.post("/wechat", params=query, content=body))

    async def says(self, words: str) -> str:
        """Her words."""
        return await self.brings(MsgType="text", Content=words)

    async def files(self) -> str:
        """She follows, agrees and files a request; its number."""
        await self.brings(MsgType="event", Event="subscribe", EventKey="qrscene_w_LJ01")
        await self.says("同意")
        await self.says("3号楼室外楼梯一下雨就打滑")
        found = re.search(r"编号 ?(\w{4}-\w{2})", await self.says("提交"))
        assert found is not None
        return found[1]

    @asynccontextmanager
    async def phone(self, **options: Any) -> AsyncIterator[Windows]:
        """Her phone's WeChat, large type; WeChat's own pages are no strangers to it."""
        async with browsing(self.address, user_agent=INSIDE, has_touch=True, **options) as windows:
            yield windows
            own = (f"{self.platform.url}/connect/oauth2/authorize?", SCRIPT)
            windows.asked[:] = [url for url in windows.asked if not url.startswith(own)]


@pytest.fixture
async def town(filled: Path, tmp_path: Path) -> AsyncIterator[Town]:
    """The service on a free port, which its own address names."""
    listening = socket.create_server(("127.0.0.1", 0))
    host, port = listening.getsockname()
    address, url = f"http://{host}:{port}", copy_of(filled, tmp_path)
    database = Database(open_database(url))
    async with database.writing() as connection:
        await UnitOfWork(connection).registry.set_setting("wechat_notices", "* subscribe T_ONE thing1:about")
    await database.close()
    async with WeChat() as platform, httpx.AsyncClient(base_url=address) as http:
        platform.visiting = AUNT
        given = settings_for(platform, home=tmp_path, database_url=url, public_url=address)
        app = serve.application(given)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=3))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        clock = cast(Clock, lambda: datetime.now(UTC))
        yield Town(address, platform, http, Caller(cast(Receiving, None), clock, app_id=APP))
        app.state.leaving()
        server.should_exit = True
        await running


@asynccontextmanager
async def notices(windows: Windows, verdict: str) -> AsyncIterator[Page]:
    """The page of notices; WeChat's script is there, finds our signature wrong, or can't be had (`away`)."""

    async def answer(route: Route) -> None:
        body = STAND_IN.replace("VERDICT", verdict)
        away = verdict == "away"
        await (route.abort() if away else route.fulfill(body=body, content_type="text/javascript"))

    await windows.context.route(SCRIPT, answer)
    yield await windows.open("/wechat/notices")
    await windows.context.unroute(SCRIPT)


async def test_who_taps_a_link_is_known_and_sees_her_request(town: Town) -> None:
    number = await town.files()
    async with town.phone() as windows:
        page = await windows.open("/wechat/enter")
        await expect(page).to_have_url(re.compile(f"{town.address}/(#.*)?$"))
        await page.get_by_role("button", name="我的诉求").last.click()
        await expect(page.get_by_role("log")).to_contain_text(number)
        await expect(page.locator("[aria-busy]")).to_have_count(0)
        assert await violations(page) == [] and await sideways(page) == [] and await too_small(page) == []
        await windows.context.clear_cookies()
        town.platform.visiting = "oPasser"
        stranger = await windows.open("/wechat/enter")
        await expect(stranger.get_by_role("button", name="同意", exact=True)).to_be_visible()
        await expect(stranger.get_by_role("log")).not_to_contain_text(number)


async def test_the_tap_for_a_notice_and_the_way_on_where_there_is_none(town: Town) -> None:
    async with town.phone() as windows:
        async with notices(windows, "ready") as page:
            await expect(page.get_by_text("有了答复，微信会通知您一次")).to_be_visible()
            await expect(page.get_by_text(NONE)).to_be_hidden()
            said = await page.evaluate("said")
            assert (said["appId"], said["openTagList"]) == (APP, ["wx-open-subscribe"])
            assert await page.locator("#agree").get_attribute("template") == "T_ONE"
            assert await violations(page) == []
            await page.evaluate("document.getElementById('agree').dispatchEvent(new Event('success'))")
            await expect(page.get_by_text("好了。有了答复，微信会通知您。")).to_be_visible()
            await page.evaluate("document.dispatchEvent(new Event('WeixinOpenTagsError'))")
            await expect(page.get_by_text(NONE)).to_be_visible()
        for verdict in ("error", "away"):
            async with notices(windows, verdict) as page:
                await expect(page.get_by_text(NONE)).to_be_visible()
                await expect(page.get_by_text("微信会通知您一次")).to_be_hidden()
                assert await violations(page) == []
        await page.get_by_text("回到工作室网页").click()
        await expect(page).to_have_url(re.compile(f"{town.address}/(#.*)?$"))
