"""Telegram at the start, out of reach, with a wrong token; polling at its edges; and the token's silence."""

import asyncio
import logging
from pathlib import Path

import pytest

from bot.channels.telegram.channel import open_telegram
from bot.settings import BadSettings
from tests.stubs.bot_api import BotApi
from tests.telegram.live import SECRET, Desk, Live, live, settings_for
from tests.world import copy_of, world


async def test_the_menu_is_given_in_both_languages(service: Live) -> None:
    menus = service.api.world.commands
    assert len(menus) == 3
    for menu in menus.values():
        assert [c["command"] for c in menu] == ["start", "file", "mine", "todo", "help", "cancel", "language"]
    assert {menu[1]["description"] for menu in menus.values()} == {"反映诉求", "Report"}
    assert service.telegram.link("w_LJ01") == "https://t.me/workroom_bot?start=w_LJ01"
    assert await service.telegram.ready()


async def test_the_menus_commands_are_understood(service: Live) -> None:
    aunt = await service.resident()
    for command in ("start", "file", "mine", "todo", "help", "language", "cancel"):
        await aunt.says(f"/{command}@workroom_bot")
        assert (await aunt.waits_for()).text
        await service.quiet()
    assert await service.cases() == 0


async def test_the_webhook_is_named_with_its_secret(hooked: Live) -> None:
    hook = hooked.api.updates.webhook
    assert hook is not None
    assert (hook.url, hook.secret) == (f"{hooked.url}/telegram/webhook", SECRET)
    assert hooked.api.updates.allowed == ["message", "edited_message", "callback_query", "my_chat_member"]


async def test_polling_takes_over_from_a_webhook(api: BotApi, filled: Path, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    async with live("webhook", api, filled, tmp_path / "a"):
        assert api.updates.webhook_info()["url"]
    aunt = api.user(1001)
    await aunt.starts()
    async with live("polling", api, filled, tmp_path / "b") as running:
        await aunt.waits_for(lambda message: "同意" in message.labels)
        assert not api.updates.webhook_info()["url"] and running.telegram.routes() == []


async def test_a_refused_token_ends_the_process_without_showing_it(
    api: BotApi, filled: Path, tmp_path: Path
) -> None:
    url = copy_of(filled, tmp_path)
    async with world(url, tmp_path) as made:
        settings = settings_for(api, "polling", tmp_path)
        api.token = "424242:AAanother-token-0123456789"
        telegram = await open_telegram(settings, made.house, Desk(made))
        with pytest.raises(BadSettings, match="WORKROOM_TELEGRAM_TOKEN") as refused:
            await telegram.settle_in(asyncio.Event())
        await telegram.close()
    assert settings.telegram_token.get_secret_value() not in f"{refused.value} {refused.value.__cause__}"
    assert refused.value.__suppress_context__


async def test_telegram_out_of_reach_does_not_stop_the_start(
    api: BotApi, filled: Path, tmp_path: Path
) -> None:
    api.fails(502, "getMe", times=3)
    async with live("polling", api, filled, tmp_path, at_once=True) as running:
        assert not await running.telegram.ready()
        aunt = api.user(1001)
        await aunt.starts()
        await aunt.waits_for(lambda message: "同意" in message.labels)
        assert await running.telegram.ready()


async def test_a_hanging_telegram_keeps_nothing_shut_and_holds_up_no_stop(
    api: BotApi, filled: Path, tmp_path: Path
) -> None:
    held, loop = api.holds("getMe"), asyncio.get_running_loop()
    async with live("webhook", api, filled, tmp_path, at_once=True) as running:
        await held.reached()
        assert not await running.telegram.ready()
        assert (await running.post(b'{"update_id": 1}'))[0] == 200
        leaving = loop.time()
    assert loop.time() - leaving < 2


async def test_a_menu_that_is_refused_for_an_hour_keeps_nobody_waiting(
    api: BotApi, filled: Path, tmp_path: Path
) -> None:
    api.limits(3600, "setMyCommands")
    async with live("polling", api, filled, tmp_path, at_once=True) as running:
        aunt = api.user(1001)
        await aunt.starts()
        await aunt.waits_for(lambda message: "同意" in message.labels)
        assert await running.telegram.ready() and not running.telegram.settled.is_set()


async def test_polling_outlives_its_faults(polled: Live) -> None:
    api = polled.api
    aunt = await polled.resident()
    for ordered in (
        lambda: api.fails(502, "getUpdates", times=2),
        lambda: api.fails(502, "getUpdates", body=b"<html>"),
        lambda: api.limits(3, "getUpdates"),
        lambda: api.drops("getUpdates"),
        lambda: api.fails(409, "getUpdates", description="Conflict: terminated by other getUpdates request"),
    ):
        ordered()
        await aunt.says("/help")
        assert (await aunt.waits_for()).text
        await polled.quiet()


async def test_an_offset_is_confirmed_only_after_the_commit(polled: Live) -> None:
    aunt, uncle = await polled.resident(), await polled.resident(1002)
    gate, asked = asyncio.Event(), asyncio.Event()
    inner = polled.desk._world.desk.handle

    class Waiting:
        async def handle(self, inbound: object) -> object:
            if getattr(inbound, "chat", "") == str(aunt.id):
                asked.set()
                await gate.wait()
            return await inner(inbound)  # type: ignore[arg-type]

    polled.telegram.answering._desk = Waiting()  # type: ignore[assignment]
    await aunt.says("路灯不亮")
    await asked.wait()
    await uncle.says("井盖坏了")
    await uncle.waits_for(lambda message: "提交" in message.labels)
    assert [u.json["message"]["from"]["id"] for u in polled.api.updates.pending][:1] == [aunt.id]
    gate.set()
    await aunt.waits_for(lambda message: "提交" in message.labels)
    await polled.quiet()
    assert polled.api.updates.pending == []


async def test_polling_stops_at_once_and_confirms_what_it_did(
    api: BotApi, filled: Path, tmp_path: Path
) -> None:
    async with live("polling", api, filled, tmp_path) as running:
        aunt = await running.resident()
        await aunt.says("/help")
        await aunt.waits_for()
        before = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - before < 2
    assert api.updates.pending == []


async def test_no_log_line_holds_the_token(
    service: Live, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    aunt = await service.resident()
    service.api.fails(502, "sendMessage", body=f"<p>/bot{service.api.token}/sendMessage".encode())
    service.api.drops("sendMessage")
    service.api.fails(400, "sendMessage", description="Bad Request: odd")
    for words in ("/help", "/mine", "/start"):
        await aunt.says(words)
    await service.quiet()
    out = capsys.readouterr()
    assert service.api.token.partition(":")[2] not in caplog.text + out.out + out.err
