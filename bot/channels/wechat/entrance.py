"""Our page opened inside WeChat: whoever is remembered is known there, anybody else gets the plain page."""

import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.channels.web.places import Place
from bot.channels.web.visitors import Visitors, spoken_by
from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.errors import Refused
from bot.channels.wechat.states import GOOD, States
from bot.settings import Settings
from domain.messages import Message
from domain.notice_forms import Form, form_for, read_forms
from domain.terms import read
from handlers import entering
from handlers.house import House
from handlers.ports import Ambiguous, TooBig, TryLater
from storage.database import DatabaseAway
from storage.unit import UnitOfWork

ENTER, NOTICES = "/wechat/enter", "/wechat/notices"
COOKIE = "workroom_entering"
SCRIPT = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"
TEMPLATES = Path(__file__).parent / "templates"
TROUBLE = (Refused, TryLater, Ambiguous, TooBig, DatabaseAway)
OUTCOME = "notice.answer.filer"
"""The letter that somebody who has filed a request waits for."""

AT_ONCE = 3
"""Kinds of notice that one tap may agree to."""


class Entrance:
    """The two addresses that only make sense inside WeChat."""

    def __init__(self, settings: Settings, house: House, api: WeChatApi) -> None:
        self._api, self._house = api, house
        self._public = settings.public_url
        self._states = States(house.secret, house.clock)
        self._visitors = Visitors(house.secret, house.clock, settings.public_url)
        self._platform = _page_of(settings.wechat_api_url)
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
        )

    def routes(self) -> list[Route]:
        """Both addresses."""
        return [Route(ENTER, self.enter), Route(NOTICES, self.notices)]

    def page(self) -> str:
        """The address to send people to; nothing while the service has no address of its own."""
        return f"{self._public}{ENTER}" if self._public else ""

    async def offer(self, openid: str) -> Message | None:
        """Where they may agree to be told the outcome; else what to do when the window has closed by then.

        Nothing for somebody who will be told by a notice.
        """
        async with self._house.database.reading() as connection:
            uow = UnitOfWork(connection)
            forms = read_forms(read(await uow.registry.settings()).wechat_notices)
            wanted = _to_agree(forms)
            standing = await uow.followers.standing(openid) if wanted else None
            agreed = await uow.followers.agreed(standing.identity) if standing else {}
        if self._public and any(not agreed.get(name) for name in wanted):
            return Message("wechat.offer", {"link": f"{self._public}{NOTICES}"})
        form = form_for(forms, OUTCOME)
        told = form is not None and (form.kind == "template" or agreed.get(form.template))
        return None if told else Message("wechat.two_days")

    async def enter(self, request: Request) -> Response:
        """To WeChat's page and back; whatever goes wrong ends at the plain page."""
        if not self._public:
            return _to_page()
        code, state = request.query_params.get("code"), request.query_params.get("state")
        if code is None and state is None:
            return self._ask()
        response = _to_page()
        response.delete_cookie(COOKIE, path="/wechat")
        nonce = self._states.nonce_of(state or "", request.cookies.get(COOKIE, ""))
        if nonce is None or not code:
            return response
        try:
            visitor = await self._known(nonce, code, self._visitors.named(request, Place()))
        except TROUBLE as trouble:
            structlog.get_logger().warning("wechat entrance", kind=type(trouble).__name__)
            return response
        if visitor is not None:
            self._visitors.remember(response, Place(), visitor)
        return response

    def _ask(self) -> Response:
        begun = self._states.begin()
        query = {
            "appid": self._api.app_id,
            "redirect_uri": self.page(),
            "response_type": "code",
            "scope": "snsapi_base",
            "state": begun.state,
        }
        address = f"{self._platform}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"
        response = RedirectResponse(address, 302, {"Cache-Control": "no-store"})
        response.set_cookie(
            COOKIE,
            begun.binding,
            max_age=int(GOOD.total_seconds()),
            path="/wechat",
            secure=urlsplit(self._public).scheme == "https",
            httponly=True,
            samesite="lax",
        )
        return response

    async def _known(self, nonce: str, code: str, visitor: str | None) -> str | None:
        """The visitor they are on the page. A state that has been used opens nothing a second time."""
        async with self._house.database.writing() as connection:
            followers = UnitOfWork(connection).followers
            if not await followers.first_time(f"enter/{nonce}", self._house.clock(), GOOD * 2):
                return None
        openid = await self._api.openid_of(code)
        if openid is None:
            return None
        async with self._house.database.writing() as connection:
            uow = UnitOfWork(connection)
            fresh = self._visitors.new()
            found = await entering.enter(uow, openid, visitor, fresh, self._house.clock())
        if found is not None:
            self._house.posted()
        return found

    async def notices(self, request: Request) -> Response:
        """One button: agree that the outcome is told in WeChat. The platform's own script shows it."""
        language = self._house.words.closest(spoken_by(request))
        async with self._house.database.reading() as connection:
            wanted = await _wanted(UnitOfWork(connection))
        if not wanted or not self._public:
            return _to_page()
        try:
            ticket = await self._api.ticket()
        except TROUBLE:
            return _to_page()
        facts = self._signed(ticket, request.url.query)
        nonce = secrets.token_urlsafe(16)
        say = {name: self._house.words.say(language, f"wechat.notices.{name}") for name in WORDS}
        text = self._templates.get_template("notices.html").render(
            t=say, lang=language.replace("_", "-"), facts=facts, nonce=nonce, script=SCRIPT,
            templates=",".join(wanted), app=self._api.app_id,
        )  # fmt: skip
        return Response(text, 200, _headers(nonce), "text/html")

    def _signed(self, ticket: str, query: str) -> dict[str, Any]:
        """What the platform's script checks: that this page, by its whole address, is of the account.

        WeChat adds words of its own to the address when somebody passes the link on.
        """
        noise, moment = secrets.token_hex(8), int(self._house.clock().timestamp())
        address = f"{self._public}{NOTICES}{'?' if query else ''}{query}"
        told = f"jsapi_ticket={ticket}&noncestr={noise}&timestamp={moment}&url={address}"
        mark = hashlib.sha1(told.encode(), usedforsecurity=False).hexdigest()
        return {"timestamp": moment, "noncestr": noise, "signature": mark}


WORDS = ("title", "elsewhere", "why", "button", "done", "back")


async def _wanted(uow: UnitOfWork) -> list[str]:
    return _to_agree(read_forms(read(await uow.registry.settings()).wechat_notices))


def _to_agree(forms: Mapping[str, Form]) -> list[str]:
    """The notices that people must agree to one by one, as the district has set them."""
    return list(dict.fromkeys(one.template for one in forms.values() if one.kind == "subscribe"))[:AT_ONCE]


def _page_of(api: str) -> str:
    """Where WeChat's own pages are: beside the API, unless that is a stand-in."""
    parts = urlsplit(api)
    return "https://open.weixin.qq.com" if (parts.hostname or "").endswith(".weixin.qq.com") else api


def _to_page() -> RedirectResponse:
    return RedirectResponse("/", 303, {"Cache-Control": "no-store"})


def _headers(nonce: str) -> dict[str, str]:
    policy = (
        f"default-src 'self'; script-src 'nonce-{nonce}' https://res.wx.qq.com; "
        "style-src 'self' 'unsafe-inline'; connect-src 'self' https://*.qq.com; "
        "img-src 'self' data: https://*.qq.com; frame-src https://*.qq.com; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
