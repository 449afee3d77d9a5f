"""How the stub brings updates to a webhook, in Telegram's manner."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from tests.stubs.bot_api import BotApi
from tests.stubs.bot_api_people import User
from tests.telegram.receiver import Receiver

BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("提交", callback_data="send")]])


@pytest.mark.parametrize(
    "url, secret, complaint",
    [
        ("http://example.org/hook", "", "https url must be provided"),
        ("https://example.org:8080/hook", "", "only on ports 80, 88, 443 or 8443"),
        ("ftp://example.org/hook", "", "Invalid webhook url specified"),
        ("https://example.org/hook", "密码", "Secret token contains unallowed characters"),
        ("https://example.org/hook", "a" * 257, "Secret token is too long"),
    ],
)
async def test_a_bad_webhook_is_refused(bot: Bot, url: str, secret: str, complaint: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){complaint}"):
        await bot.set_webhook(url, secret_token=secret)
    assert (await bot.get_webhook_info()).url == ""


async def test_a_webhook_gets_what_waited_with_its_secret(
    api: BotApi, bot: Bot, aunt: User, receiver: Receiver
) -> None:
    await aunt.says("先前")
    await bot.set_webhook(receiver.url, secret_token="s-1_A", max_connections=7)
    await aunt.says("现在")
    await api.settles()
    assert receiver.texts == ["先前", "现在"]
    assert receiver.secrets == ["s-1_A", "s-1_A"]
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections, info.pending_update_count) == (receiver.url, 7, 0)


async def test_a_webhook_is_tried_until_it_takes_the_update(
    api: BotApi, bot: Bot, aunt: User, receiver: Receiver
) -> None:
    replies = [web.Response(status=500), web.Response(status=429, headers={"Retry-After": "9"})]
    replies += [web.Response(status=503), web.Response(status=502), web.Response(status=204)]

    async def answers(update: dict[str, Any]) -> web.Response:
        return replies.pop(0) if replies else web.Response()

    receiver.answers = answers
    await bot.set_webhook(receiver.url)
    await aunt.says("一")
    await aunt.says("二")
    await api.settles()
    assert receiver.texts == ["一"] * 5 + ["二"]
    tries = [(attempt.status, attempt.delay) for attempt in api.updates.attempts]
    assert tries == [(500, 0.0), (429, 9.0), (503, 4.0), (502, 8.0), (204, 0.0), (200, 0.0)]


async def test_messages_line_up_by_chat_and_presses_go_beside_them(
    api: BotApi, bot: Bot, aunt: User, receiver: Receiver
) -> None:
    other, stuck = api.user(1002), asyncio.Event()

    async def answers(update: dict[str, Any]) -> web.Response:
        if update.get("message", {}).get("text") == "慢":
            await stuck.wait()
        return web.Response()

    receiver.answers = answers
    await bot.send_message(aunt.id, "请核对", reply_markup=BUTTON)
    await bot.set_webhook(receiver.url)
    await aunt.says("慢")
    await aunt.says("后")
    await aunt.presses("提交")
    await other.says("别人")
    await api.waits_until(lambda: len(api.updates.pending) == 2)
    assert "后" not in receiver.texts
    assert {"别人", "慢"} == set(receiver.texts)
    assert sum("callback_query" in update for update in receiver.got) == 1
    stuck.set()
    await api.settles()
    assert receiver.texts[-1] == "后"


async def test_no_more_connections_than_asked_for(api: BotApi, bot: Bot, receiver: Receiver) -> None:
    await bot.set_webhook(receiver.url, max_connections=2)
    for number in range(10):
        await api.user(2000 + number).says("您好")
    await api.settles()
    assert len(receiver.got) == 10
    assert api.updates.most_in_flight == 2


async def test_a_call_may_ride_on_the_answer(api: BotApi, bot: Bot, aunt: User, receiver: Receiver) -> None:
    async def answers(update: dict[str, Any]) -> web.Response:
        return web.json_response(
            {"method": "sendMessage", "chat_id": aunt.id, "text": update["message"]["text"]}
        )

    receiver.answers = answers
    await bot.set_webhook(receiver.url)
    await aunt.says("您好")
    assert (await aunt.waits_for()).text == "您好"


@pytest.mark.parametrize("webhook", [True, False])
async def test_an_update_can_come_twice(
    api: BotApi, bot: Bot, aunt: User, receiver: Receiver, webhook: bool
) -> None:
    await aunt.says("您好")
    (update,) = await bot.get_updates()
    await bot.get_updates(offset=update.update_id + 1)
    if webhook:
        await bot.set_webhook(receiver.url)
    api.redelivers(update.to_dict())
    if webhook:
        await api.settles()
        assert [again["update_id"] for again in receiver.got] == [update.update_id]
    else:
        assert [again.update_id for again in await bot.get_updates(offset=update.update_id + 1)] == [
            update.update_id
        ]
