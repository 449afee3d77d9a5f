"""The answer in time or pushed after it; brought again it is the same; faults are survived."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot import measure
from bot.channels.wechat.answering import Patience
from bot.channels.wechat.ports import Subscription
from bot.channels.wechat.receiving import receiving
from bot.channels.wechat.speak import TEXT_LIMIT
from domain.messages import Answer, Button, Inbound, Other, Rendered
from handlers.ports import Ambiguous, TryLater, Unreachable
from handlers.queues import Busy
from storage.database import DatabaseAway
from tests.wechat.platform import ACCOUNT, Caller, PaperPlatform, settings_for, xml
from tests.world import World

AUNT = "oAunt"
GO = Button("go:file", "反映诉求")
ANSWER = (Rendered("记下了。", language="zh_CN"), Rendered("还有事吗？", ((GO,),), language="zh_CN"))
SAID = "记下了。\n\n还有事吗？\n\n请回数字：\n1 反映诉求"


class Door:
    """A desk that a test can hold shut, and whose troubles it orders."""

    def __init__(self) -> None:
        self.messages: tuple[Rendered, ...] = ANSWER
        self.arrived: list[Inbound] = []
        self.troubles: list[Exception] = []
        self.opened = asyncio.Event()
        self.opened.set()

    async def handle(self, inbound: Inbound) -> Answer:
        """Answer when the door is open."""
        self.arrived.append(inbound)
        await self.opened.wait()
        if self.troubles:
            raise self.troubles.pop(0)
        return Answer(self.messages)


UNHURRIED = Patience(answer=60.0, burst=0.2, away=60.0, wait=0.01)
"""However busy the machine: what is ready is said in time."""

HASTY = Patience(answer=0.05, burst=0.2, away=0.2, wait=0.01)
"""For what is late, because the door is shut or the database away."""


class Place:
    """Answering with a door and paper."""

    def __init__(self, world: World, patience: Patience = UNHURRIED, **given: str) -> None:
        self.door, self.platform = Door(), PaperPlatform()
        self.reported: list[BaseException] = []
        house = replace(world.house, report=self.report)
        self.receiving = receiving(settings_for(**given), house, self.door, self.platform, patience=patience)
        self.caller = Caller(self.receiving, world.clock)

    def report(self, bug: BaseException) -> str:
        """Note an error where the service would log it."""
        self.reported.append(bug)
        return "K7M2PX4R"

    async def says(self, content: str = "路灯不亮", number: int = 1) -> str:
        """Words of hers; the passive answer."""
        head = {"ToUserName": ACCOUNT, "FromUserName": AUNT, "CreateTime": 1}
        return await self.caller.brings(xml(**head, MsgType="text", Content=content, MsgId=number))

    async def sends(self, number: int) -> str:
        """A picture of hers; the passive answer."""
        head = {"ToUserName": ACCOUNT, "FromUserName": AUNT, "CreateTime": 1}
        return await self.caller.brings(xml(**head, MsgType="image", MediaId=f"M{number}", MsgId=number))

    async def tells(self, name: str, **fields: object) -> int:
        """An event; the status."""
        head = {"ToUserName": ACCOUNT, "FromUserName": AUNT, "CreateTime": 1, "MsgType": "event"}
        query, body = self.caller.safe(xml(**head, Event=name, **fields))
        return (await self.caller.call(query, body)).status_code

    async def pushed(self) -> list[Rendered]:
        """Everything pushed, once nothing is in hand any more."""
        await self.receiving.answering.settled()
        return [message for _, message in self.platform.said.get(AUNT, [])]


@pytest.fixture
async def place(service: World) -> AsyncIterator[Place]:
    """No page's address is set."""
    made = Place(service)
    yield made
    made.door.opened.set()
    await made.receiving.close()


@pytest.fixture
async def hasty(service: World) -> AsyncIterator[Place]:
    """One that waits for nobody."""
    made = Place(service, HASTY)
    yield made
    made.door.opened.set()
    await made.receiving.close()


async def test_the_answer_is_one_message_in_time(place: Place) -> None:
    assert await place.says() == SAID
    assert await place.pushed() == []
    assert place.platform.opened == [(AUNT, "message")]


async def test_brought_again_it_is_dealt_with_once_and_answered_alike(place: Place) -> None:
    place.door.opened.clear()
    three = [asyncio.create_task(place.says()) for _ in range(3)]
    while not place.door.arrived:
        await asyncio.wait(three, timeout=0.001)
    place.door.opened.set()
    assert await asyncio.gather(*three) == [SAID] * 3
    place.door.messages = ()
    assert await place.says() == SAID
    assert len(place.door.arrived) == 1
    assert await place.says("另一件", 2) == ""


async def test_what_takes_too_long_is_pushed_when_it_is_ready(hasty: Place) -> None:
    hasty.door.opened.clear()
    assert await hasty.says() == ""
    assert await hasty.says() == ""
    hasty.door.opened.set()
    (pushed,) = await hasty.pushed()
    assert (pushed.text, pushed.buttons) == ("记下了。\n\n还有事吗？", ((GO,),))
    assert await hasty.says() == "", "it was pushed, and is not said twice"
    assert len(hasty.door.arrived) == 1


async def test_what_becomes_late_while_it_waits_for_more_pictures_is_not_lost(service: World) -> None:
    place = Place(service, Patience(answer=0.01, burst=0.2))
    send = ((Button("~k.1.send", "提交"),),)
    place.door.messages = (Rendered("附件：1个", send, key="file_request.card", language="zh_CN"),)
    assert await place.sends(1) == ""
    (pushed,) = await place.pushed()
    assert (pushed.text, pushed.buttons) == ("附件：1个", send)


COUNTED = Ambiguous("?", counted=True)


@pytest.mark.parametrize(
    "troubles, left, said, told",
    [
        ([TryLater(0.001)], 5, 1, {"push again": 1}),
        ([TryLater(0.001)] * 3, 5, 0, {"push again": 3, "push given up": 1}),
        ([Unreachable("45047")], 5, 0, {"push refused": 1}),
        ([COUNTED], 5, 1, {"push in doubt": 1}),
        ([COUNTED] * 2, 5, 0, {"push in doubt": 2, "push left in doubt": 1}),
        ([COUNTED], 1, 0, {"push in doubt": 1, "push left in doubt": 1}),
    ],
)
async def test_a_push_is_tried_again_and_in_doubt_once_more_while_another_is_left(
    hasty: Place, troubles: list[Exception], left: int, said: int, told: dict[str, int]
) -> None:
    """The last push of a window is kept for what becomes of their request."""
    repeated = measure.registry.get_sample_value("workroom_retries_total", {"to": "push"}) or 0
    hasty.door.opened.clear()
    hasty.platform.troubles, hasty.platform.left_over = list(troubles), left
    assert await hasty.says() == ""
    hasty.door.opened.set()
    assert len(await hasty.pushed()) == said
    assert hasty.reported == [] and hasty.platform.troubles == []
    assert hasty.receiving.answering.counts == {"late": 1, **told}
    again = measure.registry.get_sample_value("workroom_retries_total", {"to": "push"}) or 0
    assert again - repeated == told.get("push in doubt", 0) - told.get("push left in doubt", 0)


async def test_a_long_answer_goes_on_in_pushes_with_the_choices_at_the_end(place: Place) -> None:
    place.door.messages = (Rendered("一句很长的话。" * 200, ((GO,),), language="zh_CN"),)
    first = await place.says()
    assert first.endswith("\n\n后面还有，马上发给您。")
    others = [message.text for message in await place.pushed()]
    assert len(others) == 2 and others[-1].endswith("1 反映诉求")
    whole = first.removesuffix("\n\n后面还有，马上发给您。") + "".join(others)
    assert whole.replace("\n", "").count("一句很长的话。") == 200


@pytest.mark.parametrize("page", ["", "https://workroom.example"])
async def test_with_no_pushes_left_a_long_answer_keeps_its_choices(service: World, page: str) -> None:
    place = Place(service, public_url=page)
    place.platform.left_over = 1
    place.door.messages = (Rendered("一句很长的话。" * 200, ((GO,),), language="zh_CN"),)
    only = await place.says()
    assert only.endswith("1 反映诉求") and len(only.encode()) <= TEXT_LIMIT
    assert "太长了" in only and (not page or page in only)
    assert await place.pushed() == []


async def test_pictures_sent_together_are_answered_with_one_card(place: Place) -> None:
    send = ((Button("~k.1.send", "提交"),),)
    place.door.messages = (Rendered("附件：3个", send, key="file_request.card", language="zh_CN"),)
    together = await asyncio.gather(*(place.sends(number) for number in range(3)))
    card = "附件：3个\n\n请回数字：\n1 提交"
    assert together == ["", "", card]
    assert await place.sends(4) == card, "alone it is answered after a moment"
    place.door.messages = (Rendered("附件：3个", send, key="media.too_big", language="zh_CN"),)
    assert [*await asyncio.gather(place.sends(5), place.sends(6))] == [card] * 2, "each is told"


async def test_files_follow_the_answer(place: Place) -> None:
    place.door.messages = (Rendered("请看照片。", media=(7, 8), language="zh_CN"),)
    assert await place.says() == "请看照片。"
    (files,) = await place.pushed()
    assert (files.text, files.media) == ("", (7, 8))


async def test_a_database_that_comes_back_is_waited_for(place: Place) -> None:
    place.door.troubles = [DatabaseAway(), Busy(), DatabaseAway()]
    assert await place.says() == SAID
    assert len(place.door.arrived) == 4 and place.reported == []


async def test_a_database_that_stays_away_is_told(hasty: Place) -> None:
    hasty.door.troubles = [DatabaseAway() for _ in range(1000)]
    assert await hasty.says() == ""
    (pushed,) = await hasty.pushed()
    assert pushed.text == "我们这里一时收不到消息。请过几分钟再发一次。"


async def test_a_bug_is_reported_and_its_reference_told(place: Place) -> None:
    place.door.troubles = [RuntimeError("oAunt said something")]
    assert "K7M2PX4R" in await place.says()
    assert len(place.reported) == 1


async def test_what_the_platform_does_not_pass_on_was_said_by_nobody(place: Place) -> None:
    await place.says("【收到不支持的消息类型，暂无法显示】")
    assert place.door.arrived[0].what == Other("unknown")


async def test_events_are_told_to_the_platforms_side(place: Place) -> None:
    assert await place.tells("unsubscribe") == 200
    assert await place.tells("TEMPLATESENDJOBFINISH", MsgID=5, Status="success") == 200
    raw = (
        "<E><List><TemplateId>T</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List></E>"
    )
    assert await place.tells("subscribe_msg_popup_event", raw=raw) == 200
    assert await place.tells("VIEW", EventKey="https://a.example") == 200
    assert place.platform.unfollowed == [AUNT]
    assert place.platform.fates == [(AUNT, "5", "success")]
    told = Subscription("popup", "T", "accept", told=place.platform.decided[0][1].told)
    assert place.platform.decided == [(AUNT, told)]
    assert place.receiving.answering.counts == {"view": 1}
    assert place.door.arrived == []


async def test_an_event_that_could_not_be_dealt_with_comes_again(place: Place) -> None:
    place.platform.troubles = [DatabaseAway()]
    assert await place.tells("unsubscribe") == 503
    assert await place.tells("unsubscribe") == 200
    assert place.platform.unfollowed == [AUNT]


async def test_each_thing_opens_its_own_window(place: Place) -> None:
    for name, how in (("subscribe", "follow"), ("SCAN", "scan"), ("CLICK", "click")):
        place.platform.opened.clear()
        await place.tells(name, EventKey="")
        await place.receiving.close()
        assert place.platform.opened == [(AUNT, how)]
