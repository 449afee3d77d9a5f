"""After sending: taken back, withdrawn, rated, commented, reopened, left unrated."""

import pytest
import sqlalchemy as sa

from storage.tables import rounds
from tests.chat import Chat

FILED = """
    居民: 路灯不亮
    居民: 提交
    机器人: {号} [撤销]
"""
ANSWERED = (
    FILED
    + """
    联络员: 受理 {号}
    联络员: 答复 {号}
    联络员: 路灯已经修好，12月1日换的灯泡。
    联络员: 发给居民
    居民 < 有答复了…{号} [非常满意] [基本满意] [不满意]
"""
)


@pytest.mark.parametrize("said, rating", [("满意", "basically"), ("没办好", "not")])
async def test_rated_in_words(resident: Chat, said: str, rating: str) -> None:
    await resident(ANSWERED)
    await resident(f"""
        居民: 谢谢
        机器人: 不客气…办得怎么样 [非常满意] [基本满意] [不满意]
        居民: 帮助
        居民: {said}
        机器人: {{号}}
    """)
    async with resident.world.unit() as uow:
        found = (
            (await uow.connection.execute(sa.select(rounds.c.rating).order_by(rounds.c.id))).scalars().all()
        )
    assert found[0] == rating


async def test_taken_back_within_ten_minutes(resident: Chat) -> None:
    await resident(FILED)
    await resident("""
        时间: +9m
        居民: 撤销
        机器人: {号}…已撤销
        居民: (再按一次)
        机器人: {号}…已过了撤销的时间
    """)


async def test_too_late_to_take_back(resident: Chat) -> None:
    await resident(FILED)
    await resident("""
        时间: +11m
        居民: 撤销
        机器人: {号}…已过了撤销的时间…撤回
    """)


async def test_withdrawn_before_the_answer_with_a_reason(resident: Chat) -> None:
    await resident(FILED)
    await resident("""
        时间: +1d
        居民: {号}
        机器人: {号} [补充] [撤回]
        居民: 撤回
        机器人: 确定撤回 {号} [确定撤回] [取消]
        居民: 已经自己修好了
        机器人: 原因：已经自己修好了 [确定撤回]
        居民: 确定撤回
        机器人: {号}…撤回
        联络员 < {号}…撤回
        居民: {号}
        机器人: {号}…已撤回
    """)


async def test_withdrawing_may_be_thought_better_of(resident: Chat) -> None:
    await resident(FILED)
    await resident("""
        居民: 撤回 {号}
        机器人: 确定撤回 {号}
        居民: 取消
        机器人: 已取消
        居民: {号}
        机器人: {号}…等受理
    """)


@pytest.mark.parametrize("rating", ["非常满意", "基本满意"])
async def test_rated_once_with_a_word_more(resident: Chat, rating: str) -> None:
    await resident(ANSWERED)
    await resident(f"""
        居民: {rating}
        机器人: {{号}}…{rating} [说两句]
        居民: (再按一次)
        机器人: {{号}}…评价已经结束
        居民: (按 comment:{{号}}.1)
        机器人: {{号}}…您想对这次办理说什么
        居民: 修得很快，谢谢
        机器人: 您的话记下了
        联络员 < {{号}}…修得很快
    """)


async def test_not_satisfied_can_be_commented_and_the_old_button_rates_nothing(resident: Chat) -> None:
    await resident(ANSWERED)
    await resident("""
        居民: 不满意
        机器人: {号}…重新办 [说两句]
        居民: 说两句
        居民: 只换了一个，还有三个不亮
        机器人: 您的话记下了
        居民: (按 rate:{号}.1:very)
        机器人: {号}…评价已经结束
        居民: (按 comment:{号}.7)
        机器人: 没有找到
        居民: (按 comment:{号}.2)
        机器人: {号}…这一步做不了
    """)


async def test_said_in_words(resident: Chat) -> None:
    await resident(ANSWERED)
    await resident("""
        居民: 非常满意
        机器人: {号}…非常满意
    """)


async def test_left_unrated_it_closes_and_can_be_reopened(resident: Chat) -> None:
    await resident(ANSWERED)
    await resident("""
        时间: +5d
        计划
        居民 < {号} [非常满意]
        时间: +10d
        计划
        居民 < {号}
        居民: (按 rate:{号}.1:very)
        机器人: {号}…评价已经结束
        居民: {号}
        机器人: {号}…已办完 [重新办]
        居民: 重新办
        机器人: {号}…哪里还没办好
        居民: 又不亮了
        机器人: 重新办 {号}…又不亮了 [重新办]
        居民: 重新办
        机器人: {号}…重新办
        联络员 < {号}…又不亮了
    """)


async def test_outside_the_window_it_cannot_be_reopened(resident: Chat) -> None:
    await resident(ANSWERED)
    await resident("""
        居民: 非常满意
        时间: +30d
        居民: {号}
        机器人: {号} [重新办]
        时间: +1d
        居民: {号}
        机器人: {号}…已办完
        居民: (按 do:{号}:reopen)
        机器人: {号}…不能重新办了
    """)
    shown = [b.label for m in resident.actors["居民"].answer for row in m.buttons for b in row]
    assert "重新办" not in shown


async def test_a_reply_to_a_closed_case_reopens_it(resident: Chat) -> None:
    await resident(ANSWERED)
    await resident("""
        居民: 基本满意
        居民: (引用 有答复了) 又不亮了
        机器人: 重新办 {号}…又不亮了 [重新办]
    """)


async def test_a_case_that_closed_meanwhile_says_so_and_keeps_the_words(resident: Chat) -> None:
    await resident(FILED)
    await resident("""
        居民: 补充
        居民: 是南门那一盏
        机器人: 补充到 {号} [提交]
        居民: (按 do:{号}:undo)
        机器人: {号}…已撤销
        居民: 提交
        机器人: {号} 现在是「已撤回」，这一步做不了 [取消]
        居民: 取消
        机器人: 已取消
    """)
