"""Every kind of update, as Telegram sends it, and what becomes of it; and updates nobody would send."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.telegram.parse import Arrival, Elsewhere, Gone, Nothing, Ourselves, parse
from domain.messages import Contact, File, Inbound, Other, Position, Press, Start, Text, What

US = Ourselves("424242", "workroom_bot")
AUNT = {"id": 1001, "is_bot": False, "first_name": "王阿姨", "language_code": "zh-hans"}
PRIVATE = {"id": 1001, "type": "private", "first_name": "王阿姨"}
GROUP = {"id": -1001000000001, "type": "supergroup", "title": "小区群"}
BOT = {"id": 424242, "is_bot": True, "first_name": "工作室", "username": "workroom_bot"}
EXAMPLES = int(os.environ.get("WORKROOM_EXAMPLES", "400"))
"""Generated updates in one run; 10,000 in the long form."""


def message(**fields: Any) -> dict[str, Any]:
    """A message of a resident's own chat."""
    return {"message_id": 7, "from": AUNT, "chat": PRIVATE, "date": 1_790_000_000, **fields}


def file(**fields: Any) -> dict[str, Any]:
    """A file as Telegram describes one."""
    return {"file_id": "F1", "file_unique_id": "U1", "file_size": 1000, **fields}


def arrived(**fields: Any) -> Inbound:
    """What the desk gets for a message."""
    found = parse({"update_id": 5, "message": message(**fields)}, US)
    assert isinstance(found, Arrival)
    return found.inbound


SIZES = [file(file_id=name, width=w, height=w, file_size=size) for name, w, size in (
    ("small", 90, 900), ("large", 1280, 90_000), ("huge", 9000, 21 * 1024 * 1024), ("middle", 320, 9000),
)]  # fmt: skip
SPOT = {"latitude": 30.25, "longitude": 119.95}


@pytest.mark.parametrize(
    "fields, what",
    [
        ({"text": "路灯不亮"}, Text("路灯不亮")),
        ({"text": "/start"}, Start("")),
        ({"text": "/start w_LJ01"}, Start("w_LJ01")),
        ({"text": "/start@workroom_bot w_LJ01 "}, Start("w_LJ01")),
        ({"text": "/start " + "a" * 99}, Start("a" * 64)),
        ({"text": "/file@workroom_bot 路灯"}, Text("/file 路灯")),
        ({"text": "a@workroom_bot"}, Text("a@workroom_bot")),
        ({"photo": SIZES, "caption": "看"}, File("photo", "large", "image/jpeg", 90_000, "看")),
        ({"photo": SIZES, "media_group_id": "G"}, File("photo", "large", "image/jpeg", 90_000, "", "G")),
        ({"photo": []}, Other("photo")),
        ({"voice": file(duration=3)}, File("voice", "F1", "audio/ogg", 1000)),
        ({"audio": file(mime_type="audio/mpeg")}, File("voice", "F1", "audio/mpeg", 1000)),
        ({"video": file(mime_type="video/mp4")}, File("video", "F1", "video/mp4", 1000)),
        ({"video_note": file(length=240)}, File("video", "F1", "video/mp4", 1000)),
        ({"animation": file(), "document": file(file_id="D")}, File("video", "F1", "video/mp4", 1000)),
        ({"document": file(mime_type="image/png")}, File("document", "F1", "image/png", 1000)),
        ({"document": {}}, Other("document")),
        ({"location": SPOT}, Position(30.25, 119.95)),
        (
            {"location": {**SPOT, "horizontal_accuracy": 20, "live_period": 900}},
            Position(30.25, 119.95, 20.0),
        ),
        ({"location": {"latitude": 91, "longitude": 0}}, Other("location")),
        (
            {"location": SPOT, "venue": {"location": SPOT, "title": "菜场", "address": "临江路1号"}},
            Position(30.25, 119.95, None, "菜场 临江路1号"),
        ),
        ({"contact": {"phone_number": "13800000000", "first_name": "王"}}, Contact("13800000000")),
        ({"contact": {}}, Other("contact")),
        ({"sticker": file(emoji="👍")}, Other("sticker")),
        ({"dice": {"emoji": "🎲", "value": 3}}, Other("dice")),
        ({"poll": {"id": "1", "question": "?"}}, Other("poll")),
        ({"game": {}}, Other("game")),
        ({"story": {"id": 1}}, Other("story")),
        ({}, Other("unknown")),
        ({"text": ""}, Other("unknown")),
    ],
)
def test_a_message_holds(fields: dict[str, Any], what: What) -> None:
    assert arrived(**fields) == Inbound("telegram", "1001", "1001", "u5", what, spoken="zh-hans")


def test_a_forwarded_message_is_taken_as_theirs() -> None:
    assert arrived(text="井盖", forward_origin={"type": "hidden_user"}).forwarded
    assert arrived(photo=SIZES, forward_date=1).forwarded


def test_a_reply_quotes_what_it_answers() -> None:
    assert arrived(text="是的", reply_to_message=message(text="编号 7K3F-29")).quoted == "编号 7K3F-29"
    assert arrived(text="是的", reply_to_message=message(photo=SIZES, caption="图")).quoted == "图"


@pytest.mark.parametrize(
    "fields, words",
    [({"text": "改了"}, "改了"), ({"photo": SIZES, "caption": "改了"}, "改了"), ({"location": SPOT}, None)],
)
def test_an_edit_corrects_words_only(fields: dict[str, Any], words: str | None) -> None:
    found = parse({"update_id": 5, "edited_message": message(**fields, edit_date=1)}, US)
    if words is None:
        assert found == Nothing("edited")
    else:
        assert isinstance(found, Arrival)
        assert (found.inbound.what, found.inbound.edited) == (Text(words), True)


def press(**fields: Any) -> dict[str, Any]:
    """A press on a button under the bot's message."""
    shown = {"message_id": 8, "from": BOT, "chat": PRIVATE, "date": 1, "text": "请选择"}
    query = {"id": "44", "from": AUNT, "chat_instance": "1", "data": "go:file", "message": shown, **fields}
    return {"update_id": 5, "callback_query": query}


def test_a_press_names_the_query_and_the_message() -> None:
    told = Inbound("telegram", "1001", "1001", "c44", Press("go:file"), spoken="zh-hans")
    assert parse(press(), US) == Arrival(told, "44", "8")
    under_picture = {"message_id": 8, "chat": PRIVATE, "date": 1, "photo": SIZES}
    assert parse(press(message=under_picture), US) == Arrival(told, "44", "8c")
    too_old = {"message_id": 8, "chat": PRIVATE, "date": 0}
    assert parse(press(message=too_old), US) == Arrival(told, "44", "")


def test_a_press_without_data_is_still_acknowledged() -> None:
    assert parse(press(data=None, game_short_name="x"), US) == Nothing("press without data", "44")
    in_group = {"message_id": 8, "chat": GROUP, "date": 1, "text": "?"}
    assert parse(press(message=in_group), US) == Elsewhere(str(GROUP["id"]), "zh-hans", "44")


@pytest.mark.parametrize(
    "fields, meant",
    [
        ({"text": "/start"}, True),
        ({"text": "/help@Workroom_Bot"}, True),
        ({"text": "/help@other_bot"}, False),
        ({"text": "请 @workroom_bot 看看"}, True),
        ({"photo": SIZES, "caption": "@workroom_bot"}, True),
        ({"text": "你好", "reply_to_message": {"from": BOT}}, True),
        ({"text": "大家好"}, False),
        ({"new_chat_members": [BOT]}, False),
        ({"photo": SIZES}, False),
    ],
)
def test_in_a_group_only_what_is_meant_for_the_bot_counts(fields: dict[str, Any], meant: bool) -> None:
    found = parse({"update_id": 5, "message": message(chat=GROUP, **fields)}, US)
    assert found == (Elsewhere(str(GROUP["id"]), "zh-hans") if meant else Nothing("group"))


@pytest.mark.parametrize(
    "chat, before, now, becomes",
    [
        (PRIVATE, "member", "kicked", Gone("1001")),
        (PRIVATE, "kicked", "member", Nothing("membership")),
        (GROUP, "left", "member", Elsewhere(str(GROUP["id"]), "zh-hans")),
        (GROUP, "member", "kicked", Nothing("membership")),
        ({"id": -5, "type": "channel"}, "left", "administrator", Nothing("membership")),
    ],
)
def test_the_bot_is_let_in_and_thrown_out(
    chat: dict[str, Any], before: str, now: str, becomes: object
) -> None:
    change = {"chat": chat, "from": AUNT, "date": 1}
    change |= {"old_chat_member": {"user": BOT, "status": before}, "new_chat_member": {"status": now}}
    assert parse({"update_id": 5, "my_chat_member": change}, US) == becomes


@pytest.mark.parametrize(
    "update, kind",
    [
        ({"update_id": 5}, "empty"),
        ({"update_id": 5, "inline_query": {"id": "1"}}, "inline_query"),
        ({"update_id": 5, "channel_post": message(text="x")}, "channel_post"),
        ({"update_id": 5, "made_up": 1}, "made_up"),
        ({"update_id": 5, "message": "no object"}, "from nobody"),
        ({"update_id": 5, "message": message(text="x", **{"from": BOT})}, "from nobody"),
        ({"update_id": 5, "message": message(pinned_message={})}, "event"),
    ],
)
def test_what_is_not_for_us_is_only_counted(update: dict[str, Any], kind: str) -> None:
    assert parse(update, US) == Nothing(kind)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
CONTENTS = (
    "text caption photo voice audio video video_note animation document location venue contact sticker poll "
    "reply_to_message forward_origin media_group_id pinned_message made_up"
)
FACES = st.sampled_from([AUNT, BOT, PRIVATE, GROUP, {"id": "x"}, {}]) | ODD
PARTS = st.sampled_from([SIZES, file(), SPOT, "/start w_x", "/a@b", "话", [{}], [file(width="x")]]) | ODD


def objects(names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these fields, each sound or odd."""
    return st.dictionaries(st.sampled_from(names.split()), PARTS, max_size=4)


MESSAGES = st.builds(
    lambda fields, sender, chat: {"message_id": 7, "date": 1, **fields, "from": sender, "chat": chat},
    objects(CONTENTS), FACES | st.just(AUNT), FACES | st.just(PRIVATE),
)  # fmt: skip
QUERIES = st.builds(
    lambda fields, sender, shown: {"id": "1", **fields, "from": sender, "message": shown},
    objects("id data game_short_name inline_message_id"), FACES | st.just(AUNT), MESSAGES | ODD,
)  # fmt: skip
KINDS = st.sampled_from(
    ["message", "edited_message", "callback_query", "my_chat_member", "channel_post", "inline_query", "odd"]
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=KINDS, content=MESSAGES | QUERIES | ODD, number=st.integers() | ODD)
def test_no_update_raises_an_error(kind: str, content: Any, number: Any) -> None:
    found = parse({"update_id": number, kind: content}, US)
    assert isinstance(found, Arrival | Elsewhere | Gone | Nothing)
    if isinstance(found, Arrival):
        told = found.inbound
        assert told.chat.lstrip("-").isdecimal() and told.user.lstrip("-").isdecimal()
        assert all(type(words) is str for words in (told.quoted, told.spoken, told.id))
