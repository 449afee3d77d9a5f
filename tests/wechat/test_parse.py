"""Every kind of message and event, as the platform sends it, and what becomes of it; and odd ones."""

import os
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.wechat.envelope import read
from bot.channels.wechat.parse import Arrival, Arrived, Decided, Delivered, Gone, Nothing, parse
from bot.channels.wechat.ports import Subscription
from domain.messages import PRESS_LIMIT, File, Inbound, Other, Position, Press, Start, Text, What
from tests.wechat.platform import xml

AUNT = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"
EXAMPLES = int(os.environ.get("WORKROOM_EXAMPLES", "400"))
"""Generated updates in one run; 10,000 in the long form."""


def told(**fields: Any) -> Arrived:
    """What a message or event of hers means."""
    head = {"ToUserName": "gh_1", "FromUserName": AUNT, "CreateTime": 1348831860}
    return parse(read(xml(**{**head, **fields}).encode()))


def event(name: str, **fields: Any) -> Arrived:
    """What an event means."""
    return told(MsgType="event", Event=name, **fields)


@pytest.mark.parametrize(
    "fields, what",
    [
        ({"MsgType": "text", "Content": "路灯不亮"}, Text("路灯不亮")),
        ({"MsgType": "text", "Content": "1"}, Text("1")),
        ({"MsgType": "text", "Content": "提交", "bizmsgmenuid": "~k.3.send"}, Press("~k.3.send")),
        ({"MsgType": "text", "Content": "提交", "bizmsgmenuid": "x" * (PRESS_LIMIT + 1)}, Text("提交")),
        ({"MsgType": "text", "Content": "提交", "bizmsgmenuid": ""}, Text("提交")),
        ({"MsgType": "text", "Content": ""}, Other("unknown")),
        ({"MsgType": "text"}, Other("unknown")),
        ({"MsgType": "image", "MediaId": "M1", "PicUrl": "http://x"}, File("photo", "M1", "image/jpeg")),
        ({"MsgType": "image"}, Other("unknown")),
        ({"MsgType": "voice", "MediaId": "M1", "Format": "amr"}, File("voice", "M1", "audio/amr")),
        ({"MsgType": "video", "MediaId": "M1", "ThumbMediaId": "T"}, File("video", "M1", "video/mp4")),
        ({"MsgType": "shortvideo", "MediaId": "M1"}, File("video", "M1", "video/mp4")),
        (
            {
                "MsgType": "location",
                "Location_X": "39.908734",
                "Location_Y": "116.397324",
                "Label": " 门 ",
            },
            Position(39.907333, 116.391083, None, "门", untold=True),
        ),
        (
            {"MsgType": "location", "Location_X": "48.2", "Location_Y": "16.4"},
            Position(48.2, 16.4, untold=True),
        ),
        ({"MsgType": "location", "Location_X": "91", "Location_Y": "16.4"}, Other("unknown")),
        ({"MsgType": "location", "Location_X": "nan", "Location_Y": "inf"}, Other("unknown")),
        ({"MsgType": "location", "Location_X": "北"}, Other("unknown")),
        (
            {"MsgType": "link", "Title": "停水通知", "Description": " ", "Url": "https://a.example/1"},
            Text("停水通知\nhttps://a.example/1"),
        ),
        ({"MsgType": "link"}, Other("unknown")),
        ({"MsgType": "music", "MediaId": "M1"}, Other("unknown")),
        ({"MsgType": "made_up"}, Other("unknown")),
    ],
)
def test_a_message_holds(fields: dict[str, str], what: What) -> None:
    found = told(MsgId=1234567890123456, **fields)
    assert isinstance(found, Arrival)
    assert found.inbound == Inbound("wechat", AUNT, AUNT, "m1234567890123456", what)
    assert (found.account, found.how) == ("gh_1", "tap" if isinstance(what, Press) else "message")


@pytest.mark.parametrize(
    "name, key, what, how",
    [
        ("subscribe", "qrscene_w_LJ01", Start("w_LJ01"), "follow"),
        ("subscribe", "", Start(""), "follow"),
        ("subscribe", "last_trade_no_400", Start(""), "follow"),
        ("SCAN", "w_LJ01", Start("w_LJ01"), "scan"),
        ("SCAN", "i_" + "A" * 90, Start("i_" + "A" * 62), "scan"),
        ("CLICK", "/mine", Text("/mine"), "click"),
        ("CLICK", "go:representatives", Press("go:representatives"), "click"),
        ("CLICK", "do:7K3F-29:accept", Start(""), "click"),
        ("CLICK", "", Start(""), "click"),
    ],
)
def test_an_event_that_says_something(name: str, key: str, what: What, how: str) -> None:
    found = event(name, EventKey=key)
    assert isinstance(found, Arrival)
    assert (found.inbound.what, found.how) == (what, how)


def test_an_event_is_known_by_its_moment_and_what_it_is() -> None:
    """CHANNELS §3: FromUserName and CreateTime; two taps within a second are two."""
    ids = set()
    for name, key, at in (
        ("CLICK", "/mine", 1),
        ("CLICK", "/file", 1),
        ("CLICK", "/mine", 2),
        ("SCAN", "/mine", 1),
    ):
        found = event(name, EventKey=key, CreateTime=at)
        again = event(name, EventKey=key, CreateTime=at, Ticket="other")
        assert isinstance(found, Arrival) and isinstance(again, Arrival)
        assert found.inbound.delivery == again.inbound.delivery
        ids.add(found.inbound.id)
    assert len(ids) == 4


POPUP = (
    "<SubscribeMsgPopupEvent><List><TemplateId>T1</TemplateId><SubscribeStatusString>accept"
    "</SubscribeStatusString><PopupScene>2</PopupScene></List><List><TemplateId>T2</TemplateId>"
    "<SubscribeStatusString>reject</SubscribeStatusString><PopupScene>2</PopupScene></List>"
    "</SubscribeMsgPopupEvent>"
)
CHANGE = (
    "<SubscribeMsgChangeEvent><List><TemplateId>T1</TemplateId><SubscribeStatusString>reject"
    "</SubscribeStatusString></List></SubscribeMsgChangeEvent>"
)
SENT = (
    "<SubscribeMsgSentEvent><List><TemplateId>T1</TemplateId><MsgID>170056</MsgID><ErrorCode>0</ErrorCode>"
    "<ErrorStatus>success</ErrorStatus></List></SubscribeMsgSentEvent>"
)


@pytest.mark.parametrize(
    "found, becomes",
    [
        (event("unsubscribe", EventKey=""), Gone(AUNT)),
        (
            event("subscribe_msg_popup_event", raw=POPUP),
            Decided(
                AUNT,
                (
                    Subscription("popup", "T1", "accept", "", "2"),
                    Subscription("popup", "T2", "reject", "", "2"),
                ),
            ),
        ),
        (
            event("subscribe_msg_change_event", raw=CHANGE),
            Decided(AUNT, (Subscription("change", "T1", "reject"),)),
        ),
        (
            event("subscribe_msg_sent_event", raw=SENT),
            Decided(AUNT, (Subscription("sent", "T1", "success", "170056"),)),
        ),
        (event("subscribe_msg_popup_event"), Nothing("subscribe_msg_popup_event")),
        (
            event("TEMPLATESENDJOBFINISH", MsgID=200163836, Status="failed:user block"),
            Delivered(AUNT, "200163836", "failed:user block"),
        ),
        (event("VIEW", EventKey="https://a.example"), Nothing("view")),
        (event("LOCATION", Latitude="23.1", Longitude="113.3", Precision="119.3"), Nothing("location")),
        (event("pic_weixin", raw="<SendPicsInfo><Count>1</Count></SendPicsInfo>"), Nothing("pic_weixin")),
        (event("made_up_" + "x" * 500), Nothing("event")),
        (told(MsgType=""), Nothing("from nobody")),
        (told(MsgType="text", FromUserName="", Content="x"), Nothing("from nobody")),
        (told(MsgType="text", FromUserName="../../x", Content="x"), Nothing("from nobody")),
        (told(MsgType="text", FromUserName="o" * 65, Content="x"), Nothing("from nobody")),
    ],
)
def test_what_nobody_said(found: Arrived, becomes: Arrived) -> None:
    if isinstance(found, Decided):
        assert len({one.told for one in found.told}) == 1 and found.told[0].told
        found = Decided(found.openid, tuple(replace(one, told="") for one in found.told))
    assert found == becomes


NAMES = (
    "ToUserName FromUserName CreateTime MsgType Event EventKey MsgId MsgID Content MediaId Format Location_X "
    "Location_Y Label Title Url bizmsgmenuid Status TemplateId SubscribeStatusString MadeUp"
)
KINDS = (
    "text image voice video shortvideo location link music event subscribe unsubscribe SCAN CLICK VIEW "
    "LOCATION TEMPLATESENDJOBFINISH subscribe_msg_popup_event subscribe_msg_change_event made_up"
)
SOUND = ["o1", "1", "-1", "1e999", "39.9", "qrscene_", "qrscene_w_x", "/mine", "go:x", "", " "]
VALUES = st.sampled_from(SOUND + KINDS.split()) | st.text(max_size=30)
UPDATES = st.fixed_dictionaries(
    {"FromUserName": st.just("o1") | VALUES, "MsgType": st.sampled_from(KINDS.split()) | VALUES},
    optional={name: VALUES for name in NAMES.split() if name not in ("FromUserName", "MsgType")},
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(fields=UPDATES, raw=st.sampled_from(["", POPUP, CHANGE, SENT, "<L><List/></L>"]))
def test_no_update_raises_an_error(fields: dict[str, str], raw: str) -> None:
    found = parse(read(xml(**fields, raw=raw).encode("utf-8", "surrogatepass")))
    assert isinstance(found, Arrival | Gone | Decided | Delivered | Nothing)
    if isinstance(found, Arrival):
        assert 0 < len(found.inbound.id) <= 64 and found.inbound.chat == found.inbound.user
        assert isinstance(found.inbound.what, Text | Press | Start | File | Position | Other)
