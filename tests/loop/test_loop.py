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
        党代表: 转办
        党代表: 楼梯是露天的，建议加装雨棚。
        党代表: 区住建局
        党代表: 提交
        联络员 < {号}…区住建局…建议加装雨棚 [转办]
        联络员: 转办
        联络员: 转出
        承办单位 < {号}…建议加装雨棚…12月7日 [签收]
        居民 < {号}…区住建局
    """)
    await _the_department_does_its_part(chat)


async def _the_department_does_its_part(chat: Chat) -> None:
    await chat("""
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
        党代表 < {号}…雨棚已经装好
        联络员: {号}
        机器人: {号}…已送到…已送到
        居民: 基本满意
        机器人: 谢谢
    """)


ANSWERED = (
    FILED
    + """
    联络员: 受理
    党代表: 接办
    党代表: 办理意见
    党代表: 直接答复
    党代表: 楼梯已经铺上防滑条。
    党代表: 发给居民
    居民 < 楼梯已经铺上防滑条。 [不满意]
"""
)


async def test_not_satisfied_goes_round_again(chat: Chat) -> None:
    """Part 3, 3 and 6: the last rating counts; somebody other than the handler calls back first."""
    await staff(chat, "联络员", "党代表")
    await chat(ANSWERED)
    await chat("""
        居民: 不满意
        机器人: {号}…重新办…11月24日(周二)前…12月7日(周一)前 [说两句]
        联络员 < {号}…不满意…11月24日(周二)前 [记回访]
        党代表 < {号}…不满意
        党代表: {号}
        机器人: {号}…第2轮
        党代表: 答复居民 {号}
        机器人: 回访
        联络员: 记回访 {号}
        联络员: 打过电话，防滑条贴歪了，还是滑。
        党代表 < {号}…防滑条贴歪了
        党代表: 办理意见 {号}
        党代表: 直接答复
        党代表: 已经请人重贴，还加了扶手。
        党代表: 发给居民
        居民 < {号}…已经请人重贴，还加了扶手。 [非常满意]
        居民: 非常满意
        机器人: 谢谢
    """)
    async with chat.world.unit() as uow:
        case = await uow.cases.by_number(chat.numbers["0"].replace("-", ""))
        assert case is not None
        assert (case.round, case.rating, str(case.state)) == (2, "very", "closed")
        first = await uow.cases.round(case.id, 1)
        assert (first.rating, first.answer) == ("not", "楼梯已经铺上防滑条。"), "the history stays"


async def test_silence_is_asked_again_and_then_closed_unrated(chat: Chat) -> None:
    """Part 3, 10: asked again after 3 working days, closed as 未评价 after 7."""
    await staff(chat, "联络员", "党代表")
    await chat(ANSWERED)
    await chat("""
        时间: 2026-11-25 09:00
        计划
        居民 < 无
        时间: 2026-11-26 09:00
        计划
        计划
        居民 < {号}…办好了吗 [非常满意]
        居民 < 无
        时间: 2026-12-01 09:00
        计划
        居民 < 无
        时间: 2026-12-02 09:00
        计划
        居民 < {号}
        居民: {号}
        机器人: {号}…未评价
    """)


async def test_reopening_inside_and_outside_the_window(chat: Chat) -> None:
    """Part 3, 10: thirty calendar days from closing."""
    await staff(chat, "联络员", "党代表")
    await chat(ANSWERED)
    await chat("""
        居民: 基本满意
        时间: 2026-12-23 20:00
        居民: 重新办 {号}
        居民: 才一个月防滑条就掉了。
        居民: 重新办
        联络员 < {号}…防滑条就掉了
        党代表 < {号}…防滑条就掉了
        党代表: 办理意见 {号}
        党代表: 直接答复
        党代表: 已经换成铁的防滑条。
        党代表: 发给居民
        居民 < 已经换成铁的防滑条。
        居民: 非常满意
        时间: 2027-01-23 09:00
        居民: 重新办 {号}
        机器人: 现在不能重新办了
    """)


async def test_escalated_to_the_office_and_answered_from_there(chat: Chat) -> None:
    await staff(chat, "联络员", "党代表", "联络办")
    await chat(FILED)
    await chat("""
        联络员: 受理
        党代表: 接办
        党代表: 办理意见
        党代表: 上报
        党代表: 楼梯归两个单位管，请协调。
        党代表: 提交
        联络办 < {号}…请协调 [签收]
        居民 < {号}
        联络办: 待办
        机器人: {号}
        联络办: 签收 {号}
        联络办: 答复 {号}
        联络办: 已定由区住建局负责，本月加装雨棚。
        联络办: 交给联络员
        联络员 < {号}…本月加装雨棚 [答复居民]
        联络员: 答复居民 {号}
        联络员: 发给居民
        居民 < 本月加装雨棚 [非常满意]
        党代表 < 本月加装雨棚
    """)


async def test_going_to_see_and_telling_the_progress(chat: Chat) -> None:
    await staff(chat, "联络员", "党代表")
    await chat(FILED)
    await chat("""
        联络员: 受理
        党代表: 接办
        党代表: 办理意见
        党代表: 现场查看
        党代表: 周三下午我去看楼梯。
        党代表: 提交
        居民 < {号}…周三下午我去看楼梯
        党代表: 写进展
        党代表: (照片) 已经看过，约了施工队。
        党代表: 发给居民
        居民 < {号}…约了施工队
        党代表: 答复居民
        党代表: 雨棚装好了。
        党代表: 发给居民
        居民 < 雨棚装好了。 [非常满意]
        联络员 < 雨棚装好了。
    """)


async def test_refused_with_who_is_responsible(chat: Chat) -> None:
    await staff(chat, "联络员")
    await chat(FILED)
    await chat("""
        联络员: 不予受理
        联络员: 区人社局服务大厅
        联络员: 养老金的事由那里办。
        联络员: 确认不受理
        居民 < {号}…区人社局服务大厅
        居民: 我的诉求
        机器人: {号}
    """)


async def test_the_office_hears_nothing_of_what_is_not_escalated(chat: Chat) -> None:
    await staff(chat, "联络员", "联络办")
    await chat(FILED)
    await chat("""
        联络办: {号}
        机器人: 没有找到
        联络办 < 无
    """)
