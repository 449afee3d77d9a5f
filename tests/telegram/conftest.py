"""The stub server and real python-telegram-bot clients that talk to it."""

import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from PIL import Image
from telegram import Bot

from bot.channels.telegram.calls import Calls
from bot.channels.telegram.channel import uploading
from bot.channels.telegram.limits import OwnLimits
from bot.channels.telegram.media import Media
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.saying import TelegramChannel
from bot.channels.telegram.transport import AiohttpRequest
from bot.channels.telegram.wire import Wire
from tests.stubs.bot_api import BotApi
from tests.stubs.bot_api_people import User
from tests.telegram.live import Live, live
from tests.telegram.receiver import Receiver


@pytest_asyncio.fixture
async def api() -> AsyncIterator[BotApi]:
    """The stub, listening on loopback."""
    async with BotApi() as server:
        yield server


@pytest_asyncio.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    """The real client over the project's transport."""
    async with client(api) as real:
        yield real


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """Makes a real picture of the size asked for."""
    return _picture


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A webhook on loopback."""
    found = Receiver()
    app = web.Application()
    app.router.add_post("/hook", found.receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield found
    await runner.cleanup()


@pytest_asyncio.fixture(params=["polling", "webhook"])
async def service(
    request: pytest.FixtureRequest, api: BotApi, filled: Path, tmp_path: Path
) -> AsyncIterator[Live]:
    """The whole service on Telegram, in both modes."""
    async with live(request.param, api, filled, tmp_path) as running:
        yield running


@pytest_asyncio.fixture
async def hooked(api: BotApi, filled: Path, tmp_path: Path) -> AsyncIterator[Live]:
    """The whole service with a webhook."""
    async with live("webhook", api, filled, tmp_path) as running:
        yield running


@pytest_asyncio.fixture
async def polled(api: BotApi, filled: Path, tmp_path: Path) -> AsyncIterator[Live]:
    """The whole service with polling."""
    async with live("polling", api, filled, tmp_path) as running:
        yield running


@pytest.fixture
def aunt(api: BotApi) -> User:
    """A resident who has written before."""
    return api.user(1001, name="王阿姨", started=True)


def client(api: BotApi, token: str = "", request: AiohttpRequest | None = None) -> Bot:
    """A real client of the stub; not initialised yet."""
    return Bot(
        token or api.token,
        base_url=f"{api.url}/bot",
        base_file_url=f"{api.url}/file/bot",
        request=request or AiohttpRequest(),
        get_updates_request=AiohttpRequest(),
    )


@asynccontextmanager
async def speaking(
    url: str, token: str, media: Media, patience: float = 5.0
) -> AsyncIterator[TelegramChannel]:
    """The channel as the service opens it, towards this server; it waits so many seconds for an answer."""
    impatient = count(0.0, 60.0).__next__  # each look at this clock finds it a minute on
    wire = Wire()
    await wire.open()
    calls = Calls(wire, url, token, read_timeout=patience)
    yield TelegramChannel(calls, uploading(wire, url, token), media, Pace(OwnLimits(impatient)))
    await wire.close()


def _picture(width: int = 400, height: int = 300, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, kind)
    return out.getvalue()
