"""The transport under every fault the stub can order, with the real client on top of it."""

import asyncio
import io
import json
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import RequestData
from yarl import URL

from bot.channels.telegram.transport import AiohttpRequest, surely_unsent
from bot.channels.telegram.wire import proxy_for
from tests.stubs.bot_api import BotApi
from tests.stubs.bot_api_people import User
from tests.telegram.conftest import client

pytestmark = pytest.mark.asyncio
SHORT = 0.05


@asynccontextmanager
async def silence() -> AsyncIterator[int]:
    """A server that accepts connections, reads nothing and says nothing; gives its port."""
    ending = asyncio.Event()
    handlers: set[asyncio.Task[None] | None] = set()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.add(asyncio.current_task())
        await ending.wait()
        writer.transport.abort()

    server = await asyncio.start_server(keep_silent, "127.0.0.1", 0, limit=1024)
    async with server:
        yield server.sockets[0].getsockname()[1]
        ending.set()
        await asyncio.gather(*(handler for handler in handlers if handler), return_exceptions=True)


async def test_words_and_buttons_arrive_as_they_were_given(api: BotApi, bot: Bot, aunt: User) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("提交 & ✓", callback_data="c:1")]])
    await bot.send_message(aunt.id, "楼梯 <滑> 😀\n第二行", reply_markup=markup)
    assert [(m.text, m.labels) for m in aunt.sees()] == [("楼梯 <滑> 😀\n第二行", ["提交 & ✓"])]


async def test_uploads_from_bytes_and_from_an_open_file(api: BotApi, bot: Bot, aunt: User) -> None:
    await bot.send_document(aunt.id, b"\0\xff" * 1000, filename="答复.pdf", caption="见附件")
    handle = InputFile(io.BytesIO(b"streamed"), filename="b.txt", read_file_handle=False)
    await bot.send_document(aunt.id, handle)
    assert [m.files for m in aunt.sees()] == [(b"\0\xff" * 1000,), (b"streamed",)]
    assert aunt.sees()[0].raw["document"]["file_name"] == "答复.pdf"
    assert aunt.sees()[0].text == "见附件"


async def test_a_file_comes_down_whole(api: BotApi, bot: Bot, aunt: User) -> None:
    data = bytes(range(256)) * 4000
    voice = await aunt.sends_voice(data)
    file = await bot.get_file(voice["voice"]["file_id"])
    assert bytes(await file.download_as_bytearray()) == data
    api.drops("file", times=2)  # once is not noticed: fetching is safe to repeat
    with pytest.raises(NetworkError):
        await file.download_as_bytearray()
    api.holds("file")
    with pytest.raises(TimedOut):
        await file.download_as_bytearray(read_timeout=SHORT)


@pytest.mark.parametrize(
    "status, description, kind",
    [
        (400, "Bad Request: chat not found", BadRequest),
        (403, "Forbidden: user is deactivated", Forbidden),
        (500, "Internal Server Error", NetworkError),
        (502, "Bad Gateway", NetworkError),
        (504, "Gateway Timeout", NetworkError),
    ],
)
async def test_an_error_of_the_server_keeps_its_kind(
    api: BotApi, bot: Bot, aunt: User, status: int, description: str, kind: type[TelegramError]
) -> None:
    api.fails(status, description=description)
    with pytest.raises(TelegramError) as refused:
        await bot.send_message(aunt.id, "您好")
    assert type(refused.value) is kind
    assert not surely_unsent(refused.value)
    await bot.send_message(aunt.id, "您好")
    assert len(aunt.sees()) == 1


async def test_a_flood_limit_for_all(api: BotApi, bot: Bot, aunt: User) -> None:
    api.limits(30)
    with pytest.raises(RetryAfter) as flood:
        await bot.send_message(aunt.id, "您好")
    assert flood.value.retry_after == timedelta(seconds=30)


async def test_an_answer_that_is_no_json(
    api: BotApi, bot: Bot, aunt: User, caplog: pytest.LogCaptureFixture
) -> None:
    for status in (200, 502):
        api.fails(status, body=b"<html>\xff 13812345678</html>")
        with pytest.raises(TelegramError):
            await bot.send_message(aunt.id, "您好")
    assert "13812345678" not in caplog.text


@pytest.mark.parametrize("carried_out", [True, False])
async def test_a_broken_connection_leaves_it_open_whether_it_was_done(
    api: BotApi, bot: Bot, aunt: User, carried_out: bool
) -> None:
    api.drops("sendMessage", carried_out=carried_out)
    with pytest.raises(NetworkError) as broken:
        await bot.send_message(aunt.id, "您好")
    assert not isinstance(broken.value, TimedOut)
    assert not surely_unsent(broken.value)
    assert len(aunt.sees()) == int(carried_out)


async def test_a_late_answer_is_a_timeout_though_it_was_done(api: BotApi, bot: Bot, aunt: User) -> None:
    held = api.holds("sendMessage")
    with pytest.raises(TimedOut) as late:
        await bot.send_message(aunt.id, "您好", read_timeout=SHORT)
    await held.reached()
    assert not surely_unsent(late.value)
    assert len(aunt.sees()) == 1


async def test_a_slow_answer_within_the_limit_arrives(api: BotApi, bot: Bot, aunt: User) -> None:
    held = api.holds("sendMessage")
    sending = asyncio.create_task(bot.send_message(aunt.id, "您好"))
    await held.reached()
    assert not sending.done()
    held.release()
    assert (await sending).text == "您好"


async def test_an_upload_nobody_reads_ends_in_time() -> None:
    request = AiohttpRequest(connect_timeout=SHORT, media_write_timeout=SHORT, read_timeout=SHORT)
    async with silence() as port, request:
        bot = Bot("1:a", base_url=f"http://127.0.0.1:{port}/bot", request=request)
        with pytest.raises(TimedOut):
            await bot.send_document(1, b"\0" * 20_000_000)


async def test_a_server_that_is_not_there_was_surely_not_asked(api: BotApi) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    async with AiohttpRequest() as request:
        bot = Bot("1:secret-part", base_url=f"http://127.0.0.1:{port}/bot", request=request)
        with pytest.raises(NetworkError) as refused:
            await bot.send_message(1, "您好")
    assert surely_unsent(refused.value)
    assert "secret-part" not in "".join(traceback.format_exception(refused.value))


async def test_a_handshake_nobody_answers_was_surely_not_asked() -> None:
    async with silence() as port, AiohttpRequest(connect_timeout=SHORT) as request:
        bot = Bot("1:secret-part", base_url=f"https://127.0.0.1:{port}/bot", request=request)
        with pytest.raises(TimedOut) as late:
            await bot.send_message(1, "您好")
    assert surely_unsent(late.value)
    assert "secret-part" not in "".join(traceback.format_exception(late.value))


async def test_a_full_pool_was_surely_not_asked(api: BotApi, aunt: User) -> None:
    held = api.holds("sendMessage")
    async with AiohttpRequest(pool_size=1, pool_timeout=SHORT) as request:
        bot = client(api, request=request)
        first = asyncio.create_task(bot.send_message(aunt.id, "一"))
        await held.reached()
        with pytest.raises(TimedOut, match="Pool timeout") as full:
            await bot.send_message(aunt.id, "二")
        assert surely_unsent(full.value)
        held.release()
        await first
        await bot.send_message(aunt.id, "三", pool_timeout=2)
    assert [m.text for m in aunt.sees()] == ["一", "三"]


async def test_a_cancelled_call_gives_its_place_back(api: BotApi, aunt: User) -> None:
    held = api.holds("sendMessage", carried_out=False)
    async with AiohttpRequest(pool_size=1) as request:
        bot = client(api, request=request)
        first = asyncio.create_task(bot.send_message(aunt.id, "一"))
        await held.reached()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        await bot.send_message(aunt.id, "二")
    assert [m.text for m in aunt.sees()] == ["二"]


async def test_one_connection_serves_many_calls() -> None:
    connections, ended = 0, asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        body = json.dumps({"ok": True, "result": True}).encode()
        while head := await _head(reader):
            await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        writer.close()
        await writer.wait_closed()
        ended.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, AiohttpRequest() as request:
        bot = Bot("1:a", base_url=f"http://127.0.0.1:{port}/bot", request=request)
        for _ in range(5):
            await bot.delete_message(1, 1)
    await ended.wait()
    assert connections == 1


async def test_many_calls_at_once_all_arrive(api: BotApi, aunt: User) -> None:
    async with AiohttpRequest(pool_size=4, pool_timeout=5) as request:
        bot = client(api, request=request)
        await asyncio.gather(*(bot.send_message(aunt.id, f"第{n}条") for n in range(40)))
    assert {m.text for m in aunt.sees()} == {f"第{n}条" for n in range(40)}


async def test_it_closes_and_opens_again(api: BotApi, aunt: User) -> None:
    request = AiohttpRequest(read_timeout=7)
    assert request.read_timeout == 7
    bot = client(api, request=request)
    with pytest.raises(NetworkError, match="closed"):
        await request.do_request(f"{api.url}/bot{api.token}/getMe", "POST", RequestData())
    for _ in range(2):
        await request.initialize()
        await request.initialize()
        await bot.send_message(aunt.id, "您好")
        await request.shutdown()
        await request.shutdown()
    assert len(aunt.sees()) == 2


async def test_a_call_goes_through_the_proxy_the_environment_names(
    api: BotApi, aunt: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", api.url)
    monkeypatch.setenv("no_proxy", "inside.invalid")
    async with AiohttpRequest() as request:
        bot = Bot(api.token, base_url="http://telegram.invalid/bot", request=request)
        await bot.send_message(aunt.id, "经过代理")
    assert [m.text for m in aunt.sees()] == ["经过代理"]
    assert proxy_for(URL("http://inside.invalid/")) is None
    assert proxy_for(URL("http://127.0.0.1:8081/")) is None


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
