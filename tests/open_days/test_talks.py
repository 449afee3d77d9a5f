"""Open days in chat: residents look and are reminded, liaison and office change them."""

from datetime import date

from domain.open_days import open_days, rule_of
from domain.people import Seat
from tests.chat import Chat
from tests.world import World

RESIDENT = """
    居民: (扫码 w_LJ01)
    居民: 同意
"""


async def ruled(service: World, rule: str = "FREQ=MONTHLY;BYMONTHDAY=10,20", code: str = "LJ01") -> int:
    """The workroom with this rule and no other."""
    async with service.unit() as uow:
        room = await uow.registry.workroom_by_code(code)
        assert room is not None
        await uow.open_days.set_rules({room.id: [rule_of(rule)]}, service.clock())
        return room.id


async def test_a_resident_sees_the_next_three_days_and_why(chat: Chat, service: World) -> None:
    await ruled(service)
    await chat(RESIDENT)
    await chat("""
        居民: 开放日
        机器人: 接下来开放：…12月10日(周四) 9:00–12:00…原定12月20日(周日)遇周末，顺延到这天…（暂定）…地址
        居民: 开放日
        机器人: 临江街道党代表工作室接下来 [提醒我 12月10日(周四)] [提醒我 2027年1月11日(周一)]
        居民: 首页
        机器人: …下次开放：12月10日(周四) 9:00–12:00 [开放日] [我的代表]
    """)


async def test_why_this_day_is_answered_in_words(chat: Chat, service: World) -> None:
    await ruled(service, "FREQ=WEEKLY;BYDAY=TH,FR")
    await chat(RESIDENT)
    await chat("""
        时间: 2026-12-31 13:00
        居民: 开放日
        机器人: 2027年1月7日(周四) [为什么是这天]
        居民: 为什么是这天
        机器人: 2027年1月1日(周五)遇元旦假期，不开放。…2027年1月7日(周四)暂定，那一年的放假通知还没出来。
        时间: 2026-06-01 10:00
        居民: 开放日
        居民: 为什么不开放
        机器人: 临江街道党代表工作室近期都按平时的安排开放。
    """)


async def test_reminding_is_wished_and_unwished_by_the_same_button(chat: Chat, service: World) -> None:
    room = await ruled(service)
    await chat(RESIDENT)
    await chat("""
        居民: 开放日
        居民: 提醒我 12月10日(周四)
        机器人: 好的，12月9日(周三)傍晚提醒您。…12月10日(周四) 9:00–12:00，临江街道 [不用提醒 12月10日(周四)]
        居民: (再按一次)
        机器人: 好的，12月9日(周三)傍晚提醒您
        居民: 开放日
        机器人: 接下来开放 [不用提醒 12月10日(周四)]
    """)
    async with service.unit() as uow:
        assert len(await uow.open_days.wishes(date(2026, 12, 1), date(2026, 12, 31))) == 1
        told = {t.day for t in await uow.open_days.told(date(2026, 12, 1))}
    assert told == {date(2026, 12, 10), date(2026, 12, 21), date(2027, 1, 11)}, "those that were shown"
    await chat(f"""
        居民: 不用提醒 12月10日(周四)
        机器人: 好的，12月10日(周四)不提醒您了。
        居民: (按 wish:99999.20261210)
        机器人: 没有找到
        居民: (按 wish:{room}.20261211)
        机器人: 没有找到
        居民: (按 wish:x.y)
        机器人: 没有找到
    """)
    async with service.unit() as uow:
        assert await uow.open_days.wishes(date(2026, 12, 1), date(2026, 12, 31)) == []
        assert date(2026, 12, 10) not in {t.day for t in await uow.open_days.told(date(2026, 12, 1))}


async def test_today_counts_until_its_hours_are_over(chat: Chat, service: World) -> None:
    await ruled(service, "FREQ=WEEKLY;BYDAY=MO")
    await chat(RESIDENT)
    await chat("""
        居民: 开放日
        机器人: 接下来开放：…今天 9:00–12:00…11月30日(周一)
        居民: 首页
        机器人: 今天开放：11月23日(周一) 9:00–12:00
        时间: 2026-11-23 12:00
        居民: 开放日
        机器人: 接下来开放：…11月30日(周一)
    """)


async def test_without_home_or_without_days(chat: Chat, service: World) -> None:
    async with service.unit() as uow:
        room = await uow.registry.workroom_by_code("LJ01")
        assert room is not None
        await uow.open_days.set_rules({room.id: []}, service.clock())
    await chat("""
        居民: 你好
        居民: 同意
        居民: 开放日
        机器人: [选择我的社区]
        居民: (扫码 w_LJ01)
        居民: 开放日
        机器人: 临江街道党代表工作室最近没有安排开放日
    """)


async def test_the_liaison_closes_a_day_and_whoever_was_told_is_told(chat: Chat, service: World) -> None:
    await ruled(service)
    await chat(RESIDENT)
    await chat("""
        居民: 开放日
        居民: 提醒我 12月10日(周四)
        联络员: 改开放日
        机器人: 现在：每月10、20日 9:00–12:00…· 12月10日(周四)…要改什么？ [某天不开放] [加开一天] [改长期安排]
        联络员: 某天不开放
        机器人: 哪一天不开放？ [12月10日(周四)] [12月21日(周一)]
        联络员: 12月10日(周四)
        机器人: 为什么？ [跳过]
        联络员: 全体代表参加学习
        机器人: 12月10日(周四)不开放。…原因：全体代表参加学习…对吗？ [就这样改]
        联络员: 就这样改
        机器人: 临江街道党代表工作室的开放日改好了。…已通知1位知道原来日子的人。…12月21日(周一)
        居民 < 临江街道党代表工作室的开放日有变动。…12月10日(周四)不开放了。…原因：全体代表参加学习
        联络员: (再按一次)
        居民 < 无
        联络员: 改开放日
        联络员: 恢复原样
        联络员: 12月10日(周四)
        机器人: 改好了…12月10日(周四)
        居民 < 12月10日(周四) 9:00–12:00 开放。
    """)


async def test_other_hours_one_day(chat: Chat, service: World) -> None:
    await ruled(service)
    await chat(RESIDENT)
    await chat("""
        居民: 开放日
        居民: 提醒我 12月10日(周四)
        联络员: 改开放日
        联络员: 某天改时间
        联络员: 12月10日(周四)
        机器人: 几点到几点？
        联络员: 22:00-2:00
        机器人: 结束要晚于开始，而且要在同一天
        联络员: 14:00-17:00，8:00-11:00
        联络员: 跳过
        机器人: 12月10日(周四)改为 8:00–11:00、14:00–17:00。
        联络员: 就这样改
        居民 < 12月10日(周四) 8:00–11:00、14:00–17:00 开放。
    """)


async def test_what_was_decided_for_a_day_stands_in_the_days_shown_before_a_rule_is_saved(
    chat: Chat, service: World
) -> None:
    await ruled(service)
    await chat("""
        联络员: 改开放日
        联络员: 某天改时间
        联络员: 12月10日(周四)
        联络员: 14:00-16:00
        联络员: 跳过
        联络员: 就这样改
        联络员: 改开放日
        联络员: 改长期安排
        联络员: 每周一次
        联络员: 周四
        联络员: 8:00-11:00
        联络员: 顺延到工作日
        机器人: 这样算下来：…11月26日(周四) 8:00–11:00…12月10日(周四) 14:00–16:00…保存吗？ [保存]
        联络员: 保存
        机器人: 改好了…11月26日(周四) 8:00–11:00…12月10日(周四) 14:00–16:00
    """)


async def test_an_extra_day(chat: Chat, service: World) -> None:
    await ruled(service)
    await chat("""
        联络员: 改开放日
        联络员: 加开一天
        机器人: 加开哪一天？
        联络员: 随便
        机器人: 没看懂日期「随便」
        联络员: 12月6日
        联络员: 9:00-11:00
        联络员: 跳过
        机器人: 12月6日(周日) 9:00–11:00 加开。…对吗？
        联络员: 就这样改
        机器人: 接下来：…12月6日(周日) 9:00–11:00…12月10日(周四) 9:00–12:00
        联络员: 改开放日
        联络员: 加开一天
        联络员: 2020年1月1日
        联络员: 9:00-11:00
        联络员: 跳过
        机器人: 2020年1月1日(周三)不能改了
    """)


async def test_a_rule_is_tried_before_it_is_saved(chat: Chat, service: World) -> None:
    await ruled(service)
    await chat("""
        联络员: 改开放日
        联络员: 改长期安排
        机器人: 开放日怎么定？ [每月几号] [每周一次] [每月第几个周几]
        联络员: 每月几号
        联络员: 月底
        机器人: 没看懂「月底」
        联络员: 21号
        联络员: 8:00-11:00
        机器人: 遇到周末和节假日怎么办？ [顺延到工作日] [当次取消] [照常开放]
        联络员: 顺延到工作日
        机器人: 每月21日 8:00–11:00…2027年2月22日(周一)…（暂定），原定2027年2月21日(周日) [保存] [改日子]
        联络员: 改日子
        联络员: 每月第几个周几
        联络员: 第2个
        联络员: 周四
        联络员: 8:00-11:00
        联络员: 当次取消
        机器人: 每月第2个周四 8:00–11:00…12月10日(周四)…2027年1月14日(周四)
        联络员: 开放日
        机器人: 12月10日(周四) 9:00–12:00…12月21日
    """)


async def test_a_rule_that_was_tried_is_saved(chat: Chat, service: World) -> None:
    await ruled(service)
    await chat("""
        联络员: 改开放日
        联络员: 改长期安排
        联络员: 每周一次
        联络员: 周四
        联络员: 8:00-11:00
        联络员: 当次取消
        联络员: 保存
        机器人: 改好了…11月26日(周四) 8:00–11:00…12月3日(周四)
    """)


async def test_the_office_chooses_the_workroom_by_name(chat: Chat, service: World) -> None:
    await ruled(service, code="ST01")
    await chat("""
        联络办: 改开放日
        机器人: 改哪个工作室的开放日？
        联络办: 松涛街道
        机器人: 是哪一个？ [松涛街道党代表工作室]
        联络办: 松涛街道党代表工作室
        机器人: 松涛街道党代表工作室…现在：每月10、20日
    """)


async def test_others_can_neither_begin_nor_forge_it(chat: Chat, service: World) -> None:
    room = await ruled(service, code="ST01")
    await chat(RESIDENT)
    await chat("""
        居民: 改开放日
        机器人: 开放日由工作室联络员和联络办来定。 [开放日]
        党代表: 改开放日
        机器人: 开放日由工作室联络员和联络办来定。
        联络员: 改开放日
        机器人: 临江街道党代表工作室
    """)
    async with service.unit() as uow:
        before = await uow.open_days.plan(room)
    actor = await chat.actor("联络员")
    forged = next(b.data for b in chat._buttons(actor) if b.data.endswith(".closed"))
    assert forged  # the room is in the conversation's own data, which no button carries
    async with service.unit() as uow:
        assert await uow.open_days.plan(room) == before


async def test_who_is_told_is_the_seat(service: World, chat: Chat) -> None:
    """A representative who was told by the roster hears of the change as well."""
    room = await ruled(service)
    await chat.actor("党代表")
    seat = await chat.seat("党代表")
    async with service.unit() as uow:
        plan = await uow.open_days.plan(room)
        assert plan.rules
    async with service.unit() as uow:
        calendar = await uow.registry.calendar(service.house.zone)
        days = open_days(plan, date(2026, 12, 1), date(2026, 12, 15), calendar)
        await uow.open_days.tell({(Seat(seat.role, seat.id), room): days})
    await chat("""
        联络员: 改开放日
        联络员: 某天不开放
        联络员: 12月10日(周四)
        联络员: 跳过
        联络员: 就这样改
        党代表 < 12月10日(周四)不开放了
    """)
