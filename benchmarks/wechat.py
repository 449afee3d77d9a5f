"""The same words over Telegram and over WeChat's safe mode, in turns, in one service: what a step costs.

Telegram: from the webhook's body to its 200, the answer sent through a Bot API on loopback. WeChat: from the
sealed body to the sealed answer; what is noted down afterwards counts to the processor's time.
"""

import itertools
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

import orjson
from starlette.applications import Starlette

from benchmarks.bot_api import TOKEN, serving
from benchmarks.figures import Figure, percentile
from benchmarks.ground import filled
from benchmarks.people import WORDS
from bot.channels.telegram.channel import open_telegram
from bot.channels.wechat.channel import open_wechat
from bot.channels.wechat.crypto import Seal, signature
from bot.channels.wechat.envelope import cdata, text_reply
from bot.channels.wechat.route import PATH
from bot.settings import settings
from bot.wiring import assemble
from handlers.ports import Channel

SECRET, APP_ID, KEY = "benchmark", "wxb11529c136998cb6", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PEOPLE, ROUNDS = 10, 4
LIMIT = 1.5
"""How much dearer a step over WeChat may be."""

SCRIPT = ("首页", "反映诉求", WORDS, "改分类", "1", "提交", "我的诉求", "帮助")
AGREEING = ("/start w_LJ01", "同意", "同意经境外传输")


class Took(NamedTuple):
    """Seconds, by the clock and of the processor."""

    wall: float
    cpu: float

    @classmethod
    def now(cls) -> "Took":
        """Where both stand."""
        return cls(time.perf_counter(), time.process_time())

    def __sub__(self, before: "Took") -> "Took":
        return Took(self.wall - before.wall, self.cpu - before.cpu)


class Way(Protocol):
    """How words get to the service."""

    async def says(self, user: int, words: str) -> "Took":
        """What it took until the answer; what has to be prepared for it isn't counted."""


@dataclass
class Asgi:
    """Calls the application as its server does."""

    app: Starlette

    async def post(self, path: str, query: dict[str, str], body: bytes, headers: dict[str, str]) -> bytes:
        """The answer's body."""
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path,
            "raw_path": path.encode(), "root_path": "", "scheme": "http",
            "query_string": urlencode(query).encode(), "client": ("127.0.0.1", 1),
            "server": ("workroom.test", 80),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip
        told: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            told.append(message)

        await self.app(scope, receive, send)
        assert told[0]["status"] == 200, told
        return b"".join(part.get("body", b"") for part in told[1:])


@dataclass
class OverTelegram:
    """By webhook."""

    asgi: Asgi
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def says(self, user: int, words: str) -> "Took":
        """Until the webhook's 200: the answer is sent by then."""
        number = next(self.numbers)
        who = {"id": user, "is_bot": False, "first_name": "U", "language_code": "zh-hans"}
        chat = {"id": user, "type": "private", "first_name": "U"}
        message = {"message_id": number, "date": 1, "from": who, "chat": chat, "text": words}
        body = orjson.dumps({"update_id": number, "message": message})
        began = Took.now()
        await self.asgi.post("/telegram/webhook", {}, body, {"X-Telegram-Bot-Api-Secret-Token": SECRET})
        return Took.now() - began


@dataclass
class OverWeChat:
    """In safe mode."""

    asgi: Asgi
    settled: Callable[[], Any]
    seal: Seal = field(default_factory=lambda: Seal.of(KEY, APP_ID))
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def says(self, user: int, words: str) -> "Took":
        """Until the sealed answer."""
        number, now = next(self.numbers), str(int(time.time()))
        plain = text_reply("gh_bench", f"o{user}", int(now), words)
        plain = plain.replace("</xml>", f"<MsgId>{number}</MsgId></xml>")
        encrypted = self.seal.close(plain.encode())
        query = {"timestamp": now, "nonce": str(number), "encrypt_type": "aes"}
        query["msg_signature"] = signature(SECRET, now, str(number), encrypted)
        body = f"<xml><ToUserName>gh_bench</ToUserName><Encrypt>{cdata(encrypted)}</Encrypt></xml>".encode()
        began = Took.now()
        answer = await self.asgi.post(PATH, query, body, {})
        wall = (Took.now() - began).wall
        assert b"<Encrypt>" in answer, answer
        await self.settled()
        return Took(wall, (Took.now() - began).cpu)


async def measure(folder: Path) -> list[Figure]:
    """Medians, and WeChat's over Telegram's."""
    with serving() as address:
        given = settings(
            home=(await filled(folder / "both")).home, public_url="http://127.0.0.1:1", telegram_token=TOKEN,
            telegram_api_url=address, telegram_mode="webhook", telegram_webhook_secret=SECRET,
            wechat_app_id=APP_ID, wechat_app_secret=SECRET, wechat_token=SECRET, wechat_aes_key=KEY,
            wechat_api_url="http://127.0.0.1:1", _env_file=None,
        )  # fmt: skip
        channels: dict[str, Channel] = {}
        parts = assemble(given, channels)
        telegram = await open_telegram(given, parts.house, parts.desk)
        wechat = await open_wechat(given, parts.house, parts.desk, parts.redis)
        channels |= {"telegram": telegram.channel, "wechat": wechat.channel}
        asgi = Asgi(Starlette(routes=[*telegram.routes(), *wechat.routes()]))
        settled = wechat.receiving.answering.settled
        found = await _played({"Telegram": OverTelegram(asgi), "WeChat": OverWeChat(asgi, settled)})
        for close in (telegram.close, wechat.close, parts.close):
            await close()
        parts.house.shelf.close()
    return found


async def _played(ways: dict[str, Way]) -> list[Figure]:
    wall: dict[str, list[float]] = defaultdict(list)
    cpu: dict[str, list[float]] = defaultdict(list)
    for user in range(1000, 1000 + PEOPLE):
        for way in ways.values():
            for words in AGREEING:
                await way.says(user, words)
        for name, way in itertools.chain.from_iterable(itertools.repeat(list(ways.items()), ROUNDS)):
            for words in SCRIPT:
                took = await way.says(user, words)
                if user > 1000:  # the first compiles templates and statements
                    wall[name].append(took.wall)
                    cpu[name].append(took.cpu)
    figures = [
        Figure(
            f"a step over {name}", 1e3 * statistics.median(wall[name]), p99=1e3 * percentile(wall[name], 99),
            cpu=1e3 * statistics.median(cpu[name]), times=len(wall[name]),
        )
        for name in ways
    ]  # fmt: skip
    ratios = [statistics.median(kind["WeChat"]) / statistics.median(kind["Telegram"]) for kind in (wall, cpu)]
    return [
        *figures,
        Figure("WeChat over Telegram, until the answer", ratios[0], "times", limit=LIMIT),
        Figure("WeChat over Telegram, processor", ratios[1], "times", limit=LIMIT),
    ]
