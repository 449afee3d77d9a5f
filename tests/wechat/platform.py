"""The platform's side: what it calls, signed and sealed by its own rules, and paper for what is pushed."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import xmltodict
from starlette.applications import Starlette
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from bot.channels.wechat.ports import Opening, Subscription
from bot.channels.wechat.receiving import Receiving
from bot.channels.wechat.route import PATH
from bot.settings import Settings
from bot.settings import settings as settings_of
from domain.messages import Rendered
from tests.paper import Paper
from tests.world import Clock

ACCOUNT, APP_ID, TOKEN = "gh_workroom", "wxb11529c136998cb6", "pamtest"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECRET = "0123456789abcdef0123456789abcdef"


class PaperPlatform(Paper):
    """`bot.channels.wechat.ports.Platform` on paper; troubles a test has ordered come first."""

    def __init__(self) -> None:
        super().__init__("wechat")
        self.opened: list[tuple[str, Opening]] = []
        self.unfollowed: list[str] = []
        self.decided: list[tuple[str, Subscription]] = []
        self.fates: list[tuple[str, str, str]] = []
        self.left_over = 5
        self.troubles: list[Exception] = []

    async def send(self, chat: str, message: Rendered, *, edit: str | None = None) -> str:
        """Write it down; nothing in WeChat can be changed once it is there, so an edit says nothing."""
        if self.troubles:
            raise self.troubles.pop(0)
        return edit if edit is not None else await super().send(chat, message)

    async def heard(self, openid: str, how: Opening) -> None:
        """A window opens."""
        self.opened.append((openid, how))

    async def room(self, openid: str) -> int:
        """As many as the test says."""
        return self.left_over

    async def left(self, openid: str) -> None:
        """Somebody has unfollowed."""
        if self.troubles:
            raise self.troubles.pop(0)
        self.unfollowed.append(openid)

    async def subscribed(self, openid: str, told: Sequence[Subscription]) -> None:
        """Somebody decided."""
        self.decided += [(openid, one) for one in told]

    async def delivered(self, openid: str, message: str, status: str) -> None:
        """A template message's fate."""
        self.fates.append((openid, message, status))


def settings_for(**given: Any) -> Settings:
    """The settings of the tests' account, in safe mode unless they say otherwise."""
    account = {"wechat_app_id": APP_ID, "wechat_app_secret": SECRET, "wechat_token": TOKEN}
    return settings_of(**{**account, "wechat_aes_key": KEY, **given}, _env_file=None)


def xml(**fields: Any) -> str:
    """A message as the platform writes it; `raw` is put in as it stands."""
    raw = fields.pop("raw", "")
    inner = "".join(
        f"<{name}>{value}</{name}>" if isinstance(value, int) else f"<{name}>{_quoted(value)}</{name}>"
        for name, value in fields.items()
    )
    return f"<xml>{inner}{raw}</xml>"


def _quoted(words: str) -> str:
    return f"<![CDATA[{words.replace(']]>', ']]]]><![CDATA[>')}]]>"


def signed(*parts: str) -> str:
    """A signature by wechatpy's own reckoning."""
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


@dataclass
class Caller:
    """Calls the service as the platform does: what it encrypts and decrypts goes through wechatpy."""

    receiving: Receiving
    clock: Clock
    key: str = KEY
    app_id: str = APP_ID
    nonces: Any = field(default_factory=lambda: itertools.count(415670741))

    @property
    def crypto(self) -> WeChatCrypto:
        """The counterpart's own implementation."""
        return WeChatCrypto(TOKEN, self.key, self.app_id)

    @property
    def now(self) -> int:
        """Seconds, by the service's clock."""
        return int(self.clock().timestamp())

    def plain(self, message: str, **changed: str) -> tuple[dict[str, str], bytes]:
        """Query and body in plain mode."""
        query = {"timestamp": str(self.now), "nonce": str(next(self.nonces)), "openid": "o"}
        query["signature"] = signed(TOKEN, query["timestamp"], query["nonce"])
        return {**query, **changed}, message.encode()

    def safe(self, message: str, **changed: str) -> tuple[dict[str, str], bytes]:
        """Query and body in safe mode."""
        query, _ = self.plain(message)
        sealed = self.crypto.encrypt_message(message, query["nonce"], query["timestamp"])
        inside = xmltodict.parse(sealed)["xml"]
        query |= {"encrypt_type": "aes", "msg_signature": inside["MsgSignature"]}
        body = xml(ToUserName=ACCOUNT, Encrypt=inside["Encrypt"])
        return {**query, **changed}, body.encode()

    async def call(self, query: dict[str, str], body: Any, method: str = "", **more: Any) -> httpx.Response:
        """One HTTP call, through the real route; `body` None asks (GET), an iterator is streamed."""
        transport = httpx.ASGITransport(Starlette(routes=self.receiving.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://workroom.test") as http:
            how = method or ("GET" if body is None else "POST")
            return await http.request(how, PATH, params=query, content=body, **more)

    async def brings(self, message: str) -> str:
        """A message in safe mode; the words of the answer, empty when there is none."""
        query, body = self.safe(message)
        return self.reads(await self.call(query, body))

    def reads(self, response: httpx.Response) -> str:
        """The words of a passive answer, decrypted and parsed as the platform would."""
        assert response.status_code == 200, response.status_code
        if response.text == "success":
            return ""
        outside = xmltodict.parse(response.text)["xml"]
        inside = self.crypto.decrypt_message(
            response.text, outside["MsgSignature"], outside["TimeStamp"], outside["Nonce"]
        )
        answer = xmltodict.parse(inside)["xml"]
        assert (answer["FromUserName"], answer["MsgType"]) == (ACCOUNT, "text")
        assert len(answer["Content"].encode()) <= 2048
        return str(answer["Content"])
