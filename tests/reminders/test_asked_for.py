"""提醒我 promises only what will come; 不再提醒 holds for what was found already; urgent comes first."""

import pytest

from tests.chat import Chat
from tests.duty.ground import open_on
from tests.reminders.nights import nights, no_open_days


@pytest.fixture(autouse=True)
async def open_on_the_tenth(chat: Chat) -> None:
    await nights(chat.world)
    await no_open_days(chat.world)
    await open_on(chat.world, "FREQ=MONTHLY;BYMONTHDAY=10,20", "9:00-12:00")
    await chat("""
        时间: 2026-12-01 10:00
        居民: (扫码 w_LJ01)
        居民: 同意
    """)


async def test_whoever_sleeps_through_the_evening_is_promised_the_morning(chat: Chat) -> None:
    await chat("""
        居民: 免打扰
        居民: 17:30-6:30
        居民: 开放日
        居民: 提醒我 12月10日(周四)
        机器人: 好的，12月10日(周四)一早提醒您。
        时间: 2026-12-09 18:00
        计划
        居民 < 无
        时间: 2026-12-10 06:30
        居民 < 开放日快到了
    """)


async def test_when_the_evening_is_over_nothing_is_promised(chat: Chat) -> None:
    """The evening ends with the district's quiet hours; then the screen says the day, and offers no more."""
    await chat("""
        时间: 2026-12-09 20:58
        居民: 开放日
        机器人: 12月10日(周四) [提醒我 12月10日(周四)]
        居民: 提醒我 12月10日(周四)
        机器人: 好的，12月9日(周三)傍晚提醒您。
        计划
        居民 < 开放日快到了
        时间: 2026-12-09 21:00
        居民: (按 wish:1.20261210)
        机器人: 快到了，不再另外提醒您。…12月10日(周四) 9:00–12:00
    """)
    actor = await chat.actor("居民")
    assert not actor.answer[-1].buttons
    await chat("居民: 开放日\n机器人: 12月10日(周四) [提醒我 12月21日(周一)]")
    labels = [button.label for row in actor.answer[-1].buttons for button in row]
    assert not [label for label in labels if "12月10日" in label]


async def test_whoever_asks_for_it_again_hears_it_though_such_reminders_were_off(chat: Chat) -> None:
    await chat("""
        居民: (按 remind:open_day:off)
        居民: 开放日
        居民: 提醒我 12月10日(周四)
        居民: 提醒设置
        机器人: 开放日前一天晚上：开
        时间: 2026-12-09 18:00
        计划
        居民 < 开放日快到了
    """)


async def test_what_is_switched_off_while_it_waits_is_not_said(chat: Chat) -> None:
    """Found in the evening or at night, held until its reader's morning; switched off in between."""
    await chat.actor("党代表")
    await chat("""
        居民: 免打扰
        居民: 17:30-6:30
        居民: 开放日
        居民: 提醒我 12月10日(周四)
        时间: 2026-12-09 18:00
        计划
        党代表 < 明天您值班
        居民: (按 remind:open_day:off)
        时间: 2026-12-10 07:00
        居民 < 无
        时间: 2026-12-17 00:05
        计划
        党代表: (按 remind:visit:off)
        时间: 2026-12-17 09:00
        党代表 < 无
    """)


async def test_the_day_before_a_term_switched_off_at_night_and_the_term_itself_not(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat("""
        居民: 反映诉求
        居民: 楼道灯不亮
        居民: 提交
        机器人: {号}
        联络员 < 楼道灯不亮
        联络员: 免打扰
        联络员: 20:00-9:00
        时间: 2026-12-02 00:05
        计划
        联络员: (按 remind:soon:off)
        联络员: (按 remind:term:off)
        机器人: 职责要求
        时间: 2026-12-02 09:00
        联络员 < 请您今天受理
    """)


async def test_an_urgent_case_stands_first_in_a_digest_and_says_so(chat: Chat) -> None:
    await chat.actor("联络员")
    for words in ("楼道灯不亮", "井盖松了", "楼道里燃气泄漏"):
        await chat(f"居民: 反映诉求\n居民: {words}\n居民: 提交\n机器人: {{号}}\n联络员 < {words}")
        chat.numbers.clear()
    await chat("""
        时间: 2026-12-02 08:01
        计划
        联络员 < 有3件事提醒您：…1. 【急】…「楼道里燃气泄漏」…2. …3. …选一件，看详情
    """)


async def test_a_digest_with_nothing_to_open_does_not_say_to_choose(chat: Chat) -> None:
    """The office has no part in the case: it reads which one is late, and has nothing to open."""
    await chat.actor("联络办")
    await chat("""
        居民: 反映诉求
        居民: 楼道灯不亮
        居民: 提交
        时间: 2026-12-07 08:01
        计划
        联络办 < 有2件事提醒您：…请导入国务院2027年的放假通知 [放假通知] [提醒设置]
        联络办: 放假通知
        机器人: 请把放假通知的文件发来
    """)
    told = [message for _, message in chat.world.channels["web"].said[chat.actors["联络办"].id]]
    assert any("2件事" in one.text and "选一件" not in one.text for one in told)


@pytest.mark.parametrize("does", ["基本满意", "(按 remind:rating:off)"])
async def test_a_rating_given_or_unwanted_while_the_question_waits_is_not_asked_for(
    chat: Chat, does: str
) -> None:
    await chat.actor("联络员")
    await chat("""
        居民: 反映诉求
        居民: 楼道灯不亮
        居民: 提交
        机器人: {号}
        联络员: 受理 {号}
        联络员: 答复 {号}
        联络员: 灯修好了。
        联络员: 发给居民
        居民 < 灯修好了
        时间: 2026-12-04 00:05
        计划
        时间: 2026-12-04 07:00
    """)
    await chat(f"居民: {does}\n时间: 2026-12-04 08:01\n计划\n居民 < 无")
