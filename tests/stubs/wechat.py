"""A strict WeChat Official Account platform on loopback: what the service calls, people and their windows.

    async with WeChat() as platform:
        aunt = platform.person("oAunt")
        aunt.writes()                       # opens 48 hours and five messages
        ...
        assert aunt.said[-1].text == "…"

Its rules are the platform's (CHANNELS §3); faults are ordered with `fails`, `drops`, `expires`.
"""

import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.stubs import wechat_rules as rules
from tests.stubs.wechat_rules import Refuse

Answer = dict[str, Any]
APP, SECRET = "wx0123456789abcdef", "secret-of-the-tests-account"


@dataclass
class Said:
    """One thing that reached somebody: `via` is how (`custom`, `notice`, `template`)."""

    kind: str
    text: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)
    media: bytes = b""
    via: str = "custom"
    fields: dict[str, str] = field(default_factory=dict)
    link: str = ""


@dataclass
class Follower:
    """Somebody with WeChat, as the platform knows them."""

    openid: str
    platform: "WeChat"
    follows: bool = True
    said: list[Said] = field(default_factory=list)
    windows: dict[str, tuple[float, int]] = field(default_factory=dict)
    agreed: dict[str, int] = field(default_factory=dict)

    def writes(self) -> None:
        """A message of theirs: 48 hours, five messages."""
        self.windows["message"] = (self.platform.clock() + 48 * 3600, 5)

    def taps(self) -> None:
        """A menu click, a scan, a follow, a tap on a choice: one minute, three messages."""
        self.windows["tap"] = (self.platform.clock() + 60, 3)

    def agrees(self, template: str) -> None:
        """One more notice of this kind may come."""
        self.agreed[template] = self.agreed.get(template, 0) + 1

    def spend(self) -> None:
        """One customer-service message goes out. Raises Refuse."""
        if not self.follows:
            raise Refuse(43004, "require subscribe")
        open_now = {k: w for k, w in self.windows.items() if self.platform.clock() < w[0]}
        if not open_now:
            raise Refuse(45015, "response out of time limit or subscription is canceled")
        found = next((k for k in ("tap", "message") if open_now.get(k, (0, 0))[1]), None)
        if found is None:
            raise Refuse(45047, "out of response count limit")
        until, left = self.windows[found]
        self.windows[found] = (until, left - 1)


@dataclass
class Call:
    """One request to the platform."""

    path: str
    body: Any
    token: str = ""


class WeChat:
    """The server. `clock` gives seconds since 1970; `daily` is the quota of customer-service messages."""

    def __init__(self, clock: Callable[[], float] = time.time, daily: int = 500_000) -> None:
        self.clock, self.daily, self.allowed = clock, daily, True
        self.people: dict[str, Follower] = {}
        self.templates: dict[str, tuple[str, ...]] = {}
        self.notices: dict[str, tuple[str, ...]] = {}
        self.media: dict[str, tuple[float, bytes, str]] = {}
        self.shown_menu: list[Answer] = []
        self.scenes: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.snapshots: set[str] = set()
        self.visiting = ""
        self.calls: list[Call] = []
        self.url, self.tokens = "", [("", 0.0)]
        self._faults: list[list[Any]] = []
        self._runner: web.AppRunner | None = None
        self._serial = 0

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=30 * rules.MEGABYTE)
        for path, handle in self._posts().items():
            app.router.add_post(path, self._answering(path, handle))
        for path, handle in self._gets().items():
            app.router.add_get(path, self._answering(path, handle))
        app.router.add_get("/connect/oauth2/authorize", self._authorize)
        app.router.add_get("/video/{name}", self._video)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    # --- people and faults -------------------------------------------------------------------------------

    def person(self, openid: str) -> Follower:
        """Somebody who follows the account."""
        return self.people.setdefault(openid, Follower(openid, self))

    def put(self, data: bytes, mime: str) -> str:
        """Somebody sends a file: its media id, good for three days."""
        return self._keep(data, mime)

    def code(self, openid: str) -> str:
        """What the browser brings along when this person opens our page."""
        self._serial += 1
        name = f"code{self._serial:04d}"
        self.codes[name] = openid
        return name

    def fails(self, code: int, path: str = "", times: int = 1, status: int = 200) -> None:
        """The next so many calls of addresses that end like this get this error."""
        self._faults.append([path, times, code, status])

    def drops(self, path: str = "", times: int = 1) -> None:
        """The connection is cut after the next such call was carried out."""
        self._faults.append([path, times, None, 0])

    def expires(self) -> None:
        """The token in use is no longer good."""
        self.tokens[-1] = (self.tokens[-1][0], self.clock())

    def changes_token(self) -> None:
        """Somebody else asked for another token by force: the one in use is unknown from now on."""
        self.tokens = [(self._fresh(), self.clock() + rules.TOKEN_SECONDS)]

    def calls_of(self, path: str) -> list[Call]:
        """The calls of addresses that end like this."""
        return [call for call in self.calls if call.path.endswith(path)]

    # --- answering ---------------------------------------------------------------------------------------

    def _answering(
        self, path: str, handle: Callable[[Any, Any], Awaitable[Answer | web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            body = await self._body(request)
            token = request.query.get("access_token", "")
            self.calls.append(Call(path, body, token))
            fault = self._fault(path)
            try:
                if fault and fault[2] is not None:
                    raise Refuse(fault[2], "ordered")
                self._check(path, token)
                done = await handle(body, request.query)
            except Refuse as refuse:
                status = fault[3] if fault else 200
                return web.json_response({"errcode": refuse.code, "errmsg": refuse.words}, status=status)
            if fault and request.transport is not None:
                request.transport.close()
            if isinstance(done, web.Response):
                return done
            return web.json_response({"errcode": 0, "errmsg": "ok", **done})

        return answer

    def _fault(self, path: str) -> list[Any] | None:
        for fault in self._faults:
            if path.endswith(fault[0]) and fault[1]:
                fault[1] -= 1
                return fault
        return None

    async def _body(self, request: web.Request) -> Any:
        if request.method == "GET":
            return None
        if request.content_type == "multipart/form-data":
            part = (await request.post()).get("media")
            return (part.filename, part.file.read()) if isinstance(part, web.FileField) else None
        raw = await request.read()
        return json.loads(raw) if b"\\u" not in raw else None  # the platform shows escapes as they are

    def _check(self, path: str, token: str) -> None:
        if not self.allowed:
            raise Refuse(40164, "invalid ip")
        if path in ("/cgi-bin/stable_token", "/sns/oauth2/access_token"):
            return
        if not token:
            raise Refuse(41001, "access_token missing")
        known = dict(self.tokens)
        if token not in known:
            raise Refuse(40001, "invalid credential, access_token is invalid or not latest")
        if known[token] <= self.clock():
            raise Refuse(42001, "access_token expired")

    def _posts(self) -> dict[str, Any]:
        return {
            "/cgi-bin/stable_token": self._token,
            "/cgi-bin/message/custom/send": self._custom,
            "/cgi-bin/message/subscribe/bizsend": self._notice,
            "/cgi-bin/message/template/send": self._template,
            "/cgi-bin/media/upload": self._upload,
            "/cgi-bin/menu/create": self._menu,
            "/cgi-bin/qrcode/create": self._scene,
        }

    def _gets(self) -> dict[str, Any]:
        return {
            "/cgi-bin/media/get": self._download,
            "/cgi-bin/get_current_selfmenu_info": self._current_menu,
            "/cgi-bin/ticket/getticket": self._ticket,
            "/sns/oauth2/access_token": self._exchange,
        }

    # --- the calls ---------------------------------------------------------------------------------------

    async def _token(self, body: Any, query: Any) -> Answer:
        if not isinstance(body, dict) or body.get("grant_type") != "client_credential":
            raise Refuse(40002)
        if body.get("appid") != APP:
            raise Refuse(40013)
        if body.get("secret") != SECRET:
            raise Refuse(40125)
        token, until = self.tokens[-1]
        if body.get("force_refresh") or until - 300 <= self.clock():
            token, until = self._fresh(), self.clock() + rules.TOKEN_SECONDS
            self.tokens = [(token, until)] if body.get("force_refresh") else [*self.tokens, (token, until)]
        return {"access_token": token, "expires_in": int(until - self.clock())}

    def _fresh(self) -> str:
        return f"token-{secrets.token_hex(12)}"

    def _follower(self, body: Any) -> Follower:
        found = self.people.get(body.get("touser", "") if isinstance(body, dict) else "")
        if found is None:
            raise Refuse(40003, "invalid openid")
        return found

    async def _custom(self, body: Any, query: Any) -> Answer:
        if not isinstance(body, dict):
            raise Refuse(47001, "data format error")
        person = self._follower(body)
        said = self._read(str(body.get("msgtype")), body.get(str(body.get("msgtype"))))
        if self.daily <= 0:
            raise Refuse(45009, "reach max api daily quota limit")
        person.spend()
        self.daily -= 1
        person.said.append(said)
        return {}

    def _read(self, kind: str, content: Any) -> Said:
        match kind:
            case "text":
                return Said(kind, rules.text_of(content, "content"))
            case "msgmenu":
                choices = rules.menu_of(content)
                return Said(kind, content.get("head_content", ""), choices)
            case "image" | "voice" | "video":
                until, data, _ = self.media.get(str(content.get("media_id")), (0, b"", ""))
                if until <= self.clock():
                    raise Refuse(40007, "invalid media_id")
                return Said(kind, media=data)
        raise Refuse(40008, "invalid message type")

    async def _notice(self, body: Any, query: Any) -> Answer:
        person, template = self._follower(body), str(body.get("template_id"))
        if template not in self.notices:
            raise Refuse(40037, "invalid template_id")
        fields = rules.check_fields(self.notices[template], body.get("data"))
        if not person.agreed.get(template):
            raise Refuse(43101, "user refuse to accept the msg")
        person.agreed[template] -= 1
        person.said.append(Said("notice", via="notice", fields=fields, link=body.get("page", "")))
        return {}

    async def _template(self, body: Any, query: Any) -> Answer:
        person, template = self._follower(body), str(body.get("template_id"))
        if template not in self.templates:
            raise Refuse(40037, "invalid template_id")
        if not person.follows:
            raise Refuse(43004, "require subscribe")
        fields = rules.check_fields(self.templates[template], body.get("data"))
        person.said.append(Said("template", via="template", fields=fields, link=body.get("url", "")))
        self._serial += 1
        return {"msgid": self._serial}

    async def _upload(self, body: Any, query: Any) -> Answer:
        if body is None:
            raise Refuse(41005, "media data missing")
        rules.check_file(query.get("type", ""), body[0], body[1])
        return {"type": query["type"], "media_id": self._keep(body[1], ""), "created_at": int(self.clock())}

    def _keep(self, data: bytes, mime: str) -> str:
        name = f"media-{secrets.token_hex(8)}"
        self.media[name] = (self.clock() + rules.MEDIA_SECONDS, data, mime)
        return name

    async def _download(self, body: Any, query: Any) -> Answer | web.Response:
        until, data, mime = self.media.get(query.get("media_id", ""), (0.0, b"", ""))
        if until <= self.clock():
            raise Refuse(40007, "invalid media_id")
        if mime.startswith("video/"):
            return {"video_url": f"{self.url}/video/{query['media_id']}"}
        return web.Response(body=data, content_type=mime)

    async def _video(self, request: web.Request) -> web.Response:
        return web.Response(body=self.media[request.match_info["name"]][1], content_type="video/mp4")

    async def _menu(self, body: Any, query: Any) -> Answer:
        rules.check_menu(body.get("button") if isinstance(body, dict) else None)
        self.shown_menu = body["button"]
        return {}

    async def _current_menu(self, body: Any, query: Any) -> Answer:
        shown = [
            {**{k: v for k, v in one.items() if k != "sub_button"}, "sub_button": {"list": one["sub_button"]}}
            if one.get("sub_button")
            else one
            for one in self.shown_menu
        ]
        return {"is_menu_open": int(bool(shown)), "selfmenu_info": {"button": shown}}

    async def _scene(self, body: Any, query: Any) -> Answer:
        scene = str(body["action_info"]["scene"]["scene_str"]) if isinstance(body, dict) else ""
        if body.get("action_name") != "QR_LIMIT_STR_SCENE" or not 1 <= len(scene) <= 64:
            raise Refuse(40053, "invalid action info")
        url = self.scenes.setdefault(scene, f"http://weixin.qq.com/q/{secrets.token_hex(10)}")
        return {"ticket": secrets.token_hex(20), "url": url}

    async def _ticket(self, body: Any, query: Any) -> Answer:
        return {"ticket": f"ticket-{self.tokens[-1][0]}", "expires_in": 7200}

    # --- our page inside WeChat --------------------------------------------------------------------------

    async def _authorize(self, request: web.Request) -> web.Response:
        """WeChat's own page agrees at once (snsapi_base) and leads back, as whoever is `visiting`."""
        query = request.query
        known = query.get("appid") == APP and query.get("scope") == "snsapi_base"
        state = query.get("state", "")
        if not known or query.get("response_type") != "code" or not (state.isalnum() and len(state) <= 128):
            return web.Response(status=400, text="bad")
        code = self.code(self.visiting)
        raise web.HTTPFound(f"{query['redirect_uri']}?code={code}&state={state}")

    async def _exchange(self, body: Any, query: Any) -> Answer:
        if query.get("appid") != APP or query.get("secret") != SECRET:
            raise Refuse(40125)
        openid = self.codes.pop(query.get("code", ""), None)
        if not openid:
            raise Refuse(40029, "invalid code")
        told: Answer = {"access_token": "page-token", "expires_in": 7200, "openid": openid}
        return told | ({"is_snapshotuser": 1} if openid in self.snapshots else {}) | {"scope": "snsapi_base"}
