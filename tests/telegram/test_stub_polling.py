"""How the stub brings updates by long polling, and what they look like to the real library."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import Conflict
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from bot.channels.telegram.transport import AiohttpRequest
from tests.stubs.bot_api import BotApi
from tests.stubs.bot_api_people import User
from tests.telegram.receiver import Receiver

Picture = Callable[..., bytes]
BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("提交", callback_data="send")]])


async def test_polling_repeats_until_confirmed_by_offset(bot: Bot, aunt: User) -> None:
    await aunt.says("一")
    await aunt.says("二")
    first = await bot.get_updates()
    assert [u.message.text for u in await bot.get_updates(limit=1) if u.message] == ["一"]
    rest = await bot.get_updates(offset=first[0].update_id + 1)
    assert [u.message.text for u in rest if u.message] == ["二"]
    assert await bot.get_updates(offset=first[1].update_id + 1) == ()
    await aunt.says("三")
    await aunt.says("四")
    assert [u.message.text for u in await bot.get_updates(offset=-1) if u.message] == ["四"]


async def test_a_long_poll_ends_when_something_comes(api: BotApi, bot: Bot, aunt: User) -> None:
    polling = asyncio.create_task(bot.get_updates(timeout=30))
    await api.waits_until(lambda: api.calls_of("getUpdates"))
    await aunt.says("您好")
    assert len(await polling) == 1


async def test_two_pollers_and_a_webhook_get_in_each_others_way(
    api: BotApi, bot: Bot, receiver: Receiver
) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await api.waits_until(lambda: api.calls_of("getUpdates"))
    second = asyncio.create_task(bot.get_updates(timeout=30))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first
    await bot.set_webhook(receiver.url)
    with pytest.raises(Conflict, match="terminated by setWebhook"):
        await second
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_only_the_kinds_asked_for_come(api: BotApi, bot: Bot, aunt: User) -> None:
    await bot.get_updates(allowed_updates=["message"])
    said = await aunt.says("您好")
    await aunt.edits(said, "大家好")
    assert [u.edited_message for u in await bot.get_updates()] == [None]


async def test_updates_look_as_telegrams_do(bot: Bot, aunt: User, picture: Picture) -> None:
    said = await aunt.starts("w_CH01")
    await aunt.edits(said, "/start w_CH02")
    await aunt.sends_album([picture(1000, 500), picture()], "楼梯")
    await aunt.sends_voice()
    await aunt.sends_location(31.2, 121.5)
    await aunt.sends_contact("13800000000")
    await aunt.sends_sticker()
    await aunt.forwards("转来的话", author="李四")
    await aunt.says("很长" * 3000)
    updates = await bot.get_updates()
    first = updates[0].message
    assert first is not None
    assert first.from_user is not None
    assert (first.text, first.from_user.first_name, first.chat.type) == ("/start w_CH01", "王阿姨", "private")
    assert [(e.type, e.offset, e.length) for e in first.entities] == [("bot_command", 0, 6)]
    edited = updates[1].edited_message
    assert edited is not None and edited.edit_date is not None
    assert (edited.message_id, edited.text) == (first.message_id, "/start w_CH02")
    assert edited.edit_date > datetime(2026, 1, 1, tzinfo=UTC)
    messages = [update.message for update in updates if update.message]
    assert [m.message_id for m in messages] == list(range(1, len(messages) + 1))
    assert messages[1].media_group_id == messages[2].media_group_id is not None
    assert [m.caption for m in messages[1:3]] == ["楼梯", None]
    assert [size.width for size in messages[1].photo] == [90, 320, 800, 1000]
    assert messages[4].location is not None
    assert messages[5].contact is not None
    assert messages[6].sticker is not None
    assert messages[7].forward_origin is not None
    assert [len(m.text or "") for m in messages[8:]] == [4096, 1904]


async def test_a_group_lets_a_bot_hear_only_what_is_meant_for_it(api: BotApi, bot: Bot, aunt: User) -> None:
    group = api.group("春晖小区")
    await group.adds_bot(by=aunt)
    member = aunt.in_group(group)
    await member.says("今天停水")
    await member.says("/help")
    updates = await bot.get_updates()
    assert [u.message.text for u in updates if u.message] == ["/help"]
    assert updates[0].my_chat_member is not None
    await bot.send_message(group.chat.id, "请私聊我")
    assert (await member.hears("私聊")).chat == group.chat.id
    await group.removes_bot(by=aunt)
    with pytest.raises(Exception, match="kicked from the supergroup"):
        await bot.send_message(group.chat.id, "您好")


async def test_the_real_application_chats_by_polling(api: BotApi, aunt: User) -> None:
    app = (
        ApplicationBuilder()
        .token(api.token)
        .base_url(f"{api.url}/bot")
        .request(AiohttpRequest())
        .get_updates_request(AiohttpRequest())
        .build()
    )
    app.add_handler(MessageHandler(filters.TEXT, _asks))
    app.add_handler(CallbackQueryHandler(_takes))
    async with app:
        assert app.updater is not None
        await app.updater.start_polling()
        await app.start()
        await aunt.says("楼梯滑")
        await aunt.hears("请核对:楼梯滑")
        press = await aunt.presses("提交")
        assert (await press.answer())["text"] == "收到"
        assert (await aunt.hears("已收到")).labels == []
        await api.settles()
        await app.updater.stop()
        await app.stop()


async def _asks(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text(f"请核对:{update.message.text}", reply_markup=BUTTON)


async def _takes(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("收到")
    await update.callback_query.edit_message_text("已收到")


async def test_waiting_in_vain_says_what_was_on_the_screen(bot: Bot, aunt: User) -> None:
    await bot.send_message(aunt.id, "请核对")
    with pytest.raises(AssertionError, match="请核对"):
        await aunt.waits_for(lambda message: message.text == "已收到", within=0.01)
