"""The stub refuses what Telegram refuses, in Telegram's words, to the real client."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

from tests.stubs.bot_api import BotApi
from tests.stubs.bot_api_people import User
from tests.telegram.conftest import client

pytestmark = pytest.mark.asyncio
Picture = Callable[..., bytes]


def keyboard(*rows: int, data: str = "x") -> InlineKeyboardMarkup:
    """Rows of so many buttons each."""
    return InlineKeyboardMarkup([[InlineKeyboardButton("好", callback_data=data)] * row for row in rows])


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("", "Message text is empty"),
        (" \n ", "Message text is empty"),
        ("<b> </b>", "Message text is empty"),
        ("字" * 4097, "Message is too long"),
        ("<b>开", 'Can\'t find end tag corresponding to start tag "b"'),
        ("开</b>", "Unexpected end tag at byte offset 3"),
        ("<b>开</i>", 'Unmatched end tag at byte offset 6, expected "</b>", found "</i>"'),
        ("<p>段</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<a href>x</a>", "Expected equal sign"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler"'),
        ("&#xD800;", "invalid Unicode characters after decoding HTML entities"),
    ],
)
async def test_a_bad_text_is_refused(bot: Bot, aunt: User, text: str, complaint: str) -> None:
    with pytest.raises(BadRequest, match=_literally(complaint)):
        await bot.send_message(aunt.id, text, parse_mode="HTML")
    assert aunt.sees() == []


async def test_marks_do_not_count_and_come_back_as_entities(bot: Bot, aunt: User) -> None:
    sent = await bot.send_message(aunt.id, f"😀<b>{'字' * 4094}</b>&lt;", parse_mode="HTML")
    assert sent.text == "😀" + "字" * 4094 + "<"
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [("bold", 2, 4094)]
    kept = await bot.send_message(
        aunt.id, '<a href="https://e.cn/?a=1&amp;b">链接</a> &nbsp;', parse_mode="HTML"
    )
    assert (kept.text, kept.entities[0].url) == ("链接 &nbsp;", "https://e.cn/?a=1&b")


@pytest.mark.parametrize(
    "markup, complaint",
    [
        (keyboard(1, data="字" * 22), "Button_data_invalid"),
        (keyboard(1, data=""), "Button_data_invalid"),
        (keyboard(9), "Reply markup is too long"),
        (keyboard(*[8] * 12, 5), "Reply markup is too long"),
        (
            InlineKeyboardMarkup([[InlineKeyboardButton("好")]]),
            "text buttons are unallowed in the inline keyboard",
        ),
        (InlineKeyboardMarkup([[InlineKeyboardButton(" ", callback_data="x")]]), "must be non-empty"),
        (InlineKeyboardMarkup([[InlineKeyboardButton("去", url="工作室")]]), "wrong http url"),
        (ReplyKeyboardMarkup([[""]]), "must be non-empty"),
    ],
)
async def test_a_bad_keyboard_is_refused(bot: Bot, aunt: User, markup: Any, complaint: str) -> None:
    with pytest.raises(BadRequest, match=complaint):
        await bot.send_message(aunt.id, "请选择", reply_markup=markup)


async def test_a_keyboard_at_the_limits_is_taken(bot: Bot, aunt: User) -> None:
    await bot.send_message(aunt.id, "请选择", reply_markup=keyboard(*[8] * 12, 4, data="x" * 64))
    assert len(aunt.sees()[0].labels) == 100


async def test_an_edit_must_change_something_of_ones_own(api: BotApi, bot: Bot, aunt: User) -> None:
    words = await aunt.says("您好")
    sent = await bot.send_message(aunt.id, "请选择", reply_markup=keyboard(1))
    edit = bot.edit_message_text
    for change, complaint in [
        (edit("请选择", aunt.id, sent.message_id, reply_markup=keyboard(1)), "Message is not modified"),
        (edit("换", aunt.id, words["message_id"]), "Message can't be edited"),
        (edit("换", aunt.id, 99), "Message to edit not found"),
        (edit("", aunt.id, sent.message_id), "Message text is empty"),
        (edit("字" * 4097, aunt.id, sent.message_id), "Message_too_long"),
        (bot.edit_message_caption(aunt.id, sent.message_id, caption="换"), "There is no caption"),
        (edit("换", 777, 1), "Chat not found"),
    ]:
        with pytest.raises(BadRequest, match=complaint):
            await change
    await edit("请选择", aunt.id, sent.message_id)
    assert [(m.text, m.labels, m.edited) for m in aunt.sees()] == [("请选择", [], True)]
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_reply_markup(aunt.id, sent.message_id)
    await bot.delete_message(aunt.id, sent.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(aunt.id, sent.message_id)
    assert aunt.sees() == []


async def test_a_picture_must_be_one(api: BotApi, bot: Bot, aunt: User, picture: Picture) -> None:
    for data, complaint in [
        (b"%PDF-1.7", "Image_process_failed"),
        (b"", "File must be non-empty"),
        (picture(10_000, 1), "Photo_invalid_dimensions"),
        (picture() + b"\0" * 10 * 1024 * 1024, "is too big for a photo"),
    ]:
        with pytest.raises(BadRequest, match=complaint):
            await bot.send_photo(aunt.id, data)
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_photo(aunt.id, picture(), caption="字" * 1025)
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_photo(aunt.id, "AgACAgIAAxkBAAI")
    with pytest.raises(NetworkError, match="Request Entity Too Large"):
        await bot.send_document(aunt.id, b"\0" * 52 * 1024 * 1024)
    assert aunt.sees() == []


async def test_a_file_handed_out_can_be_sent_again_and_fetched(
    bot: Bot, aunt: User, picture: Picture
) -> None:
    data = picture(1000, 500)
    sent = await bot.send_photo(aunt.id, data, caption="楼梯")
    assert [(size.width, size.height) for size in sent.photo] == [
        (90, 45),
        (320, 160),
        (800, 400),
        (1000, 500),
    ]
    assert bytes(await (await sent.photo[-1].get_file()).download_as_bytearray()) == data
    await bot.send_photo(aunt.id, sent.photo[-1].file_id)
    with pytest.raises(BadRequest, match="Can't use file of type photo as document"):
        await bot.send_document(aunt.id, sent.photo[-1].file_id)
    assert [message.files for message in aunt.sees()] == [(data,), (data,)]


async def test_a_file_must_be_known_and_small_enough_to_fetch(bot: Bot, aunt: User) -> None:
    big = await aunt.sends_document(b"...", "录像.mp4", size=60_000_000)
    with pytest.raises(BadRequest, match="File is too big"):
        await bot.get_file(big["document"]["file_id"])
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await bot.get_file("nobody-gave-this")


async def test_an_album_has_two_to_ten_pictures(bot: Bot, aunt: User, picture: Picture) -> None:
    sent = await bot.send_media_group(
        aunt.id, [InputMediaPhoto(picture(), caption="一"), InputMediaPhoto(picture())]
    )
    assert sent[0].media_group_id == sent[1].media_group_id is not None
    assert [len(message.files) for message in aunt.sees()] == [1, 1]
    with pytest.raises(BadRequest, match="2-10 items"):
        await bot.send_media_group(aunt.id, [InputMediaPhoto(picture())])


async def test_a_press_is_answered_in_time_and_briefly(api: BotApi, bot: Bot, aunt: User) -> None:
    await bot.send_message(aunt.id, "请选择", reply_markup=keyboard(1))
    press = await aunt.presses("好")
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(press.id, "字" * 201)
    await bot.answer_callback_query(press.id, "收到", show_alert=True)
    assert await press.answer() == {"text": "收到", "show_alert": True}
    api.world.query_term = -1
    for query in (press.id, "12345"):
        with pytest.raises(
            BadRequest, match="Query is too old and response timeout expired or query id is invalid"
        ):
            await bot.answer_callback_query(query)


async def test_a_button_that_is_not_there_can_not_be_pressed(bot: Bot, aunt: User) -> None:
    await bot.send_message(aunt.id, "请选择", reply_markup=keyboard(1))
    with pytest.raises(AssertionError, match="提交"):
        await aunt.presses("提交")


async def test_whom_a_bot_can_not_write_to(api: BotApi, bot: Bot, aunt: User) -> None:
    stranger = api.user(1002)
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(stranger.id, "您好")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(9999, "您好")
    await aunt.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(aunt.id, "您好")
    await aunt.unblocks()
    await bot.send_message(aunt.id, "您好")
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(aunt.id, "您好", reply_to_message_id=99)


@pytest.mark.parametrize("token, status", [("424242:AAwrong", "Unauthorized"), ("nonsense", "Not Found")])
async def test_the_token_must_be_right(api: BotApi, token: str, status: str) -> None:
    with pytest.raises(InvalidToken, match="rejected") as refused:
        async with client(api, token=token):
            pass
    assert status in str(refused.value.__cause__)


async def test_an_unknown_method_is_not_found(bot: Bot) -> None:
    with pytest.raises(Exception, match="not found"):
        await bot.do_api_request("sendCompliments")


@pytest.mark.parametrize(
    "commands, complaint",
    [
        ([("帮助", "看说明")], "Bot_command_invalid"),
        ([("Help", "看说明")], "Bot_command_invalid"),
        ([("a" * 33, "看说明")], "Bot_command_invalid"),
        ([("help", "字" * 257)], "Bot_command_description_invalid"),
        ([("help", "")], "Bot_command_description_invalid"),
        ([(f"c{n}", "看说明") for n in range(101)], "Bot_commands_too_much"),
    ],
)
async def test_bad_commands_are_refused(bot: Bot, commands: list[tuple[str, str]], complaint: str) -> None:
    with pytest.raises(BadRequest, match=complaint):
        await bot.set_my_commands(commands)


async def test_commands_are_kept_by_language(bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("help", "帮助")], language_code="zh")
    assert [c.description for c in await bot.get_my_commands(language_code="zh")] == ["帮助"]
    assert await bot.get_my_commands() == ()


async def test_a_flood_limit_names_its_seconds(api: BotApi, bot: Bot, aunt: User) -> None:
    other = api.user(1002, started=True)
    api.limits(7, chat=aunt.id)
    await bot.send_message(other.id, "您好")
    with pytest.raises(RetryAfter) as flood:
        await bot.send_message(aunt.id, "您好")
    assert flood.value.retry_after == timedelta(seconds=7)
    await bot.send_message(aunt.id, "您好")
    assert [call.carried_out for call in api.sent_to(aunt.id)] == [False, True]


@pytest.mark.parametrize("payload", ["", "w_春晖", "a" * 65, "a b"])
async def test_no_client_follows_a_bad_start_link(aunt: User, payload: str) -> None:
    if payload:
        with pytest.raises(ValueError, match="start payload"):
            await aunt.starts(payload)
    else:
        assert (await aunt.starts())["text"] == "/start"


async def test_a_lower_keyboard_sends_its_words(bot: Bot, aunt: User) -> None:
    await bot.send_message(aunt.id, "请选择", reply_markup=ReplyKeyboardMarkup([["反映诉求", "帮助"]]))
    assert aunt.sees_keyboard() == [["反映诉求", "帮助"]]
    await aunt.presses("帮助")
    updates = await bot.get_updates()
    assert updates[-1].message is not None
    assert updates[-1].message.text == "帮助"


def _literally(text: str) -> str:
    """The client library changes capitals, so they don't count."""
    return f"(?i){re.escape(text)}"
