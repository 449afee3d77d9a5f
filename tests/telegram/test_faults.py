"""Telegram stumbles, the database is away, the service is busy: nothing vanishes, nothing is said twice."""

import asyncio

import pytest
import sqlalchemy as sa

from bot.doubts import SAID
from bot.measure import registry
from domain.messages import Rendered
from handlers.ports import Unreachable
from handlers.queues import Busy
from storage.database import DatabaseAway
from storage.tables import cases
from tests.stubs.bot_api_people import User
from tests.telegram.live import SECRET, Live


def doubtful() -> float:
    """How many answers are in doubt so far, as /metrics shows it."""
    return registry.get_sample_value("workroom_telegram_answers_total", {"outcome": "ambiguous"}) or 0.0


def words(who: User) -> list[str]:
    """What somebody sees of the bot."""
    return [message.text for message in who.sees()]


async def test_a_flood_limit_is_waited_out(service: Live) -> None:
    aunt = await service.resident()
    before = len(aunt.sees())
    service.api.limits(30, "sendMessage", chat=aunt.id)
    await aunt.says("路灯不亮")
    await aunt.waits_for(lambda message: "提交" in message.labels)
    await service.quiet()
    assert len(aunt.sees()) == before + 1
    assert len(service.desk.arrived) - len({i.id for i in service.desk.arrived}) == 0


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_an_answer_is_tried_until_the_server_recovers(service: Live, status: int) -> None:
    aunt = await service.resident()
    before = len(aunt.sees())
    service.api.fails(status, "sendMessage", chat=aunt.id, times=3)
    await aunt.says("路灯不亮")
    await aunt.waits_for(lambda message: "提交" in message.labels)
    await service.quiet()
    assert len(aunt.sees()) == before + 1


async def test_half_an_answer_is_completed(service: Live) -> None:
    """Of two messages the second meets a fault: the first is not said again."""
    aunt = service.api.user(1001)
    await aunt.starts("w_LJ01")
    await aunt.waits_for(lambda message: "同意" in message.labels)
    await aunt.presses("同意")
    await aunt.waits_for(lambda message: "同意经境外传输" in message.labels)
    await service.quiet()
    service.api.fails(502, "sendMessage", chat=aunt.id, times=2)
    await aunt.presses("同意经境外传输")
    await aunt.waits_for(lambda message: "反映诉求" in message.labels)
    await service.quiet()
    assert len(words(aunt)) == len(set(words(aunt)))


@pytest.mark.parametrize("carried_out", [True, False])
async def test_a_doubtful_answer_is_given_again(service: Live, carried_out: bool) -> None:
    """The same card twice does no harm: a press on either is the same press. None would leave her waiting."""
    aunt = await service.resident()
    before, doubts = len(aunt.sees()), doubtful()
    service.api.drops("sendMessage", chat=aunt.id, carried_out=carried_out, times=2)
    await aunt.says("路灯不亮")
    await aunt.waits_for(lambda message: "提交" in message.labels)
    await service.quiet()
    cards = aunt.sees()[before:]
    assert len(cards) == (3 if carried_out else 1)
    assert doubtful() == doubts + 2
    for card in cards:
        await (await aunt.presses("提交", on=card)).answer()
    await aunt.waits_for(lambda message: "编号" in message.text, earlier=True)
    await service.quiet()
    async with service.world.unit() as uow:
        found = await uow.connection.execute(sa.select(sa.func.count()).select_from(cases))
        assert found.scalar_one() == 1


async def test_an_answer_that_stays_in_doubt_is_left_at_that(service: Live) -> None:
    """Telegram carries everything out and never says so: it must not go on for ever."""
    aunt = await service.resident()
    before = len(aunt.sees())
    service.api.drops("sendMessage", chat=aunt.id, carried_out=True, times=100)
    await aunt.says("路灯不亮")
    await service.quiet()
    assert len(aunt.sees()) == before + SAID


@pytest.mark.parametrize("trouble", [DatabaseAway("away"), Busy(), OSError("disk")])
async def test_what_could_not_be_taken_comes_again(service: Live, trouble: Exception) -> None:
    aunt = await service.resident()
    service.desk.troubles = [trouble, trouble]
    await aunt.says("路灯不亮")
    await aunt.says("在三号楼")
    await aunt.hears("三号楼")
    await service.quiet()
    told = [inbound.what for inbound in service.desk.arrived][-2:]
    assert [getattr(what, "text", "") for what in told] == ["路灯不亮", "在三号楼"]
    assert service.desk.troubles == []


async def test_an_error_that_stays_is_let_go_with_a_reference(service: Live) -> None:
    aunt = await service.resident()
    service.desk.troubles = [ValueError("odd")] * 5
    await aunt.says("路灯不亮")
    assert (await aunt.hears("代号")).text
    await aunt.says("路灯还是不亮")
    await aunt.waits_for(lambda message: "提交" in message.labels)


async def test_a_redelivery_after_a_restart_gets_the_same_answer(hooked: Live) -> None:
    aunt = await hooked.resident()
    await aunt.says("路灯不亮")
    update = hooked.api.updates.pending[-1].json
    first = await aunt.waits_for(lambda message: "提交" in message.labels)
    await hooked.quiet()
    hooked.telegram.answering._answered.take((str(aunt.id), f"u{update['update_id']}"))
    hooked.api.redelivers(update)
    await hooked.quiet()
    assert (aunt.sees()[-1].text, aunt.sees()[-1].labels) == (first.text, first.labels)
    assert aunt.sees()[-1].number > first.number


async def test_an_update_brought_again_while_it_is_dealt_with_waits_for_the_first(hooked: Live) -> None:
    aunt = await hooked.resident()
    before, handled = len(aunt.sees()), len(hooked.desk.arrived)
    held = hooked.api.holds("sendMessage", chat=aunt.id)
    await aunt.says("路灯不亮")
    update = hooked.api.updates.pending[-1].json
    await held.reached()
    again = asyncio.create_task(hooked.telegram.handle_update(update))
    held.release()
    await again
    await hooked.quiet()
    assert (len(aunt.sees()), len(hooked.desk.arrived)) == (before + 1, handled + 1)


async def test_a_press_is_acknowledged_before_the_desk_is_done(service: Live) -> None:
    aunt = await service.resident()
    await aunt.says("路灯不亮")
    await aunt.waits_for(lambda message: "提交" in message.labels)
    await service.quiet()
    service.desk.troubles = [DatabaseAway("away")]
    press = await aunt.presses("提交")
    assert await press.answer() == {"text": "", "show_alert": False}


async def test_a_slow_chat_holds_up_nobody(service: Live) -> None:
    aunt, uncle = await service.resident(), await service.resident(1002)
    held = service.api.holds("sendMessage", chat=aunt.id)
    await aunt.says("路灯不亮")
    await held.reached()
    await uncle.says("井盖坏了")
    await uncle.waits_for(lambda message: "提交" in message.labels)
    held.release()
    await aunt.waits_for(lambda message: "提交" in message.labels)


async def test_who_blocks_in_the_middle_is_noted_as_unreachable(service: Live) -> None:
    aunt = await service.resident()
    await aunt.says("路灯不亮")
    aunt.chat.blocked = True  # the answer meets a 403
    await service.quiet()
    async with service.world.unit() as uow:
        rows = await uow.connection.exec_driver_sql(
            "SELECT reachable FROM identities WHERE channel='telegram'"
        )
        assert [bool(value) for value in rows.scalars()] == [False]
    with pytest.raises(Unreachable):
        await service.telegram.channel.send(str(aunt.id), Rendered("您好"))


@pytest.mark.parametrize("given", [None, "", "wrong", SECRET + "x", SECRET[:-1], "密码"])
async def test_without_the_secret_nothing_is_read(hooked: Live, given: str | None) -> None:
    update = b'{"update_id": 1, "message": {"text": "x"}}'
    if given == "密码":
        given = given.encode().decode("latin-1")
    assert await hooked.post(update, given) == (401, "")
    assert hooked.desk.arrived == []


@pytest.mark.parametrize(
    "body, status",
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'"x"', 400),
        (b"{}", 400),
        (b'{"update_id": true}', 400),
        (b'{"update_id": "1"}', 400),
        (b"\xff\xfe", 400),
        (b'{"update_id": 1}', 200),
        (b'{"update_id": 1, "message": null}', 200),
        (b'{"update_id": 1, "message": {"message_id": 1}}', 200),
        (b" " * (1024 * 1024 + 1), 413),
        (b" " * (8 * 1024 * 1024), 413),
    ],
)
async def test_what_is_no_update_is_refused(hooked: Live, body: bytes, status: int) -> None:
    assert (await hooked.post(body))[0] == status
    assert hooked.desk.arrived == []


@pytest.mark.parametrize("trouble, status", [(DatabaseAway("away"), 503), (Busy(), 503)])
async def test_the_webhook_says_when_to_come_again(hooked: Live, trouble: Exception, status: int) -> None:
    hooked.desk.troubles = [trouble]
    aunt = hooked.api.user(1001)
    body = b'{"update_id": 1, "message": {"message_id": 1, "text": "x", "from": {"id": 1001}, "chat": '
    found, wait = await hooked.post(body + b'{"id": 1001, "type": "private"}}}')
    assert found == status and int(wait) >= 1
    assert aunt.sees() == []


async def test_what_comes_while_the_process_leaves_is_brought_again(hooked: Live) -> None:
    """Its connections are closed already: an answer that can't be given must not be acknowledged."""
    aunt = await hooked.resident()
    await hooked.quiet()
    await hooked.telegram.channel._calls.wire.close()
    before = len(hooked.api.updates.attempts)
    await aunt.says("路灯不亮")
    await hooked.api.waits_until(lambda: len(hooked.api.updates.attempts) > before)
    assert hooked.api.updates.attempts[before].status == 503
    await hooked.telegram.channel._calls.wire.open()
    await aunt.waits_for(lambda message: "提交" in message.labels)


async def test_only_posts_are_taken(hooked: Live) -> None:
    hooked.telegram.routes()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(hooked.url.rsplit(":", 1)[1]))
    writer.write(b"GET /telegram/webhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b"405" in await reader.readline()
    writer.close()
