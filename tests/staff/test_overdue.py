"""A case that is late already: the department still gets a day that can be kept."""

from tests.chat import Chat


async def test_a_department_never_gets_a_date_that_is_over(chat: Chat) -> None:
    for name in ("联络员", "承办单位"):
        await chat.actor(name)
    await chat("""
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 反映诉求
        居民: 围墙裂了一条缝
        居民: 提交
        机器人: {号}…12月7日
        联络员: 受理
        时间: 2026-12-10 09:00
        联络员: 转办
        联络员: 区住建局
        机器人: 12月11日(周五)前 [转出]
        联络员: 转出
        承办单位 < {号}…12月11日(周五)前
        承办单位 < 无
    """)
