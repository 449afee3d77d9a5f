"""The whole loop with each opinion, to the rating and round again (rules 41, 42, 44, 49; part 3, 3)."""

from tests.chat import Chat

FILED = """
    居民: (扫码 w_LJ01)
    居民: 同意
    居民: 反映诉求
    居民: 3号楼室外楼梯一下雨就打滑
    居民: 提交
    机器人: {号}
    联络员 < {号} [受理]
"""


async def staff(chat: Chat, *names: str) -> None:
    for name in names:
        await chat.actor(name)


async def test_the_representative_answers_directly(chat: Chat) -> None:
    await staff(chat, "联络员", "党代表")
    await chat(FILED)
    await chat("""
        联络员: 受理
        居民 < {号}…受理
        党代表 < {号}
        党代表: 接办
        居民 < {号}
        党代表: 办理意见
        党代表: 直接答复
        党代表: 楼梯已经铺上防滑条，昨天完工。
        党代表: 发给居民
        居民 < {号}…楼梯已经铺上防滑条，昨天完工。 [非常满意] [基本满意] [不满意]
        联络员 < {号}…楼梯已经铺上防滑条
        居民: 非常满意
        机器人: …谢谢
        党代表 < {号}…非常满意
        联络员 < {号}…非常满意
        居民: 我的诉求
        机器人: {号}
    """)


async def test_a_department_answers_through_the_liaison(chat: Chat) -> None:
    await staff(chat, "联络员", "党代表", "承办单位")
    await chat(FILED)
    await chat("""
        联络员: 受理
        党代表 < {号} [接办]
        党代表: 接办
        党代表: 办理意见
        党代表: 转给部门
        党代表: 楼梯是露天的，建议加装雨棚。
        党代表: 区住建局
        党代表: 提交
        联络员 < {号}…区住建局…建议加装雨棚 [转给部门]
        联络员: 转给部门
        联络员: 区住建局
        联络员: 转出
        承办单位 < {号}…建议加装雨棚…12月7日 [签收] [答复]
        居民 < {号}…区住建局
        承办单位: 签收
        联络员 < {号}…签收
        承办单位: 答复
        承办单位: 雨棚已经装好，下雨也不滑了。
        承办单位: 交给联络员
        联络员 < {号}…雨棚已经装好 [答复居民]
        党代表 < {号}…雨棚已经装好
        联络员: 答复居民
        联络员: 发给居民
        居民 < {号}…雨棚已经装好，下雨也不滑了。 [非常满意]
        党代表 < {号}…雨棚已经装好，下雨也不滑了。
        居民: 基本满意
        机器人: 谢谢
        联络员: {号}
        机器人: {号}…已送到
    """)
