"""Hand-over as people see it: the resident notices only who takes care now."""

import sqlalchemy as sa

from handlers.handover import leave, settle
from handlers.visit import now_of
from storage import tables as t
from tests.chat import Chat

TAKEN = """
    居民: (扫码 w_LJ01)
    居民: 同意
    居民: 反映诉求
    居民: 3号楼室外楼梯一下雨就打滑
    居民: 提交
    机器人: {号}
    党代表 < {号} [接办]
    党代表: 接办
    联络员 < {号}
    居民 < {号}
"""


async def staff(chat: Chat, *names: str) -> None:
    for name in names:
        await chat.actor(name)


async def leaves(chat: Chat, who: str, successor: str = "") -> None:
    """They have left; the import or the command passes on what they had."""
    seat = await chat.seat(who)
    heir = await chat.seat(successor) if successor else None
    table = {"liaison": t.liaisons, "representative": t.representatives}[seat.role]
    async with chat.world.unit() as uow:
        await uow.connection.execute(sa.update(table).where(table.c.id == seat.id).values(status="left"))
        now = await now_of(uow, chat.world.house)
        if heir:
            await leave(uow, now, seat, heir)
        else:
            await settle(uow, now)


async def test_a_colleague_takes_over(chat: Chat) -> None:
    await staff(chat, "联络员", "党代表", "党代表2")
    await chat(TAKEN)
    await chat("""
        党代表2 < {号}
    """)
    await leaves(chat, "党代表", "党代表2")
    await chat("""
        党代表 < 不再是党代表
        党代表2 < {号}…由您接着办
        党代表: 待办
        机器人: …
        党代表2: 待办
        机器人: {号}
    """)


async def test_whose_seat_goes_to_somebody_else_is_told_once(chat: Chat) -> None:
    await staff(chat, "联络员")
    seat = await chat.seat("联络员")
    invites = [await chat.world.invite(seat) for _ in range(2)]
    await chat(f"""
        联络员: i_{invites[0]}
        机器人: 您已登记为联络员
        联络员 < 无
        接手的人: (扫码 w_LJ01)
        接手的人: 同意
        接手的人: i_{invites[1]}
        机器人: 您已登记为联络员（临江街道党代表工作室）
        联络员 < 临江街道党代表工作室的联络员这个身份，现在由别人登记了。…居民的功能照常可用
        接手的人: (重复)
        联络员 < 无
        接手的人 < 无
        联络员: 待办
        机器人: 「待办」是给工作人员用的
    """)


async def test_back_to_the_workroom_and_assigned_anew(chat: Chat) -> None:
    await staff(chat, "联络员", "党代表", "党代表2")
    await chat(TAKEN)
    await leaves(chat, "党代表")
    await chat("""
        联络员 < {号}…离任…请另派
        联络员: 分派 {号}
        联络员: 陆晓梅
        机器人: 已请陆晓梅来办
        党代表2 < {号}
    """)


async def test_who_left_cannot_act_any_more(chat: Chat) -> None:
    await staff(chat, "联络员", "党代表")
    await chat(TAKEN)
    await chat("""
        党代表: (按 show:{号})
        机器人: {号}
    """)
    await leaves(chat, "党代表")
    await chat("""
        党代表 < 不再是党代表
        党代表: 意见 {号}
    """)
    assert all("打滑" not in message.text for message in chat.actors["党代表"].answer)


async def test_a_workroom_without_liaison(chat: Chat) -> None:
    await staff(chat, "联络办", "联络员", "党代表")
    await chat("""
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 反映诉求
        居民: 3号楼室外楼梯一下雨就打滑
        居民: 提交
        机器人: {号}
    """)
    await leaves(chat, "联络员")
    await chat("""
        联络员 < 不再是联络员
        联络办 < 没有联络员…1件
        党代表: 待办
        机器人: {号}
    """)
