"""The page opened inside WeChat: who is remembered is known there, and no link carries anything off."""

import hashlib
import re
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.web.channel import WebChannel
from bot.channels.web.places import Place
from bot.channels.web.visitors import Visitors
from tests.wechat.ground import PAGE, Ground, ground
from tests.wechat.test_pushing import answer
from tests.world import copy_of


class Browser:
    """A browser inside WeChat, with its cookies."""

    def __init__(self, office: Ground) -> None:
        self.office = office
        app = Starlette(routes=office.wechat.entrance.routes())
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PAGE)
        self.visitors = Visitors(office.world.house.secret, office.world.clock, PAGE)

    async def begin(self) -> str:
        """Follow the link; the state that travels to WeChat's page."""
        response = await self.http.get("/wechat/enter")
        asked = parse_qs(urlsplit(response.headers["location"]).query)
        assert response.status_code == 302 and asked["scope"] == ["snsapi_base"]
        assert asked["redirect_uri"] == [f"{PAGE}/wechat/enter"]
        state = asked["state"][0]
        assert state.isalnum() and len(state) <= 128
        return state

    async def come_back(self, who: str, state: str) -> httpx.Response:
        """WeChat's page leads back."""
        code = self.office.api.code(who)
        response = await self.http.get("/wechat/enter", params={"code": code, "state": state})
        assert (response.status_code, response.headers["location"]) == (303, "/")
        return response

    async def opens(self, who: str) -> str | None:
        """The whole way; the visitor they are on the page afterwards."""
        return self.visitor(await self.come_back(who, await self.begin()))

    def visitor(self, response: httpx.Response) -> str | None:
        """Whom the answer makes the browser."""
        cookies: SimpleCookie = SimpleCookie()
        for line in response.headers.get_list("set-cookie"):
            cookies.load(line)
        cookie = cookies.get(Place().cookie)
        return self.visitors._signer(Place()).unsign(cookie.value).decode() if cookie else None


@pytest.fixture
async def office(filled: Path, tmp_path: Path) -> AsyncIterator[Ground]:
    """The service with the page's channel."""
    async with ground(copy_of(filled, tmp_path), tmp_path) as made:
        house = made.world.house
        house.channels["web"] = WebChannel(house.database, house.clock)  # type: ignore[index]
        yield made


@pytest.fixture
async def browser(office: Ground) -> AsyncIterator[Browser]:
    made = Browser(office)
    yield made
    await made.http.aclose()


async def test_who_is_remembered_is_known_on_the_page(office: Ground, browser: Browser) -> None:
    await office.agrees("oResident", "w_LJ01")
    visitor = await browser.opens("oResident")
    assert visitor is not None and await browser.opens("oResident") == visitor
    async with office.world.unit() as uow:
        there, here = await uow.people.known("web", visitor), await uow.people.known("wechat", "oResident")
        assert there is not None and here is not None and there.id == here.id
        addresses = await uow.people.addresses(there.id)
    assert [one.channel for one in addresses] == ["wechat", "web"]  # looking is not writing


async def test_a_letter_that_did_not_fit_waits_there(office: Ground, browser: Browser) -> None:
    await office.sits("oLiaison", "联络员")
    await office.agrees("oResident", "w_LJ01")
    number = await office.files("oResident")
    await office.taps("oLiaison", f"do:{number}:accept")
    office.world.clock.on(hours=49)
    await answer(office, number)
    assert await office.letters("notice.answer.filer") == ["unreachable"]
    visitor = await browser.opens("oResident")
    await office.world.deliver()
    assert await office.letters("notice.answer.filer") == ["sent"]
    assert len(await office.letters("notice.unreached")) == 1
    async with office.world.unit() as uow:
        lines = await uow.transcript(visitor or "").before(None)
    assert "防滑条" in lines[-1].body["text"]


async def test_strangers_and_passers_by_get_the_plain_page(office: Ground, browser: Browser) -> None:
    assert await browser.opens("oStranger") is None
    await office.agrees("oResident")
    office.api.snapshots.add("oResident")
    assert await browser.opens("oResident") is None


async def test_a_state_is_for_one_browser_and_for_once(office: Ground, browser: Browser) -> None:
    await office.agrees("oResident")
    state = await browser.begin()
    binding = browser.http.cookies["workroom_entering"]
    other = Browser(office)  # an attacker's link with an attacker's state, opened by somebody else
    assert other.visitor(await other.come_back("oResident", state)) is None
    assert browser.visitor(await browser.come_back("oResident", state)) is not None
    browser.http.cookies.set("workroom_entering", binding, "workroom.test", "/wechat")
    assert browser.visitor(await browser.come_back("oResident", state)) is None
    await other.http.aclose()


@pytest.mark.parametrize("change", ["forged", "late", "early", "empty", "long", "no code"])
async def test_a_wrong_state_opens_nothing(office: Ground, browser: Browser, change: str) -> None:
    await office.agrees("oResident")
    state = await browser.begin()
    if change in ("late", "early"):
        office.world.clock.on(minutes=11 if change == "late" else -1)
    wrong = {"forged": state[:-1] + ("0" if state[-1] != "0" else "1"), "empty": "", "long": state * 9}
    params = {"code": office.api.code("oResident"), "state": wrong.get(change, state)}
    if change == "no code":
        del params["code"]
    response = await browser.http.get("/wechat/enter", params=params)
    assert response.headers["location"] == "/" and browser.visitor(response) is None


async def test_trouble_of_the_platform_leads_to_the_plain_page(office: Ground, browser: Browser) -> None:
    await office.agrees("oResident")
    for code in (40029, -1, 40164):
        office.api.fails(code, "oauth2/access_token")
        assert await browser.opens("oResident") is None


async def test_somebody_else_s_page_is_not_taken_away(office: Ground, browser: Browser) -> None:
    await office.agrees("oResident")
    async with office.world.unit() as uow:
        person = await uow.people.remember("web", "a" * 32, "a" * 32, "zh_CN", office.world.clock())
        await uow.people.agree(person, "basic", office.world.clock())
    cookie = browser.visitors._signer(Place()).sign("a" * 32).decode()
    browser.http.cookies.set(Place().cookie, cookie, "workroom.test", "/")
    assert await browser.opens("oResident") is None


async def test_the_page_of_notices_is_signed_for_the_account(office: Ground, browser: Browser) -> None:
    assert (await browser.http.get("/wechat/notices")).headers["location"] == "/"
    await office.set(wechat_notices="* subscribe T_ONE thing1:about")
    page = await browser.http.get("/wechat/notices")
    assert page.status_code == 200 and 'template="T_ONE"' in page.text and "同意接收通知" in page.text
    assert "ticket-" not in page.text
    [nonce] = set(re.findall('nonce="([^"]+)"', page.text))
    assert page.headers["content-security-policy"] == (
        f"default-src 'self'; script-src 'nonce-{nonce}' https://res.wx.qq.com; "
        "style-src 'self' 'unsafe-inline'; connect-src 'self' https://*.qq.com; "
        "img-src 'self' data: https://*.qq.com; frame-src https://*.qq.com; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    again = await browser.http.get("/wechat/notices")
    assert nonce not in again.text and again.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("passed_on", ["", "?from=singlemessage&isappinstalled=0"])
async def test_the_signature_is_what_the_platform_s_script_reckons(
    office: Ground, browser: Browser, passed_on: str
) -> None:
    """The ticket, the noise, the moment and the whole address, in the order of their names."""
    await office.set(wechat_notices="* subscribe T_ONE thing1:about")
    page = await browser.http.get(f"/wechat/notices{passed_on}")
    told = dict(re.findall(r'(timestamp|nonceStr|signature): "?(\w+)"?', page.text))
    facts = {
        "jsapi_ticket": await office.wechat.api.ticket(),
        "noncestr": told["nonceStr"],
        "timestamp": told["timestamp"],
        "url": f"{PAGE}/wechat/notices{passed_on}",
    }
    whole = "&".join(f"{name}={value}" for name, value in facts.items())
    assert told["signature"] == hashlib.sha1(whole.encode(), usedforsecurity=False).hexdigest()
