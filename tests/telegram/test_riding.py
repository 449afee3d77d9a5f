"""An answer may ride on the webhook's response where nobody needs its result; what people rely on may not."""

import asyncio

import orjson
import pytest

from bot.channels.telegram.answering import Door
from bot.channels.telegram.bursts import AT_ONCE, Bursts
from domain.messages import Answer, Inbound
from tests.stubs.bot_api_people import User
from tests.telegram.live import Live


def spoken(service: Live, who: User, since: int = 0) -> list[tuple[str, bool]]:
    """Method and whether it rode, of what was said to somebody."""
    return [(call.method, call.rode) for call in service.api.sent_to(who.id)[since:]]


async def test_questions_ride_but_a_card_and_a_receipt_are_sent(hooked: Live) -> None:
    aunt = await hooked.resident()
    before = len(hooked.api.sent_to(aunt.id))
    await aunt.presses("反映诉求")
    await aunt.waits_for(lambda message: "照片" in message.text)
    await hooked.quiet()
    await aunt.says("路灯不亮")
    await aunt.waits_for(lambda message: "提交" in message.labels)
    await hooked.quiet()
    await aunt.presses("提交")
    await aunt.waits_for(lambda message: "看详情" in message.labels)
    await hooked.quiet()
    assert spoken(hooked, aunt, before) == [
        ("sendMessage", True),
        ("sendMessage", False),
        ("sendMessage", False),
    ]


async def test_a_change_in_place_rides(hooked: Live) -> None:
    liaison = await hooked.staff(2001, "联络员")
    aunt = await hooked.resident()
    await aunt.says("路灯不亮")
    await aunt.waits_for(lambda message: "提交" in message.labels)
    await hooked.quiet()
    await aunt.presses("提交")
    await hooked.quiet()
    await hooked.world.deliver()
    before = len(hooked.api.sent_to(liaison.id))
    notice = await liaison.waits_for(lambda message: "受理" in message.labels, earlier=True)
    await liaison.presses("受理", on=notice)
    await hooked.quiet()
    changed = hooked.api.sent_to(liaison.id)[before]
    assert (changed.method, changed.rode, changed.params["message_id"]) == (
        "editMessageText",
        True,
        notice.number,
    )
    assert changed.error is None


async def test_an_answer_whose_response_was_lost_is_given_again(hooked: Live) -> None:
    aunt = await hooked.resident()
    await aunt.presses("反映诉求")
    update = hooked.api.updates.pending[-1].json
    await aunt.waits_for(lambda message: "照片" in message.text)
    await hooked.quiet()
    before, handled = len(hooked.api.sent_to(aunt.id)), len(hooked.desk.arrived)
    first, second = [await hooked.telegram.handle_update(update) for _ in range(2)]
    assert first is not None and first == second, "the desk knows what it had answered"
    assert "照片" in first.params["text"]
    assert [answer.again for answer in hooked.desk.answers[handled:]] == [True, True]
    assert len(hooked.api.sent_to(aunt.id)) == before


class Waiting:
    """A desk before which everything waits until the test lets it through."""

    def __init__(self, door: Door) -> None:
        self.goes, self.stands, self._door = asyncio.Event(), asyncio.Event(), door

    async def handle(self, inbound: Inbound) -> Answer:
        """Later."""
        self.stands.set()
        await self.goes.wait()
        return await self._door.handle(inbound)

    async def said(self, inbound: Inbound) -> None:
        """As the desk."""

    async def was_said(self, inbound: Inbound) -> bool:
        """As the desk."""
        return False


async def test_brought_again_while_it_is_dealt_with_it_is_sent_once(hooked: Live) -> None:
    """On which response Telegram, or a proxy, still waits nobody knows."""
    aunt = await hooked.resident()
    before, desk = len(hooked.api.sent_to(aunt.id)), Waiting(hooked.telegram.answering._desk)
    hooked.telegram.answering._desk = desk
    await aunt.presses("反映诉求")
    await desk.stands.wait()
    update = hooked.api.updates.pending[-1].json
    second, third = (asyncio.create_task(hooked.telegram.handle_update(update)) for _ in range(2))
    await asyncio.sleep(0)
    desk.goes.set()
    assert (await second, await third) == (None, None)
    await hooked.quiet()
    assert spoken(hooked, aunt, before) == [("sendMessage", False)]
    assert hooked.telegram.answering.again == {}


async def test_half_an_answer_rides_on_and_only_that_half_comes_again(hooked: Live) -> None:
    aunt = hooked.api.user(1001)
    await aunt.starts("w_LJ01")
    await aunt.waits_for(lambda message: "同意" in message.labels)
    await hooked.quiet()
    await aunt.presses("同意")
    await aunt.waits_for(lambda message: "同意经境外传输" in message.labels)
    await hooked.quiet()
    await aunt.presses("同意经境外传输")
    update = hooked.api.updates.pending[-1].json
    await aunt.waits_for(lambda message: "反映诉求" in message.labels)
    await hooked.quiet()
    before, handled = len(hooked.api.sent_to(aunt.id)), len(hooked.desk.arrived)
    again = await hooked.telegram.handle_update(update)
    assert again is not None and "反映诉求" in orjson.dumps(again.params).decode()
    assert (len(hooked.api.sent_to(aunt.id)), len(hooked.desk.arrived)) == (before, handled)


async def test_who_taps_very_fast_is_answered_by_calls(hooked: Live) -> None:
    aunt = await hooked.resident()
    hooked.telegram.answering._bursts = Bursts(lambda: 100.0)
    before = len(hooked.api.sent_to(aunt.id))
    for _ in range(AT_ONCE + 4):
        await aunt.says("/start")
        await aunt.waits_for(lambda message: "反映诉求" in message.labels)
    await hooked.quiet()
    assert spoken(hooked, aunt, before) == [("sendMessage", n < AT_ONCE) for n in range(AT_ONCE + 4)]


@pytest.mark.parametrize("pause, found", [(0.0, [True] * AT_ONCE + [False, False]), (1.0, [True] * 10)])
def test_a_chat_has_room_for_a_burst_and_then_for_one_a_second(pause: float, found: list[bool]) -> None:
    at = [100.0]
    bursts, rooms = Bursts(lambda: at[0]), []
    for _ in range(AT_ONCE + 2):
        rooms.append(bursts.room("1"))
        at[0] += pause
    assert rooms == found
    assert bursts.room("2")
