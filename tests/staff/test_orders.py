"""Short orders of the staff whatever is under way, the way back after 取消, whose turn the lists name."""

from domain.messages import Text
from tests.chat import Chat
from tests.staff.beginning import filed


async def test_an_order_in_the_middle_of_writing_is_never_words_for_somebody(chat: Chat) -> None:
    await chat.actor("承办单位")
    await filed(chat)
    await chat("""
        联络员: 受理 {号}
        联络员: 转办 {号}
        联络员: 转出
        承办单位: 签收 {号}
        承办单位: 申请延期
        承办单位: 1
        机器人: 为什么要延期
        承办单位: 退回 {号}
        机器人: 为什么退回
        承办单位: 不归我们管
        联络员 < {号}…退回来了…不归我们管 [转办] [答复居民]
        联络员: 待办
        机器人: 等您另转单位或答复
    """)


async def test_a_draft_about_a_case_says_where_it_is_taken_up_again(chat: Chat) -> None:
    await filed(chat)
    await chat("""
        党代表: 接办 {号}
        党代表: 办理意见
        党代表: 直接答复
        党代表: 已经请人去修
        机器人: 请核对…已经请人去修
        党代表: 待办
        机器人: 在{号}里再选同一项
        机器人: 等您写办理意见
        党代表: 办理意见 {号}
        机器人: 请核对…已经请人去修
    """)


async def test_the_question_which_hat_gives_way_to_an_order(chat: Chat) -> None:
    await filed(chat)
    await chat("""
        联络员: 今天先看看
        机器人: 办事，还是自己要反映
        联络员: {号}
        机器人: {号}…等受理 [受理]
        联络员: 今天先看看
        机器人: 办事，还是自己要反映
        联络员: 受理 {号}
        机器人: 已受理
        联络员: 我的待办
        机器人: 等您分派、转办或答复
    """)


async def test_after_cancelling_the_case_is_shown_again(chat: Chat) -> None:
    await filed(chat)
    await chat("""
        联络员: 不予受理 {号}
        联络员: 取消
        机器人: 已取消
        机器人: {号}…现在等您受理 [受理]
    """)


async def test_an_action_alone_offers_the_cases_it_fits(chat: Chat) -> None:
    await filed(chat)
    await chat("""
        联络员: 待办
        联络员: 分派
        机器人: 要「分派代表」哪一件
        联络员: 1
        机器人: 分派给哪位党代表
        联络员: 取消
        联络员: 受理 {号}
        联络员: 受理 {号}
        机器人: 做不了 [看详情]
        联络员: 看详情
        机器人: {号}…已受理
    """)


async def test_lists_and_cards_say_whose_turn_it_is_on_a_line_of_its_own(chat: Chat) -> None:
    await filed(chat)
    await chat("联络员: {号}")
    liaison = await chat.actor("联络员")
    card = (await chat.send(liaison, Text(chat.numbers["0"]))).messages[-1].text.split("\n")
    assert [line[:8] for line in card if line.startswith(("现在等", "答复期限"))] == [
        "现在等您受理，1",
        "答复期限：12月",
    ]
    await chat("党代表: 接办 {号}")
    await chat.send(liaison, Text("待办"))
    others = (await chat.send(liaison, Text("看别人在办的"))).messages[-1].text
    assert "\n　等党代表" in others and "写办理意见，" in others


async def test_who_had_it_hears_when_somebody_else_gets_it(chat: Chat) -> None:
    await filed(chat)
    await chat("""
        党代表: 接办 {号}
        联络员: 分派 {号}
        联络员: 1
        机器人: 已请
        党代表 < {号}…您不用再办了 [看详情]
    """)
