"""A planner is killed before any statement or after any commit of its own: nothing is lost or doubled."""

from collections import Counter

import sqlalchemy as sa

from bot.planner import Planner
from storage import tables as t
from tests.chat import Chat
from tests.duty.ground import open_on
from tests.reminders.nights import nights, no_open_days

DUE = """
    时间: 2026-12-16 10:00
    居民: (扫码 w_LJ01)
    居民: 同意
    居民: 开放日
    居民: 提醒我 12月18日(周五)
    居民: 反映诉求
    居民: 楼道灯不亮
    居民: 提交
    时间: 2026-12-17 18:05
"""
"""A term, this evening's shift and tomorrow's, a wish, the quarter's visit and next year's notice."""


class Killed(BaseException):
    """The process is gone."""


class Killing:
    """Kills at the n-th statement or commit, once."""

    def __init__(self) -> None:
        self.left = 0

    def __call__(self, statement: str) -> None:
        """One more is about to be carried out (a COMMIT has been, on PostgreSQL)."""
        self.left -= 1
        if self.left == 0:
            raise Killed


async def said(chat: Chat) -> Counter[tuple[str, str]]:
    """Every message that lies in anybody's chat."""
    paper = chat.world.channels["web"].said
    return Counter((who, message.text) for who, told in paper.items() for _, message in told)


async def afresh(chat: Chat) -> None:
    """As if nobody had been reminded of anything."""
    async with chat.world.unit() as uow:
        for table in (t.reminders, t.outbox):
            await uow.connection.execute(sa.delete(table))
    chat.world.channels["web"].said.clear()


async def test_wherever_it_is_killed(chat: Chat) -> None:
    await nights(chat.world)
    await no_open_days(chat.world)
    for who in ("联络员", "党代表", "党代表2", "联络办"):
        await chat.actor(who)
    await open_on(chat.world, "FREQ=WEEKLY;BYDAY=TH,FR", "19:00-22:00")
    await chat(DUE)
    await chat.world.planner.round()  # what the evening brings besides reminders
    await afresh(chat)
    killing = Killing()
    chat.world.house.database.watch(killing)
    await chat.world.planner.round()
    await chat.world.deliver()
    whole = await said(chat)
    assert len(whole) >= 5
    seams = 0
    while True:
        await afresh(chat)
        seams += 1
        killing.left = seams
        try:
            await Planner(chat.world.house).round()
            break
        except Killed:
            killing.left = 0
        await Planner(chat.world.house).round()
        await chat.world.deliver()
        assert await said(chat) == whole, f"killed at its statement {seams}"
    assert seams > 20
