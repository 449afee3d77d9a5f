"""The stub server and real python-telegram-bot clients that talk to it."""

import io
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from PIL import Image
from telegram import Bot

from bot.channels.telegram.transport import AiohttpRequest
from tests.stubs.bot_api import BotApi


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


def client(api: BotApi, token: str = "", request: AiohttpRequest | None = None) -> Bot:
    """A real client of the stub; not initialised yet."""
    return Bot(
        token or api.token,
        base_url=f"{api.url}/bot",
        base_file_url=f"{api.url}/file/bot",
        request=request or AiohttpRequest(),
        get_updates_request=AiohttpRequest(),
    )


def _picture(width: int = 400, height: int = 300, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, kind)
    return out.getvalue()
