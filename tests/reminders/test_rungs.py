"""The ladder of every turn in a case's life: before its term, on it, after it, and up to the office."""

import pytest
import sqlalchemy as sa

from storage import tables as t
from tests.chat import Chat
from tests.reminders.nights import nights, no_open_days

FILED = """
    时间: 2026-11-23 10:00
    居民: (扫码 w_LJ01)
    居民: 同意
    居民: 反映诉求
    居民: 3号楼室外楼梯一下雨就打滑
    居民: 提交
    机器人: {号}
"""
ROUTED = """
    联络员: 受理 {号}
    党代表: 接办 {号}
    党代表: 办理意见
    党代表: 转办
    党代表: 楼梯是露天的，建议加装雨棚。
    党代表: 区住建局
    党代表: 提交
    联络员: 转办 {号}
    联络员: 转出
    承办单位: 签收 {号}
"""
NOT_SATISFIED = """
    联络员: 受理 {号}
    党代表: 接办 {号}
    党代表: 办理意见
    党代表: 直接答复
    党代表: 楼梯已经铺上防滑条。
    党代表: 发给居民
    居民: 不满意
"""
TURNS = {
    "acceptance": ("", "liaison", "联络员", "2026-11-24"),
    "opinion": ("党代表: 接办 {号}", "handler", "党代表", "2026-11-26"),
    "answer": (ROUTED, "contact", "承办单位", "2026-12-07"),
    "call-back": (NOT_SATISFIED, "caller", "联络员", "2026-11-24"),
}
"""What is done at once, whose turn it is then, who that is here, and until when."""


@pytest.fixture(autouse=True)
async def asleep(chat: Chat) -> None:
    await nights(chat.world)
    await no_open_days(chat.world)


async def told(chat: Chat, topic: str) -> list[tuple[str, str, str]]:
    """(rung, seat, local day) of what was sent, in order."""
    async with chat.world.unit() as uow:
        rows = await uow.connection.execute(
            sa.select(t.outbox.c.key, t.outbox.c.sent_at)
            .where(t.outbox.c.key.like(f"remind.{topic}.%"), t.outbox.c.state == "sent")
            .order_by(t.outbox.c.sent_at, t.outbox.c.key)
        )
        found = [(row.key.split("."), row.sent_at) for row in rows]
    return [(name[-2], name[-1], f"{at:%Y-%m-%d}") for name, at in found]


@pytest.mark.parametrize("turn", TURNS)
async def test_a_turn_climbs(chat: Chat, turn: str) -> None:
    done, topic, who, term = TURNS[turn]
    for name in ("联络员", "党代表", "承办单位", "联络办"):
        await chat.actor(name)
    await chat(FILED + done)
    async with chat.world.unit() as uow:
        case = (await uow.connection.execute(sa.select(t.cases))).one()
        assert (case.waits_for, case.wait_until.isoformat()) == (topic, term)
        calendar = await uow.registry.calendar(chat.world.house.zone)
    day, after = case.wait_until, calendar.after
    before = calendar.before(day, 1)
    for when in (before, day, after(day, 1), after(day, 2), after(day, 3), after(day, 5)):
        await chat(f"时间: {when} 08:30\n计划\n计划")
    doer, liaison, office = [str(await chat.seat(name)) for name in (who, "联络员", "联络办")]
    expected = [("soon", doer, str(before))] if turn in ("opinion", "answer") else []
    expected += [("due", doer, str(day))]
    expected += [("late", seat, str(after(day, 1))) for seat in sorted({doer, liaison})]
    expected += [("up", seat, str(after(day, 3))) for seat in sorted({doer, office})]
    assert await told(chat, topic) == expected
