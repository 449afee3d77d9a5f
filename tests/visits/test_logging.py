"""A representative logs a visit in one message; the liaison confirms or returns it; nobody else sees whom."""

import pytest
import sqlalchemy as sa

from storage import tables as t
from tests.chat import Chat

WHOM = "孙大爷家"
LOGGED = """
    党代表: 走访了3户，5号楼
    机器人: 走访3户…11月23日(周一)…5号楼 [记上] [改数量] [写见了谁]
    党代表: 记上
    机器人: 记上了…走访3户…确认后告诉您 [反映一件诉求] [走访记录]
"""


CORRECTED = """
    党代表: 改数量
    党代表: 很多
    机器人: 请发一个数字
    党代表: 两三
    机器人: 请发一个数字
    党代表: 两户
    机器人: 走访2户
    党代表: 改日期
    党代表: 明年1月3日
    机器人: 1月3日
    党代表: 改日期
    党代表: 2026年12月30日
    机器人: 还没有到
    党代表: 11月20日
    机器人: 11月20日(周五)
    党代表: 记上
    机器人: 记上了…走访2户
    联络员 < 请您确认…走访2户
    党代表: (按 visit:1:again)
    机器人: 已经改了再报过了
    党代表: (按 visit:1:case)
    机器人: 没有找到
"""


async def test_the_whole_may_be_said_where_the_kind_is_asked_for(chat: Chat) -> None:
    await chat("""
        党代表: 记走访
        机器人: 记哪一种？ [走访]
        党代表: 昨天的事
        机器人: 请选下面的一项
        党代表: 11月20日走访了3户，5号楼，电梯老停
        机器人: 走访3户…11月20日(周五)…5号楼…电梯老停 [记上]
        党代表: 改日期
        党代表: 11月19日
        机器人: 走访3户…11月19日(周四)
        党代表: 记上
        机器人: 记上了…走访3户
    """)


async def test_one_message_with_a_photo_is_logged_and_confirmed(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat(f"""
        党代表: 走访了3户，5号楼
        党代表: (照片)
        机器人: 附件1个 [记上]
        党代表: 写见了谁
        机器人: 只有您和联络员看得到 [跳过]
        党代表: {WHOM}
        机器人: {WHOM}
        党代表: 记上
        机器人: 记上了
        联络员 < 请您确认…走访3户…5号楼 [确认] [退回] [看全部]
        联络员: 看全部
        机器人: 见了谁：{WHOM}…等联络员确认 [确认]
        联络员: 确认
        机器人: 已确认
        联络员: (再按一次)
        机器人: 已确认了
        党代表 < 联络员确认了…走访3户
        党代表: 走访记录
        机器人: 走访：1/4…解决问题：0件，全年1至2件…走访：1次…已确认 [记走访]
    """)


async def test_a_photo_with_its_words_is_a_log_too(chat: Chat) -> None:
    await chat("""
        党代表: (照片) 昨天政策宣讲1场，滨河社区
        机器人: 政策宣讲1场…11月22日(周日)…滨河社区…附件1个 [记上]
    """)


async def test_returned_with_a_reason_put_right_and_logged_anew(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat(LOGGED)
    await chat(
        """
        联络员 < 请您确认
        联络员: 退回
        机器人: 为什么退回
        联络员: 5号楼只有两户
        机器人: 已退回…原因：5号楼只有两户
        党代表 < 退回了您的记录…原因：5号楼只有两户 [改了再报]
        党代表: 改了再报
        机器人: 走访3户 [记上] [改数量]
    """
        + CORRECTED
    )


async def test_a_request_is_opened_from_a_visit(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat(LOGGED)
    await chat("""
        党代表: 反映一件诉求
        党代表: 楼道灯不亮
        机器人: 楼道灯不亮…5号楼 [提交]
        党代表: 提交
        机器人: {号}
        党代表: (按 visit:1:show)
        机器人: 由此反映的诉求：{号}
        党代表: 撤回
        机器人: 已经撤回，不算数了
        联络员: (按 visit:1:confirm)
        机器人: 已撤回了
    """)


@pytest.mark.parametrize("what", ["show", "confirm", "return", "case", "again", "withdraw"])
async def test_nobody_else_presses_anything(chat: Chat, what: str) -> None:
    for who in ("联络员", "联络办", "党代表2"):
        await chat.actor(who)
    await chat("居民: (扫码 w_LJ01)\n居民: 同意" + LOGGED)
    for who in ("居民", "联络办", "党代表2"):
        await chat(f"{who}: (按 visit:1:{what})\n机器人: 没有找到")
    async with chat.world.unit() as uow:
        assert list(await uow.connection.execute(sa.select(t.activity_decisions))) == []


@pytest.mark.parametrize("data", ["visit:0:show", "visit:-1:show", "visit:x:show", "visit:1:drop", "visit:1"])
async def test_forged_buttons_find_nothing(chat: Chat, data: str) -> None:
    await chat(f"{LOGGED}\n党代表: (按 {data})\n机器人: 没有找到")


async def test_whom_one_visited_is_in_no_letter_and_no_list(chat: Chat) -> None:
    """Only the representative's own and the liaison's screen say it; no table but one holds it (TRUST 21)."""
    await chat.actor("联络员")
    await chat(f"""
        党代表: 走访了1户，5号楼
        党代表: 写见了谁
        党代表: {WHOM}
        党代表: 记上
        联络员 < 请您确认
        党代表: 走访记录
        联络员: 走访记录
    """)
    async with chat.world.unit() as uow:
        for table in t.metadata.sorted_tables:
            if table.name in ("visited", "sessions", "web_messages"):
                continue  # the person's own session, and what their own page has shown them
            rows = list(await uow.connection.execute(sa.select(table)))
            assert WHOM not in str(rows), table.name
    said = [m.text for chats in chat.world.channels[chat.channel].said.values() for _, m in chats]
    assert not [text for text in said if WHOM in text]


async def test_a_liaison_does_not_confirm_their_own(chat: Chat) -> None:
    """Nobody approves their own (TRUST 19), in whichever seat."""
    await chat.actor("党代表")
    seat = await chat.seat("联络员")
    async with chat.world.unit() as uow:
        person = await uow.people.known(chat.channel, chat.actors["党代表"].id)
        assert person is not None
        await uow.people.bind(person.id, seat, chat.world.clock())
    await chat(LOGGED + "\n党代表: (按 visit:1:confirm)\n机器人: 要由别人来确认")


async def test_the_same_delivery_twice_is_one_log(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat(LOGGED + "\n党代表: (重复)\n机器人: 记上了")
    async with chat.world.unit() as uow:
        assert len(list(await uow.connection.execute(sa.select(t.activities)))) == 1
    await chat("联络员 < 请您确认\n联络员 < 无")


async def test_residents_and_those_without_a_seat_log_nothing(chat: Chat) -> None:
    await chat("""
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 记走访
        机器人: 由党代表来记
        居民: 走访了3户，5号楼
        机器人: 走访了3户 [提交]
    """)


async def test_the_five_kinds_belong_to_june(chat: Chat) -> None:
    await chat("""
        党代表: 记走访
        机器人: 记哪一种 [走访] [政策宣讲] [社区活动] [公益志愿]
        党代表: (按 ~x.1.study)
        时间: 2026-12-01 09:00
        党代表: 取消
        时间: 2027-06-02 09:00
        党代表: 记走访
        机器人: [学习培训] [走访慰问]
        党代表: 下一页
        党代表: 出谋划策
        机器人: 出谋划策1条…6月2日 [记上]
        党代表: 改日期
        党代表: 5月20日
        党代表: 记上
        机器人: 只能记6月的活动
    """)


AS_WRITTEN = {
    "政策宣讲，20人": ("政策宣讲1场", "没写"),
    "昨天在书院社区搞了两场政策宣讲，来了60人": ("政策宣讲2场", "书院社区"),
    "走访了3户5人，滨江花园5号楼，老人反映楼道灯不亮": ("走访3户", "滨江花园5号楼"),
    "走访了五位老人": ("走访5户", "没写"),
    "志愿服务，30人，临江路": ("公益志愿1次", "临江路"),
}


@pytest.mark.parametrize("words", AS_WRITTEN)
async def test_people_who_came_are_no_events_and_what_they_said_is_no_place(chat: Chat, words: str) -> None:
    counted, place = AS_WRITTEN[words]
    await chat(f"""
        党代表: {words}
        机器人: 做了什么：{counted} 哪天…在哪里：{place} 说明：{words} [记上]
    """)


async def test_what_stands_on_the_next_page_can_be_named(chat: Chat) -> None:
    await chat("""
        时间: 2026-06-10 09:00
        党代表: 记走访
        机器人: 记哪一种？ [学习培训] [下一页]
        党代表: 出谋划策
        机器人: 做了什么：出谋划策1条 [记上]
    """)
