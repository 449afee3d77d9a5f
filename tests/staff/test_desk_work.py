"""待办 of each role with the buttons it needs, the office, and what happens when things change in between."""

import sqlalchemy as sa

from storage.tables import representatives
from tests.chat import Chat
from tests.staff.beginning import filed


async def test_each_role_finds_what_waits_for_it_with_its_buttons(chat: Chat) -> None:
    await chat.actor("承办单位")
    await filed(chat)
    await chat("""
        联络员: 待办
        机器人: 等您办的…{号} [看别人在办的]
        联络员: 1
        机器人: {号}…三单元电梯坏了三天 [受理] [不予受理] [归类] [分派代表] [转办] [补充询问] [内部备注]
        党代表: 待办
        机器人: 等您办的…{号}
        党代表: 1
        机器人: {号} [接办]
        联络员: 受理 {号}
        联络员: 转办 {号}
        联络员: 转出
        联络员: 待办
        机器人: 没有等您办的事
        联络员: 看别人在办的
        机器人: {号}…等
        承办单位: 待办
        机器人: 等您办的…{号}
        承办单位: 1
        机器人: {号} [签收] [答复] [退回] [申请延期]
    """)


async def test_escalated_to_the_office_and_answered_from_there(chat: Chat) -> None:
    await chat.actor("联络办")
    await filed(chat)
    await chat("""
        党代表: 接办
        党代表: 办理意见
        党代表: 上报
        机器人: 上报的理由
        党代表: 加装电梯要区里统一安排
        机器人: 请核对:上报…加装电梯要区里统一安排
        党代表: 提交
        机器人: 联络办
        联络办 < {号}…加装电梯要区里统一安排 [签收] [答复] [退回]
        联络办: 答复
        联络办: 已列入明年计划
        联络办: 交给联络员
        联络员 < {号}…已列入明年计划 [答复居民]
    """)


async def test_going_to_see_keeps_the_case_with_the_representative(chat: Chat) -> None:
    await filed(chat)
    await chat("""
        党代表: 接办
        党代表: 办理意见
        党代表: 现场查看
        机器人: 哪天去看
        党代表: 周三上午去看电梯
        机器人: 请核对:现场查看
        党代表: 提交
        机器人: {号}
        居民 < {号}
        党代表: 待办
        机器人: {号}
        党代表: 1
        机器人: {号} [答复居民] [办理意见] [写进展]
    """)


async def test_a_case_given_to_somebody_else_in_the_middle_of_an_opinion(chat: Chat) -> None:
    await filed(chat)
    await chat.actor("党代表2")
    await chat("""
        党代表: 接办
        党代表: 办理意见
        党代表: 直接答复
        党代表: 电梯已经修好
        机器人: 居民会看到 [发给居民]
        联络员: 分派代表 {号}
        联络员: 陆晓梅
        党代表: 发给居民
        机器人: 由别的同事来做 [取消]
        居民 < {号}
    """)
    async with chat.world.unit() as uow:
        case = await uow.cases.by_number(chat.numbers["0"].replace("-", ""))
    assert case is not None and case.state == "assigned"


async def test_a_workroom_without_colleagues_says_so(chat: Chat) -> None:
    await filed(chat)
    await chat("党代表: 接办")
    async with chat.world.unit() as uow:
        room = await uow.registry.workroom_by_code("LJ01")
        assert room is not None
        others = [r.id for r in (await uow.registry.representatives(room.id))[1:]]
        left = sa.update(representatives).where(representatives.c.id.in_(others)).values(status="left")
        await uow.connection.execute(left)
    await chat("""
        党代表: 转给同事
        机器人: 没有其他在岗的党代表 [取消]
        党代表: 取消
    """)


async def test_a_seat_lost_in_the_middle_ends_the_conversation_and_shows_nothing(chat: Chat) -> None:
    await filed(chat)
    actor = await chat.actor("联络员")
    await chat("联络员: 内部备注")
    seat = await chat.seat("联络员")
    async with chat.world.unit() as uow:
        await uow.people.unbind(seat, chat.world.clock())
    await chat("联络员: 物业电话占线")
    assert [message.key for message in actor.answer] == ["error.not_found"]
    assert not any(message.buttons for message in actor.answer)
    await chat("""
        联络员: 待办
        机器人: 给工作人员用的
    """)
