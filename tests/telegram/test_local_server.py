"""A Bot API server of one's own in local mode: files lie on its disk, and may be larger."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channels.telegram.calls import TELEGRAM, Calls
from bot.channels.telegram.saying import TelegramChannel
from bot.channels.telegram.wire import Wire
from bot.settings import Settings
from domain.media import MEGABYTE
from domain.messages import File, FileKind
from handlers.ports import TooBig, TryLater
from tests.stubs.bot_api import BotApi
from tests.stubs.bot_api_people import User
from tests.telegram.conftest import speaking


async def _no_media(ids: object) -> list[object]:
    return []


@pytest_asyncio.fixture
async def channel(api: BotApi, tmp_path: Path) -> AsyncIterator[TelegramChannel]:
    """The server lays files into the bot's folder, and gives none out over HTTP."""
    api.world.disk = tmp_path / "telegram-bot-api" / api.token
    async with speaking(api.url, api.token, _no_media) as found:  # type: ignore[arg-type]
        yield found


async def given(aunt: User, kind: FileKind, data: bytes, size: int | None = None) -> File:
    sent = await aunt.sends_document(data, "录像.mp4", size=size)
    return File(kind, sent["document"]["file_id"])


async def test_a_film_is_read_where_it_lies(channel: TelegramChannel, aunt: User, api: BotApi) -> None:
    film = b"film" * (6 * MEGABYTE)
    assert await channel.fetch(await given(aunt, "video", film)) == film
    assert api.calls_of("file") == []


async def test_we_take_no_more_than_from_anywhere(channel: TelegramChannel, aunt: User) -> None:
    """Whatever the server says of its size, or doesn't."""
    with pytest.raises(TooBig) as refused:
        await channel.fetch(await given(aunt, "document", b"x" * (20 * MEGABYTE + 1), 5))
    assert refused.value.limit == 20 * MEGABYTE


async def test_what_we_may_not_read_is_told_without_the_token(
    channel: TelegramChannel, aunt: User, api: BotApi, capsys: pytest.CaptureFixture[str]
) -> None:
    film = await given(aunt, "video", b"film")
    api.world.laid = lambda stored: f"{api.world.disk}/gone.mp4"  # type: ignore[method-assign]
    with pytest.raises(TryLater):
        await channel.fetch(film)
    told = capsys.readouterr().out
    assert "file of the Bot API server" in told and "FileNotFoundError" in told
    assert api.token.partition(":")[2] not in told


@pytest.mark.parametrize("place", ["/etc/passwd", "{disk}/../../../../../../../../../../etc/passwd"])
async def test_no_file_elsewhere_is_read(
    channel: TelegramChannel, aunt: User, api: BotApi, place: str
) -> None:
    film = await given(aunt, "video", b"film")
    api.world.laid = lambda stored: place.format(disk=api.world.disk)  # type: ignore[method-assign]
    with pytest.raises(TryLater):
        await channel.fetch(film)


async def test_telegrams_own_server_names_no_place_on_our_disk(tmp_path: Path) -> None:
    """Its word is never taken for a path of ours: the call goes out to it, and here finds no way."""
    assert Settings.model_fields["telegram_api_url"].default == TELEGRAM
    assert not Calls(Wire(), TELEGRAM, "1:a").own_server
