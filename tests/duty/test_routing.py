"""What is filed during a shift goes to who is there, and up the ladder when nobody answers; each once."""

from tests.chat import Chat
from tests.duty.ground import give
from tests.duty.test_check_in import AT_THE_ROOM, on_duty
from tests.duty.test_transcripts import hear

FILED = """
    居民: (扫码 w_LJ01)
    居民: 同意
    居民: 反映诉求
    居民: 3号楼室外楼梯一下雨就打滑
    居民: 提交
    机器人: {号}
"""


async def there(chat: Chat) -> None:
    """The representative is checked in; everybody of the workroom is bound."""
    await on_duty(chat, "党代表2", "联络办")
    await give(chat, 1, "党代表2")
    await chat(f"""
        党代表: 签到
        党代表: {AT_THE_ROOM}
    """)
    await hear(chat)
    await chat(FILED)


async def test_first_who_is_there_then_the_deputy_the_liaison_the_office(chat: Chat) -> None:
    await there(chat)
    await chat("""
        党代表 < {号}…您正在值班，请先看看 [接办]
        党代表2 < 无
        联络员 < 无
        时间: +29m
        计划
        党代表2 < 无
        时间: +1m
        计划
        计划
        党代表2 < {号}…楼梯一下雨就打滑 [接办]
        联络员 < 无
        时间: +30m
        计划
        联络员 < {号}…楼梯一下雨就打滑 [受理]
        联络办 < 2027年的放假通知
        时间: +30m
        计划
        联络办 < 有一件新诉求还没有人接：{号}…联络员林晓燕
        时间: +3h
        计划
    """)
    await chat("\n".join(f"{who} < 无" for who in ("党代表", "党代表2", "联络员", "联络办")))
    office = chat.world.channels[chat.channel].said[chat.actors["联络办"].id][-1][1]
    assert "楼梯" not in office.text, "the office has no part in the case yet"


async def test_once_somebody_has_taken_it_nobody_else_is_told(chat: Chat) -> None:
    await there(chat)
    await chat("""
        党代表: 接办
        居民 < 周文斌
        时间: +2h
        计划
        党代表2 < 无
        联络办 < 2027年的放假通知
        联络办 < 无
    """)


async def test_the_liaison_can_act_from_the_first_moment(chat: Chat) -> None:
    await there(chat)
    await chat("""
        联络员: 待办
        机器人: {号}
        联络员: 受理 {号}
        机器人: 已受理
        党代表 < 受理
        时间: +2h
        计划
        党代表2 < 无
    """)


async def test_something_urgent_goes_to_everybody_at_once(chat: Chat) -> None:
    await on_duty(chat)
    await chat(f"""
        党代表: 签到
        党代表: {AT_THE_ROOM}
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 反映诉求
        居民: 楼道里煤气味很重，怕要爆炸
        居民: 提交
        联络员 < 【急】
        党代表 < 【急】
    """)


async def test_without_anybody_there_it_goes_as_always(chat: Chat) -> None:
    await on_duty(chat)
    await chat(FILED)
    await chat("""
        联络员 < {号} [受理]
        党代表 < {号} [接办]
        时间: +2h
        计划
        联络员 < 无
    """)
