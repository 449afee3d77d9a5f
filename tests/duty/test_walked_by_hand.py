"""What people stumbled over who walked through a month of duty on the page."""

import pytest

from tests.chat import Chat
from tests.duty.ground import give, open_on, roster
from tests.duty.test_transcripts import hear, people


async def test_what_asks_whether_takes_yes_for_an_answer(chat: Chat) -> None:
    await people(chat, "党代表", "党代表2", "联络员")
    await give(chat, 1, None)
    await give(chat, 0, "党代表")
    await hear(chat)
    await chat("""
        党代表: 我的值班
        党代表: 1
        党代表: 找人替
        党代表: 谁有空都行
        机器人: 问问各位同事，谁能替您值：…发出去吗？ [发出去]
        党代表: 好的
        机器人: 已问各位同事
        党代表2: 可以
        党代表 < 陆晓梅答应了。 11月26日(周四) 8:00–11:00由对方来值。
        联络员 < 党代表工作室： 11月26日(周四) 8:00–11:00由陆晓梅替周文斌来值。
        联络员: 改开放日
        联络员: 某天不开放
        联络员: 1
        联络员: 跳过
        机器人: 对吗？ [就这样改]
        联络员: 对
        机器人: 的开放日改好了
    """)


async def test_who_stays_after_all_and_who_leaves_twice(chat: Chat) -> None:
    await people(chat, "党代表")
    await give(chat, 0, "党代表")
    await chat("""
        时间: 2026-11-26 08:00
        党代表: 签到
        党代表: (位置 30.3125,119.0841)
        时间: 2026-11-26 10:50
        党代表: 签退
        机器人: 10:50签退了，一共170分钟，算一次值班
    """)
    slot = (await roster(chat.world))[0].slot
    await chat(f"""
        党代表: (按 duty:out:{slot.id})
        机器人: 您10:50已经签退，一共170分钟。
        时间: 2026-11-26 12:00
        党代表: 签退
        机器人: 您今天8:00–11:00的班已经结束。 一共170分钟，算一次值班。
        计划
        党代表: (按 duty:slot:{slot.id})
        机器人: 您的班。…算一次值班 [看记录]
        党代表: 看记录
        机器人: 11月26日(周四) 10:50 签退（周文斌）
    """)


async def test_an_older_shift_is_put_right_and_what_stood_before_stays(chat: Chat) -> None:
    await people(chat, "党代表", "联络员")
    await give(chat, 0, "党代表")
    await chat("""
        时间: 2026-11-26 12:00
        计划
        联络员: 更正签到
        机器人: 以前的班：…11月26日(周四) 8:00–11:00…周文斌（没有到）
        时间: 2026-11-30 09:00
        联络员: 值班表
        机器人: 12月3日(周四) [以前的班]
        联络员: 以前的班
        机器人: 以前的班：…11月26日(周四) 8:00–11:00…周文斌（没有到）
        联络员: 1
        机器人: 周文斌，没有到 [更正周文斌]
        联络员: 更正周文斌
        联络员: 改时间
        联络员: 八点半到十点
        联络员: 忘了签到
        机器人: 更正好了：周文斌，90分钟，不算一次。
        联络员: 看这一班
        联络员: 周文斌的记录
        机器人: 11月30日(周一) 9:00 更正（林晓燕），原记没有到，改为90分钟：忘了签到
        党代表 < 更正了您的一次值班…90分钟，不算一次
        党代表: 值过的班
        机器人: 90分钟，不算一次
    """)
    for role, what in (("党代表", "before"), ("居民", "before")):
        await chat(f"{role}: (按 duty:{what}:1.0)\n机器人: {'没有找到' if role == '党代表' else '您好'}")


async def test_a_planner_away_too_long_to_ask_leaves_it_where_the_liaison_looks(chat: Chat) -> None:
    await people(chat, "党代表", "联络员")
    await give(chat, 0, "党代表")
    await chat("""
        时间: 2026-11-28 20:00
        计划
        党代表 < 新值班表排好了
        党代表 < 无
        联络员: 以前的班
        机器人: 11月26日(周四) 8:00–11:00…周文斌（没有到）…选一班，可以看记录、更正。
        联络员: 1
        机器人: 周文斌，没有到 [更正周文斌]
    """)


LABELS = {
    "联络员": {
        "今天的口令": "的口令",
        "口令": "的口令",
        "屏幕页": "请在工作室的屏幕上打开",
        "以前的班": "还没有过去的班",
        "更正签到": "还没有过去的班",
        "补人": "选一班，再选由谁来值",
        "确认到岗": "值班表",
        "加开一天": "要改什么",
        "确认": "没有等您确认的活动记录",
    },
    "党代表": {
        "值过的班": "还没有值过班",
        "换班": "选一班，可以换班",
        "我要请假": "选一班，可以换班",
        "补签": "还没有值过班",
        "找人替": "选一班，可以换班",
        "看空缺": "选一班，就由您来值",
        "改了再报": "季度走访",
        "今天的口令": "您是要办事，还是自己要反映",
        "加开一天": "您是要办事，还是自己要反映",
    },
    "联络办": {"加开一天": "改哪个工作室的开放日", "今天的口令": "您是要办事，还是自己要反映"},
}


@pytest.mark.parametrize("role", LABELS)
async def test_a_label_of_an_older_message_does_what_it_says_for_who_may(chat: Chat, role: str) -> None:
    await people(chat, role)
    await give(chat, 0, "党代表")
    await give(chat, 1, None)
    await hear(chat)
    for words, answer in LABELS[role].items():
        await chat(f"""
            {role}: 首页
            {role}: {words}
            机器人: {answer}
        """)


async def test_a_label_with_a_name_in_it_is_understood_too(chat: Chat) -> None:
    await people(chat, "联络员")
    await give(chat, 0, "党代表")
    await chat("""
        时间: 2026-11-26 08:30
        联络员: 首页
        联络员: 周文斌到岗了
        机器人: 记下了：周文斌已到岗
        联络员: 陆晓梅的房子漏水了
        机器人: 您是要办事，还是自己要反映
    """)


async def test_a_residents_words_are_theirs_whatever_staffs_buttons_say(chat: Chat) -> None:
    await chat("""
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 换班
        机器人: 换班 [提交]
    """)


async def test_cancelling_leads_back_to_the_shift_and_says_nothing_of_sending(chat: Chat) -> None:
    await people(chat, "联络员", "党代表")
    await give(chat, 0, "党代表")
    await give(chat, 1, None)
    await hear(chat)
    await chat("""
        党代表: 我的值班
        党代表: 1
        党代表: 换班
        党代表: 取消
        机器人: 好的，已取消。
        机器人: 由您来值 [换班]
        党代表: 首页
        党代表: 我的值班
        党代表: 1
        党代表: 不能来
        党代表: 取消
        机器人: 由您来值
        联络员: 补人
        联络员: 1
        联络员: 取消
        机器人: 好的，已取消。
        机器人: · 周文斌…· 空缺 [补人]
        联络员: 改开放日
        联络员: 取消
        机器人: 好的，已取消。 [待办] [值班表]
    """)


async def test_a_resident_hears_that_nothing_was_sent(chat: Chat) -> None:
    await chat("""
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 反映诉求
        居民: 取消
        机器人: 好的，已取消。什么也没有提交。
    """)


async def test_a_shift_of_ones_own_is_acted_on_from_the_table_too(chat: Chat) -> None:
    await people(chat, "党代表")
    await give(chat, 0, "党代表")
    await chat("""
        党代表: 值班表
        党代表: 1
        机器人: 党代表工作室…周文斌 [看这次班]
        党代表: 看这次班
        机器人: 由您来值 [换班]
    """)


COUNTED = {"6": "6人", "七个": "7人", "两人": "2人", "一共12人": "12人", "3": "3人"}


@pytest.mark.parametrize("said", COUNTED)
async def test_how_many_came_may_be_written(chat: Chat, said: str) -> None:
    await chat(f"""
        联络员: 登记来访
        联络员: 问政策
        联络员: {said}
        机器人: {COUNTED[said]}，记下就行
        联络员: 返回
        机器人: 来了几个人？
        联络员: 1人
        联络员: 记下就行
        机器人: 记下了：1人。
    """)


@pytest.mark.parametrize("said", ["1000", "好多人", "0"])
async def test_no_count_is_asked_for_again(chat: Chat, said: str) -> None:
    await chat(f"""
        联络员: 登记来访
        联络员: 问政策
        联络员: {said}
        机器人: 请写一个数字，1到200 [1人]
    """)


async def test_periods_of_a_day_are_parted(chat: Chat) -> None:
    await open_on(chat.world, "FREQ=MONTHLY;BYMONTHDAY=10,20", "8:30-11:30,14:00-17:00")
    await chat("""
        居民: (扫码 w_LJ01)
        居民: 同意
        机器人: 下次开放：12月10日(周四) 8:30–11:30、14:00–17:00
        居民: 开放日
        机器人: 12月10日(周四) 8:30–11:30、14:00–17:00
    """)


async def test_a_communitys_name_answers_where_one_lives(chat: Chat) -> None:
    await chat("""
        居民: 你好
        居民: 同意
        居民: 开放日
        机器人: 还不知道您住哪个社区 [选择我的社区]
        居民: 滨河社区
        机器人: 滨河社区党代表工作室 [滨河社区党代表工作室]
        居民: 1
        机器人: 您的工作室是滨河社区党代表工作室
        居民: 滨河社区
        机器人: 请核对
        居民2: 你好
        居民2: 同意
        居民2: 我的代表
        居民2: 我住滨河社区
        机器人: [滨河社区党代表工作室]
        居民3: 你好
        居民3: 同意
        居民3: 我的代表
        居民3: 滨河社区停电了
        机器人: 请核对…滨河社区停电了
    """)


async def test_what_was_said_weekly_to_somebody_away_is_said_once(chat: Chat) -> None:
    """An office without anybody in it hears of next year's notice in one line, with nothing to open."""
    await chat("时间: 2026-11-02 09:00\n计划\n时间: 2026-11-09 09:00\n计划\n时间: 2026-11-16 09:00\n计划")
    await chat.actor("联络办")
    await chat.world.deliver()
    said = [message for _, message in chat._paper(chat.actors["联络办"])]
    texts = "\n".join(message.text for message in said)
    assert texts.count("请导入国务院2027年的放假通知") == 1
    assert "选一件，看详情" not in texts or any(
        b.data.startswith("show:") for m in said for r in m.buttons for b in r
    )


async def test_a_moved_day_that_is_closed_is_told_with_the_reason_it_is_closed_for(chat: Chat) -> None:
    await open_on(chat.world, "FREQ=MONTHLY;BYMONTHDAY=20")
    await chat("""
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 开放日
        机器人: 12月21日(周一)…原定12月20日(周日)遇周末
        联络员: 改开放日
        联络员: 某天不开放
        联络员: 12月21日(周一)
        联络员: 街道统一大扫除
        联络员: 对
        居民 < 12月21日(周一)不开放了。 原因：街道统一大扫除
    """)


@pytest.mark.parametrize("role", ["党代表", "联络员", "联络办", "居民"])
async def test_four_main_buttons_on_the_first_screen(chat: Chat, role: str) -> None:
    await chat(f"{role}: 你好" + ("\n居民: 同意" if role == "居民" else ""))
    rows = chat.actors[role].answer[-1].buttons
    assert sum(not button.minor for row in rows for button in row) == 4
