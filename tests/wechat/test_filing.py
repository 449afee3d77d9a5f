"""Requests filed in WeChat with everything it can send, through the real desk."""

import asyncio
from collections import defaultdict
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from bot.channels.wechat.receiving import receiving
from domain import mars
from storage.tables import cases, media
from tests.media import samples
from tests.wechat.platform import ACCOUNT, PaperPlatform, settings_for, xml
from tests.wechat.talking import UNSUPPORTED, WeChatChat
from tests.wechat.test_parse import EXAMPLES, UPDATES

AUNT = "oAunt"
PLACE = (30.25, 119.95)


class Aunt:
    """A resident in front of her phone: writes raw messages, reads the texts that come back."""

    def __init__(self, chat: WeChatChat) -> None:
        self.chat, self.sent = chat, 0

    async def sends(self, kind: str = "text", **fields: Any) -> str:
        """A message; the text of the answer."""
        self.sent += 1
        head = {"ToUserName": ACCOUNT, "FromUserName": AUNT, "CreateTime": self.chat.caller.now}
        return await self.chat.caller.brings(xml(**head, MsgType=kind, MsgId=self.sent, **fields))

    async def says(self, words: str) -> str:
        """Words."""
        return await self.sends(Content=words)

    async def sends_file(self, kind: str, data: bytes) -> str:
        """A picture, a voice …"""
        self.chat.world.channels["wechat"].files[f"M{self.sent}"] = data
        return await self.sends(kind, MediaId=f"M{self.sent}", Format="amr", ThumbMediaId="T")

    async def happens(self, event: str, **fields: Any) -> str:
        """An event."""
        self.chat.world.clock.on(seconds=1)
        head = {"ToUserName": ACCOUNT, "FromUserName": AUNT, "CreateTime": self.chat.caller.now}
        return await self.chat.caller.brings(xml(**head, MsgType="event", Event=event, **fields))

    async def row(self, table: sa.Table) -> Any:
        """The row kept last."""
        async with self.chat.world.unit() as uow:
            return (await uow.connection.execute(sa.select(table).order_by(table.c.id.desc()))).first()


@pytest.fixture
async def aunt(chat: WeChatChat) -> Aunt:
    """She follows by the workroom's code and has agreed."""
    made = Aunt(chat)
    assert "1 同意" in await made.happens("subscribe", EventKey="qrscene_w_LJ01", Ticket="gQ")
    assert "临江街道党代表工作室" in await made.says("１")
    return made


async def test_filing_takes_two_messages_beyond_the_words(aunt: Aunt) -> None:
    card = await aunt.says("3号楼室外楼梯一下雨就打滑")
    assert card.endswith("也可以回：重来、取消") and "\n1 提交\n" in card
    receipt = await aunt.says("1")
    assert "撤销" in receipt
    assert (await aunt.row(cases)).words == "3号楼室外楼梯一下雨就打滑"


@pytest.mark.parametrize("way", ["1", "１", "1.", "提交", "提 交", "发送"])
async def test_number_label_and_keyword_choose(aunt: Aunt, way: str) -> None:
    await aunt.says("路灯不亮")
    await aunt.says(way)
    assert (await aunt.row(cases)).words == "路灯不亮"


async def test_a_tap_on_a_menu_chooses_and_a_forged_one_is_not_found(aunt: Aunt) -> None:
    await aunt.says("路灯不亮")
    for forged in ("~x.1.send", "do:7K3F-29:accept", "agree:basic:", "::::", "字" * 21):
        assert await aunt.sends(Content="提交吧", bizmsgmenuid=forged)
        assert await aunt.row(cases) is None


async def test_a_photo_begins_a_request_and_a_voice_is_kept_playable(aunt: Aunt) -> None:
    assert "1个附件" in await aunt.sends_file("image", samples.photo())
    assert (await aunt.row(media)).mime == "image/jpeg"
    assert "附件：2个" in await aunt.sends_file("voice", samples.voice("amr"))
    assert (await aunt.row(media)).mime == "audio/mpeg"


async def test_a_position_is_kept_where_she_stood(aunt: Aunt) -> None:
    north, east = mars.shift(*PLACE)
    await aunt.says("路灯不亮")
    asked = await aunt.sends("location", Location_X=f"{north:.6f}", Location_Y=f"{east:.6f}", Label="桥头")
    assert "\n1 同意保存位置" in asked
    assert "桥头" in await aunt.says("1")
    await aunt.says("提交")
    row = await aunt.row(cases)
    assert (row.latitude, row.longitude) == pytest.approx(PLACE, abs=1e-5)


async def test_an_article_passed_on_is_words(aunt: Aunt) -> None:
    card = await aunt.sends("link", Title="停水通知", Description="明天停水", Url="https://a.example/1")
    assert "停水通知" in card and "https://a.example/1" in card


@pytest.mark.parametrize(
    "kind, fields",
    [
        ("text", {"Content": UNSUPPORTED}),
        ("music", {}),
        ("file", {"MediaId": "M"}),
        ("image", {}),
        ("text", {}),
    ],
)
async def test_what_can_not_be_used_gets_an_answer(aunt: Aunt, kind: str, fields: dict[str, str]) -> None:
    assert "看不了" in await aunt.sends(kind, **fields)
    assert await aunt.row(cases) is None


async def test_the_account_menu_says_commands_and_keeps_what_was_begun(aunt: Aunt) -> None:
    await aunt.says("路灯不亮")
    assert "已经存好" in await aunt.happens("CLICK", EventKey="/mine")
    assert "周文斌" in await aunt.happens("CLICK", EventKey="go:representatives")
    assert "首页" not in await aunt.happens("CLICK", EventKey="unheard of")


async def test_what_only_tells_of_something_is_not_answered(aunt: Aunt) -> None:
    for event in ("VIEW", "LOCATION", "made_up"):
        assert (
            await aunt.happens(event, Latitude="30.1", Longitude="119.1", EventKey="https://a.example") == ""
        )


@pytest.mark.parametrize(
    "words", ["]]><MsgType>x</MsgType>", "<a href='https://evil.example'>领钱</a>", "&lt;{{7*7}}", "\u202e倒"]
)
async def test_markup_stays_words_all_the_way(aunt: Aunt, words: str) -> None:
    """Read by a parser and a library of others on the way back (tests/wechat/platform.py)."""
    card = await aunt.says(f"路灯不亮 {words}")
    assert "路灯不亮" in card and "49" not in card and "<a" not in card
    assert "MsgType" not in words or words.replace("<", "＜") in card


async def test_ten_thousand_characters_lose_nothing(aunt: Aunt) -> None:
    assert await aunt.says("长" * 10_000)
    await aunt.chat.caller.receiving.answering.settled()


async def test_a_second_delivery_files_nothing_twice(aunt: Aunt) -> None:
    await aunt.says("路灯不亮")
    aunt.sent += 1
    head = {"ToUserName": ACCOUNT, "FromUserName": AUNT, "CreateTime": aunt.chat.caller.now}
    press = xml(**head, MsgType="text", Content="提交", MsgId=aunt.sent)
    answers = await asyncio.gather(*(aunt.chat.caller.brings(press) for _ in range(5)))
    assert len(set(answers)) == 1 and "撤销" in answers[0]
    async with aunt.chat.world.unit() as uow:
        found = await uow.connection.execute(sa.select(sa.func.count()).select_from(cases))
        assert found.scalar_one() == 1


async def test_after_a_restart_the_same_delivery_gets_the_same_answer(aunt: Aunt) -> None:
    """Killed between the commit and the answer: the platform brings it to a process that knows nothing."""
    await aunt.says("路灯不亮")
    chat, head = aunt.chat, {"ToUserName": ACCOUNT, "FromUserName": AUNT, "CreateTime": 1}
    press = xml(**head, MsgType="text", Content="提交", MsgId=77)
    first = await chat.caller.brings(press)
    house, platform = chat.world.house, chat.world.channels["wechat"]
    assert isinstance(platform, PaperPlatform)
    chat.caller.receiving = receiving(settings_for(), house, chat.world.desk, platform)
    assert await chat.caller.brings(press) == first and "撤销" in first
    async with chat.world.unit() as uow:
        found = await uow.connection.execute(sa.select(sa.func.count()).select_from(cases))
        assert found.scalar_one() == 1


@settings(max_examples=EXAMPLES // 6, deadline=None, suppress_health_check=list(HealthCheck))
@given(fields=UPDATES)
async def test_no_update_ends_in_an_error(aunt: Aunt, fields: dict[str, str]) -> None:
    """Through the address and the desk; `report` of the tests raises what would be logged."""
    aunt.chat.world.channels["wechat"].files = defaultdict(samples.photo)
    await aunt.chat.caller.brings(xml(**{**fields, "FromUserName": AUNT, "ToUserName": ACCOUNT}))
