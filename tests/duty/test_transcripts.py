"""The roster in chat: looking, taking, swapping, finding a substitute, not coming, filling."""

import sqlalchemy as sa

from storage.tables import representatives
from tests.chat import Chat
from tests.duty.ground import give, open_on, roster


async def people(chat: Chat, *names: str) -> None:
    """A roster of Thursdays in which the representatives of the test keep the places they are given."""
    for name in names:
        await chat.actor(name)
    await open_on(chat.world)
    await chat.world.deliver()


async def hear(chat: Chat) -> None:
    """Whatever was delivered so far is read."""
    await chat.world.deliver()
    for actor in chat.actors.values():
        actor.seen = len(chat.world.channels[actor.channel].said.get(actor.id, []))


async def test_a_representative_looks_at_their_shifts(chat: Chat) -> None:
    await people(chat, "党代表")
    await give(chat, 0, "党代表")
    await hear(chat)
    await chat("""
        党代表: 我的值班
        机器人: 您的值班…11月26日(周四) 8:00–11:00 [值过的班] [值班表]
        党代表: 1
        机器人: 11月26日(周四) 8:00–11:00…由您来值 [换班] [找人替] [不能来]
        党代表: 我的值班
        党代表: 值过的班
        机器人: 还没有值过班
        党代表: 首页
        机器人: [我的值班] [签到] [签退]
    """)


async def test_without_shifts_the_list_says_so(chat: Chat) -> None:
    await chat.actor("党代表")
    await chat("""
        党代表: 我的值班
        机器人: 您近期没有值班
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 我的值班
        机器人: 这是给党代表用的
    """)


async def test_a_hole_is_taken_once_and_the_second_is_told_kindly(chat: Chat) -> None:
    await people(chat, "联络员", "党代表", "党代表2")
    await give(chat, 0, None)
    await give(chat, 1, None)
    await hear(chat)
    await chat("""
        党代表: 我的值班
        机器人: 本室还有空缺 [看空缺]
        党代表: 看空缺
        机器人: 没人值的班。选一班，就由您来值。
        党代表2: 我的值班
        党代表2: 看空缺
        党代表: 1
        机器人: 好的，11月26日(周四) 8:00–11:00由您来值
        联络员 < 11月26日(周四) 8:00–11:00…周文斌来值了
        党代表2: 1
        机器人: 已经有人来值了
        党代表: (再按一次)
        党代表2: 2
        机器人: 好的，11月26日(周四)
        党代表2: (按 duty:holes:1.0)
        机器人: 现在没有空缺
    """)
    assert [one.name for one in (await roster(chat.world))[:2]] == ["周文斌", "陆晓梅"]


SWAP = """
    党代表: 我的值班
    党代表: 1
    党代表: 换班
    机器人: 您的11月26日(周四) 8:00–11:00，想换哪一次？
    党代表: 12月3日(周四) 8:00–11:00 · 陆晓梅
    机器人: 用您的11月26日…换12月3日…陆晓梅…发给对方吗？ [发给对方] [换别的]
    党代表: 发给对方
    机器人: 已问陆晓梅…11月25日(周三)9:00前没有答应，还是由您来值
    党代表2 < 周文斌想跟您换班…11月26日(周四) 8:00–11:00…12月3日(周四) 8:00–11:00 [可以] [不行]
"""


async def ready_to_swap(chat: Chat) -> None:
    await people(chat, "联络员", "党代表", "党代表2")
    for place in (1, 2, 3):
        await give(chat, place, None)
    await give(chat, 0, "党代表")
    await give(chat, 2, "党代表2")
    await hear(chat)


async def names(chat: Chat) -> list[str]:
    return [one.name for one in (await roster(chat.world))[:4]]


async def test_a_swap_is_confirmed_by_both(chat: Chat) -> None:
    await ready_to_swap(chat)
    await chat(SWAP)
    assert await names(chat) == ["周文斌", "", "陆晓梅", ""]
    await chat("""
        党代表2: 可以
        机器人: 换好了…您值11月26日(周四) 8:00–11:00…对方值12月3日(周四) 8:00–11:00
        党代表 < 陆晓梅答应了…您改值12月3日(周四) 8:00–11:00
        联络员 < 周文斌和陆晓梅换班
        党代表2: (再按一次)
        机器人: 已经有人答应了
    """)
    assert await names(chat) == ["陆晓梅", "", "周文斌", ""]


async def test_a_swap_declined_withdrawn_or_expired_leaves_everything(chat: Chat) -> None:
    await ready_to_swap(chat)
    await chat(SWAP)
    await chat("""
        党代表2: 不行
        机器人: 知道了
        党代表 < 陆晓梅来不了…还是由您来值
    """)
    await chat(SWAP)
    await chat("""
        党代表: 我的值班
        党代表: 1
        机器人: 正在找人替 [不找人了]
        党代表: 不找人了
        机器人: 收回了
        党代表2 < 周文斌收回了请求
        党代表2: 可以
        机器人: 对方已经收回了请求
    """)
    await chat(SWAP)
    await chat("""
        时间: +2d
        计划
        党代表 < 没有人答应…还是由您来值
        党代表2: 可以
        机器人: 这个请求过了时间，不算了
    """)
    assert await names(chat) == ["周文斌", "", "陆晓梅", ""]


async def test_an_offer_to_all_is_accepted_by_the_first(chat: Chat) -> None:
    await people(chat, "联络员", "党代表", "党代表2")
    await give(chat, 1, None)
    await give(chat, 0, "党代表")
    await hear(chat)
    await chat("""
        党代表: 我的值班
        党代表: 1
        党代表: 找人替
        机器人: 请谁来替？ [陆晓梅] [谁有空都行]
        党代表: 谁有空都行
        党代表: 发出去
        机器人: 已问各位同事，能不能替您值11月26日(周四) 8:00–11:00
        党代表2 < 周文斌不能来，请您值11月26日(周四) 8:00–11:00 [可以] [不行]
        党代表2: 可以
        机器人: 好的，11月26日(周四) 8:00–11:00由您来值
        党代表 < 陆晓梅答应了
        联络员 < 由陆晓梅替周文斌来值
    """)
    assert (await names(chat))[:2] == ["陆晓梅", ""]


async def test_somebody_cannot_come_and_the_liaison_fills_the_hole(chat: Chat) -> None:
    await people(chat, "联络员", "党代表", "党代表2")
    await give(chat, 1, None)
    await give(chat, 0, "党代表")
    await chat("计划")
    await hear(chat)
    await chat("""
        党代表: 我的值班
        党代表: 1
        党代表: 不能来
        机器人: 11月26日(周四) 8:00–11:00不能来，是什么原因？
        党代表: 单位要开会
        机器人: 知道了，11月26日(周四) 8:00–11:00您不来
        联络员 < 周文斌不能来…原因：单位要开会 [补人]
        计划
        联络员 < 无
        联络员: 补人
        机器人: 11月26日(周四) 8:00–11:00，安排谁来值？ [陆晓梅]
        联络员: 陆晓梅
        机器人: 由陆晓梅来值，已经告诉对方
        党代表2 < 联络员请您值11月26日(周四) 8:00–11:00
        联络员: 值班表
        机器人: 临江街道党代表工作室值班表…11月26日(周四) 8:00–11:00…陆晓梅；空缺1人 [今天的口令] [登记来访]
    """)
    assert (await names(chat))[:2] == ["陆晓梅", ""]


async def test_who_has_just_said_no_is_not_the_first_to_be_asked(chat: Chat) -> None:
    await people(chat, "联络员", "党代表")
    await give(chat, 0, "党代表")
    await chat("""
        党代表: 我的值班
        党代表: 1
        党代表: 不能来
        党代表: 单位要开会
        联络员 < 周文斌不能来…原因：单位要开会 [补人]
        联络员: 补人
    """)
    offered = [one.label for one in chat._buttons(chat.actors["联络员"])]
    assert offered.index("韩志远") < offered.index("周文斌")


async def test_the_liaison_is_warned_three_working_days_before_a_hole(chat: Chat) -> None:
    await people(chat, "联络员")
    await give(chat, 2, None)
    await hear(chat)
    await chat("""
        时间: 2026-11-27 09:00
        计划
        联络员 < 无
        时间: 2026-11-30 09:00
        计划
        计划
        联络员 < 12月3日(周四) 8:00–11:00…还缺1人，请安排 [补人]
        联络员 < 无
        时间: +1d
        计划
        联络员 < 无
    """)


async def test_who_leaves_keeps_no_shift_and_the_liaison_sees_the_holes(chat: Chat) -> None:
    await people(chat, "联络员", "党代表")
    await give(chat, 0, "党代表")
    await hear(chat)
    async with chat.world.unit() as uow:
        who = sa.update(representatives).where(representatives.c.code == "D001")
        await uow.connection.execute(who.values(status="left"))
    await chat("""
        计划
        联络员 < 周文斌不在岗了，空出…最近的是11月26日(周四) 8:00–11:00 [看空缺]
        联络员 < 还缺1人，请安排
        联络员 < 无
    """)
    assert all(one.name != "周文斌" for one in await roster(chat.world))


async def test_buttons_of_others_open_nothing(chat: Chat) -> None:
    await people(chat, "党代表", "承办单位")
    await give(chat, 0, "党代表")
    slot = (await roster(chat.world))[0].slot
    for what in (
        "slot",
        "swap",
        "absent",
        "take",
        "fill",
        "confirm",
        "out",
        "correct",
        "history",
        "withdraw",
    ):
        await chat(f"""
            承办单位: (按 duty:{what}:{slot.id})
            机器人: 没有找到
        """)
    for what in ("shift", "fill", "code", "screen", "yes", "roster", "holes", "past", "mine", "nonsense"):
        await chat(f"""
            承办单位: (按 duty:{what}:1.x)
            机器人: 没有找到
        """)


async def test_another_representative_cannot_move_what_is_not_theirs(chat: Chat) -> None:
    await people(chat, "党代表", "党代表2")
    await give(chat, 0, "党代表")
    slot = (await roster(chat.world))[0].slot
    for what in ("swap", "absent", "out", "withdraw", "fill", "confirm", "correct", "was"):
        await chat(f"""
            党代表2: (按 duty:{what}:{slot.id})
            机器人: 没有找到
        """)


async def test_long_lists_are_paged(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat.actor("党代表")
    await open_on(chat.world, "FREQ=DAILY")
    await chat("""
        党代表: 我的值班
        机器人: 本月已值0次（每月至少1次） [下一页]
        党代表: 下一页
        机器人: 您的值班（第2页） [上一页]
        联络员: 值班表
        机器人: 11月24日(周二) 8:00–11:00 [下一页]
        联络员: 下一页
        机器人: 值班表（第2页） [上一页] [下一页]
        党代表: (按 duty:mine:999999.0)
        机器人: 没有找到
        党代表: (按 duty:roster:1.99)
        机器人: 没有更多的班了
    """)
