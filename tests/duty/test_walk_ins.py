"""People who come in: counted in a few taps, helped to file, and the case joined to them by its code."""

import re

import sqlalchemy as sa

from storage.tables import walk_ins
from tests.chat import Chat
from tests.duty.ground import room_of

COUNTED = """
    联络员: 登记来访
    机器人: 来的人是为了什么事？ [反映问题] [问政策]
    联络员: 问政策
    机器人: 来了几个人？ [1人] [更多]
"""


async def count(chat: Chat) -> int:
    async with chat.world.unit() as uow:
        room = await room_of(uow)
        return await uow.walk_ins.count(room, chat.world.clock().replace(hour=0))


def code(chat: Chat) -> str:
    """The claim code that was said last."""
    said = " ".join(m.text for m in chat.actors["联络员"].answer)
    found = re.search(r"[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}", said)
    assert found, said
    return found[0]


async def test_counted_in_three_taps(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat(COUNTED)
    await chat("""
        联络员: 2人
        机器人: 2人，记下就行，还是替来的人反映一件事？
        联络员: 记下就行
        机器人: 记下了：2人。今天一共2人来过。
        联络员: (重复)
        机器人: 记下了：2人。今天一共2人来过。
        联络员: 登记来访
        联络员: 提意见
        联络员: 更多
        联络员: 很多
        机器人: 请写一个数字
        联络员: 12人
        联络员: 记下就行
        机器人: 今天一共14人来过
    """)
    assert await count(chat) == 14


FILED = (
    COUNTED
    + """
    联络员: 1人
    联络员: 替他反映
    机器人: 请写他说的事
    联络员: 三楼过道的灯坏了
    机器人: 请念给来的人听，对不对 [提交] [改文字]
    联络员: 提交
    机器人: 已替他反映，编号{号}…请把这个代码交给他
"""
)


async def test_a_case_is_opened_for_somebody_and_claimed_later(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat.actor("党代表")
    await chat(FILED)
    claim = code(chat)
    await chat("""
        党代表 < {号}…三楼过道的灯坏了 [接办]
        联络员: 受理 {号}
        机器人: 已受理
    """)
    await chat(f"""
        居民: (扫码 c_{claim.replace("-", "")})
        机器人: [同意]
        居民: 同意
        机器人: 工作室替您反映的事，现在在「我的诉求」里
        居民 < {{号}}…已经受理
        居民: 我的诉求
        机器人: {{号}}…三楼过道的灯坏了
        别人: 您好
        别人: 同意
        别人: {claim}
        机器人: 这个代码用不了
        别人: {{号}}
        机器人: 没有找到
    """)


async def test_the_code_may_be_typed_and_the_same_step_gives_the_same_code(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat(FILED)
    before = code(chat)
    await chat("联络员: (重复)")
    assert code(chat) == before
    await chat(f"""
        居民: 您好
        居民: 同意
        居民: {before.lower()}
        机器人: 工作室替您反映的事
        居民: 我的诉求
        机器人: {{号}}
    """)
    async with chat.world.unit() as uow:
        rows = (await uow.connection.execute(sa.select(walk_ins))).all()
    assert len(rows) == 1


async def test_only_who_receives_people_records_them(chat: Chat) -> None:
    await chat("""
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 登记来访
        机器人: 是给工作人员用的
        居民: (按 duty:walk:1)
        机器人: 没有找到
        承办单位: (按 duty:walk:1)
        机器人: 没有找到
    """)
