"""The platform's API: every call with a good token, every error code told apart, no secret in any error."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Self

import aiohttp
import orjson
import structlog
from yarl import URL

from bot import measure
from bot.channels.wechat.errors import CODES, LOUD, Refused, Trouble
from bot.channels.wechat.exchange import Exchange, Got, Json
from bot.channels.wechat.tokens import Fetched, InProcess, InRedis, Tokens
from bot.settings import Settings
from handlers.ports import Clock, TryLater
from storage.redis import Redis
from storage.wechat import NAME

MEDIA_BYTES = 20 * 1024 * 1024
"""What is fetched at most: the platform takes 10 MB from residents, and gives no more than it took."""

FILES = ("qq.com",)
"""Hosts that videos are fetched from when the platform gives an address instead of the bytes."""

BAD_TOKEN = frozenset(code for code, trouble in CODES.items() if trouble == Trouble.TOKEN)
UNKNOWN = -2
"""In place of a code that is no number."""


class WeChatApi:
    """One account's calls. Methods raise Refused with the code, TryLater, Ambiguous."""

    def __init__(
        self, exchange: Exchange, app_id: str, secret: str, clock: Clock, redis: Redis | None = None
    ) -> None:
        self._exchange, self.app_id, self._secret = exchange, app_id, secret
        self.tokens = Tokens(InRedis(redis, app_id) if redis else InProcess(clock), self._fetch_token)
        kept = InRedis(redis, app_id, "ticket") if redis else InProcess(clock)
        self._tickets = Tokens(kept, self._fetch_ticket)

    @classmethod
    def of(cls, settings: Settings, clock: Clock, redis: Redis | None = None) -> Self:
        """The account of the settings."""
        secret = settings.wechat_app_secret.get_secret_value()
        return cls(Exchange(settings.wechat_api_url), settings.wechat_app_id, secret, clock, redis)

    async def __aenter__(self) -> Self:
        self._exchange.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._exchange.close()

    # --- messages ----------------------------------------------------------------------------------------

    async def say(self, openid: str, kind: str, content: Json) -> None:
        """A customer-service message: `text`, `msgmenu`, `image`, `voice`, `video`."""
        said = {"touser": openid, "msgtype": kind, kind: content}
        await self._call("/cgi-bin/message/custom/send", said, says=True)

    async def notify(self, openid: str, template: str, fields: Mapping[str, str], link: str) -> None:
        """A subscription notice; takes one of those the person has agreed to."""
        told = {"touser": openid, "template_id": template, "data": _valued(fields)}
        await self._call(
            "/cgi-bin/message/subscribe/bizsend", told | ({"page": link} if link else {}), says=True
        )

    async def template(self, openid: str, template: str, fields: Mapping[str, str], link: str) -> None:
        """A template message; the account must have the right to send this template."""
        told = {"touser": openid, "template_id": template, "data": _valued(fields)}
        await self._call("/cgi-bin/message/template/send", told | ({"url": link} if link else {}), says=True)

    # --- files -------------------------------------------------------------------------------------------

    async def upload(self, kind: str, name: str, mime: str, file: Path) -> str:
        """Put a file there for three days; gives its media id."""
        data = await asyncio.to_thread(file.read_bytes)

        async def send(token: str) -> Got:
            form = aiohttp.FormData()
            form.add_field("media", data, filename=name, content_type=mime)
            query = {"access_token": token, "type": kind}
            return await self._exchange.upload("/cgi-bin/media/upload", query, form)

        return str(_decoded(await self._with_token(send))["media_id"])

    async def download(self, media_id: str, most: int = MEDIA_BYTES) -> bytes:
        """What somebody sent, within three days. Raises TooBig, TryLater, LookupError when it is gone."""

        async def fetch(token: str) -> Got:
            query = {"access_token": token, "media_id": media_id}
            return await self._exchange.get("/cgi-bin/media/get", query, most)

        got = await self._with_token(fetch)
        if not _is_json(got):
            return _whole(got)
        try:
            return await self._elsewhere(str(_decoded(got).get("video_url", "")), most)
        except Refused as refused:
            if refused.trouble == Trouble.MEDIA:
                raise LookupError from None
            raise TryLater(5, str(refused)) from None

    async def _elsewhere(self, address: str, most: int) -> bytes:
        """A video lies at an address of the platform's own; no other address is followed."""
        host = URL(address).host or ""
        ours = address.startswith(f"{self._exchange.base}/")
        if not ours and not any(host == known or host.endswith(f".{known}") for known in FILES):
            raise LookupError
        return _whole(await self._exchange.get(address, {}, most))

    # --- the account -------------------------------------------------------------------------------------

    async def publish_menu(self, buttons: Sequence[Json]) -> None:
        """Show this menu to everybody, from their next look on."""
        await self._call("/cgi-bin/menu/create", {"button": list(buttons)})

    async def menu(self) -> Sequence[Json]:
        """The menu as it is shown; none: an empty list."""

        async def ask(token: str) -> Got:
            return await self._exchange.get("/cgi-bin/get_current_selfmenu_info", {"access_token": token})

        found = _decoded(await self._with_token(ask))
        return list(found.get("selfmenu_info", {}).get("button", ())) if found.get("is_menu_open") else []

    async def scene(self, scene: str) -> str:
        """What a lasting QR code of this scene holds; asked again it is the same."""
        asked = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
        return str((await self._call("/cgi-bin/qrcode/create", asked))["url"])

    async def openid_of(self, code: str) -> str | None:
        """Who opened our page; None when the code is not good (any more), or for a page only looked at."""
        query = {
            "appid": self.app_id,
            "secret": self._secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        try:
            found = _decoded(await self._exchange.get("/sns/oauth2/access_token", query))
        except Refused:
            return None
        if found.get("is_snapshotuser") == 1 or not isinstance(found.get("openid"), str):
            return None
        return str(found["openid"])

    async def ticket(self) -> str:
        """What signs our page for the platform's script; shared and kept as the token is."""
        return await self._tickets.token()

    # --- calling -----------------------------------------------------------------------------------------

    async def _call(self, path: str, body: Json, *, says: bool = False) -> Json:
        async def send(token: str) -> Got:
            return await self._exchange.post(path, {"access_token": token}, body, says=says)

        return _decoded(await self._with_token(send))

    async def _with_token(self, ask: Callable[[str], Awaitable[Got]]) -> Got:
        """One call; when its token is refused, it is repeated once with another."""
        token = await self.tokens.token()
        got = await ask(token)
        if (code := _code(got)) in BAD_TOKEN:
            _count(code)
            got = await ask(await self.tokens.token(refused=token))
        return got

    async def _fetch_token(self, another: bool) -> Fetched:
        asked = {
            "grant_type": "client_credential",
            "appid": self.app_id,
            "secret": self._secret,
            "force_refresh": another,
        }
        found = _decoded(await self._exchange.post("/cgi-bin/stable_token", {}, asked))
        return Fetched(str(found["access_token"]), int(found["expires_in"]))

    async def _fetch_ticket(self, another: bool) -> Fetched:
        async def ask(token: str) -> Got:
            query = {"access_token": token, "type": "jsapi"}
            return await self._exchange.get("/cgi-bin/ticket/getticket", query)

        found = _decoded(await self._with_token(ask))
        return Fetched(str(found["ticket"]), int(found["expires_in"]))


def _valued(fields: Mapping[str, str]) -> Json:
    return {name: {"value": value} for name, value in fields.items()}


def _is_json(got: Got) -> bool:
    """The platform says `text/plain` of its JSON, too; no file that we take begins with a brace."""
    return got.kind in ("application/json", "text/plain") or got.body[:1] == b"{"


def _whole(got: Got) -> bytes:
    if got.status != HTTPStatus.OK:
        raise TryLater(5, f"WeChat answered {got.status}")
    return got.body


def _object(got: Got) -> Json | None:
    try:
        found = orjson.loads(got.body)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _code(got: Got) -> int:
    code = (_object(got) or {}).get("errcode", 0) if _is_json(got) else 0
    return code if isinstance(code, int) else UNKNOWN


def _count(code: int) -> None:
    """A number we know nothing of is counted as such: there may be any."""
    measure.PLATFORM.labels(NAME, str(code) if code in CODES else "other").inc()


def _decoded(got: Got) -> Json:
    """The answer's object. Raises Refused, and TryLater for what is no answer of the platform.

    What only the operator can mend is logged by its number, and nothing else of it.
    """
    found = _object(got)
    if got.status != HTTPStatus.OK or found is None:
        raise TryLater(5, f"WeChat answered {got.status} with something else than an object")
    if code := _code(got):
        _count(code)
        refused = Refused(code)
        if refused.trouble in LOUD:
            structlog.get_logger().error("wechat refuses", code=code, trouble=str(refused.trouble))
        raise refused
    return found
