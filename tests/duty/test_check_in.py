"""签到 by position, by the code of the day, by the liaison; 签退; what was forgotten; what is set right."""

from domain.codes import day_code
from domain.duty import Slot
from domain.messages import Inbound, Position
from storage.duty import Deed
from tests.chat import Chat
from tests.duty.ground import give
from tests.duty.test_transcripts import hear, people

AT_THE_ROOM = "(位置 30.3126,119.0842)"


async def on_duty(chat: Chat, *others: str) -> None:
    """Thursday, 8:05: the representative's shift is on."""
    await people(chat, "联络员", "党代表", *others)
    await give(chat, 0, "党代表")
    await hear(chat)
    await chat("时间: 2026-11-26 08:05")


def code_of(chat: Chat, slot: Slot) -> str:
    day = chat.world.clock().date().isoformat()
    return day_code(chat.world.house.secret, slot.shift.workroom, day)


async def first(chat: Chat) -> Slot:
    async with chat.world.unit() as uow:
        found = await uow.duty.slot(1)
        assert found is not None
        kept = [s for s in await uow.duty.slots_of(found.shift.id) if s.place == 0]
        return kept[0]


async def history(chat: Chat, slot: Slot) -> list[Deed]:
    async with chat.world.unit() as uow:
        return await uow.duty.history(slot.id)


async def test_by_position_which_is_looked_at_and_forgotten(chat: Chat) -> None:
    await on_duty(chat)
    await chat(f"""
        党代表: 签到
        机器人: 临江街道党代表工作室…11月26日(周四) 8:00–11:00…请发您的位置，或发今天的口令 [请联络员确认]
        党代表: {AT_THE_ROOM}
        机器人: 8:05签到了 [登记来访] [签退]
        党代表: 签到
        机器人: 您8:05已经签到了
        时间: +1h
        党代表: 签退
        机器人: 60分钟，不满180分钟，不算一次值班。现在签退吗？ [现在签退] [再等等]
        党代表: 再等等
        机器人: 好的，接着值班。走的时候，请再签退。 [签退]
        时间: 2026-11-26 10:58
        党代表: 签退
        机器人: 10:58签退了，一共173分钟，算一次值班
        党代表: 签退
        机器人: 已经签退
    """)
    slot = await first(chat)
    assert (slot.minutes, slot.left_at is not None) == (173, True)
    told = (await history(chat, slot))[0].data
    assert set(told) == {"at", "how", "metres", "accuracy"}, "no position is kept"
    await chat("计划\n时间: 2026-11-26 11:00\n计划")
    assert (await first(chat)).counts


async def test_a_wrong_place_or_code_gets_a_clear_answer(chat: Chat) -> None:
    await on_duty(chat)
    await chat("""
        党代表: 签到
        党代表: (位置 32.1,119.0841)
        机器人: 您离工作室约199公里，太远了 [请联络员确认]
        党代表: 12345
        机器人: 口令不对
        党代表: 帮助
        党代表: 签到
        机器人: 请发您的位置，或发今天的口令
    """)
    assert not (await first(chat)).is_there


async def test_a_position_that_is_not_exact_or_not_ones_own_proves_nothing(chat: Chat) -> None:
    await on_duty(chat)
    await chat("党代表: 签到")
    actor = chat.actors["党代表"]
    await chat.send(actor, Position(30.3126, 119.0842))
    await chat("机器人: 这个位置没有说有多准，不能用")
    await chat.send(actor, Position(30.3126, 119.0842, 5000.0))
    await chat("机器人: 位置不够准，可能差约5公里")
    here = Position(30.3126, 119.0842, 9.0)
    inbound = Inbound(chat.channel, actor.id, actor.id, "f1", here, forwarded=True)
    answer = await chat.world.desk.handle(inbound)
    assert answer.messages[-1].key == "duty.proof.forwarded"
    assert not (await first(chat)).is_there


async def test_guessing_the_code_does_not_pay(chat: Chat) -> None:
    await on_duty(chat)
    await chat("党代表: 签到")
    for _ in range(10):
        await chat("""
            党代表: 2345X
            机器人: 口令不对
        """)
    await chat(f"""
        党代表: {code_of(chat, await first(chat))}
        机器人: 您试得太快了
        时间: +2m
        党代表: {code_of(chat, await first(chat)).lower()}
        机器人: 8:07签到了
    """)


async def test_the_liaison_shows_the_code_of_the_day_which_rotates(chat: Chat) -> None:
    await on_duty(chat)
    today = code_of(chat, await first(chat))
    await chat(f"""
        联络员: 值班表
        联络员: 今天的口令
        机器人: 11月26日(周四)的口令…{today} [屏幕页]
        联络员: 屏幕页
        机器人: /screen/LJ01/
    """)
    chat.world.clock.on(days=1)
    assert code_of(chat, await first(chat)) != today


async def test_the_liaison_confirms_and_the_moment_of_asking_counts(chat: Chat) -> None:
    await on_duty(chat)
    await chat("""
        党代表: 签到
        党代表: 请联络员确认
        机器人: 已请联络员确认，从现在算起
        联络员 < 周文斌说8:05已到岗，请您确认 [确认到岗] [没有看到]
        时间: +20m
        联络员: 确认到岗
        机器人: 周文斌已到岗
        党代表 < 联络员已确认，8:05签到
        联络员: (再按一次)
        机器人: 周文斌已经签到了，不用再确认
    """)
    assert (await first(chat)).is_there


async def test_the_liaison_has_not_seen_them(chat: Chat) -> None:
    await on_duty(chat)
    await chat("""
        党代表: 签到
        党代表: 请联络员确认
        联络员: 没有看到
        机器人: 知道了
        党代表 < 联络员没有看到您
    """)
    assert not (await first(chat)).is_there


async def test_too_early_too_late_and_on_the_shift_of_others(chat: Chat) -> None:
    await people(chat, "联络员", "党代表", "党代表2")
    await give(chat, 0, "党代表")
    await give(chat, 1, None)
    await chat("""
        时间: 2026-11-26 06:00
        党代表: 签到
        机器人: 您的班：11月26日(周四) 8:00–11:00…7:00起可以签到
        时间: 2026-11-26 09:00
        党代表2: 签到
        机器人: 现在值班的是周文斌，不是您的班…还有空缺…您下一次是 [我来值]
        时间: 2026-11-26 12:00
        计划
        党代表: 签到
        机器人: 您今天8:00–11:00的班已经结束
        时间: 2026-11-27 09:00
        党代表: 签到
        机器人: 今天没有您的班
    """)


async def test_what_was_forgotten_is_asked_the_same_evening_and_set_right(chat: Chat) -> None:
    await on_duty(chat)
    await chat("""
        时间: 2026-11-26 11:01
        计划
        党代表 < 无
        时间: 2026-11-26 18:01
        计划
        计划
        党代表 < 您没有签到。您去了吗？ [我在，忘了签到] [我没有去]
        党代表 < 无
        党代表: 我在，忘了签到
        机器人: 已告诉联络员
        联络员 < 周文斌说在岗，忘了签到。请您更正 [更正]
    """)
    await set_right(chat)


async def set_right(chat: Chat) -> None:
    """The liaison corrects it, and the history shows what stood before."""
    await chat("""
        联络员: 更正
        机器人: 周文斌，11月26日(周四) 8:00–11:00，实际是怎样？ [全程在岗] [改时间] [没有来]
        联络员: 改时间
        联络员: 两点
        机器人: 请写从几点到几点
        联络员: 8:10到11:00
        机器人: 为什么更正？
        联络员: 我看见他在接待居民
        机器人: 更正好了：周文斌，170分钟，算一次
        党代表 < 联络员更正了您的一次值班…170分钟，算一次…原因：我看见他在接待居民
    """)
    slot = await first(chat)
    assert (str(slot.state), slot.minutes, slot.counts) == ("done", 170, True)
    deeds = await history(chat, slot)
    assert [d.action for d in deeds] == ["close", "was", "correct"]
    assert deeds[-1].data["before"]["state"] == "missed", "what stood before stays visible"
    await chat("""
        联络员: 值班表
        联络员: 1
        联络员: 周文斌的记录
        机器人: 班次结束…说在岗、忘了签到…更正…我看见他在接待居民
    """)


async def test_not_checked_out_is_closed_at_the_end_and_said(chat: Chat) -> None:
    await on_duty(chat)
    await chat(f"""
        党代表: 签到
        党代表: {AT_THE_ROOM}
        时间: 2026-11-26 11:20
        党代表: 帮助
        党代表: /checkout
        机器人: 您今天8:00–11:00的班已经结束。一共175分钟，算一次值班
        时间: 2026-11-26 18:01
        计划
        党代表 < 您没有签退，按结束时间记了175分钟 [我提前走了]
        党代表: 我提前走了
        联络员 < 周文斌说提前走了
    """)
    assert (await first(chat)).counts


async def test_a_check_in_in_the_middle_of_something_else(chat: Chat) -> None:
    """The conversation under way is set aside; a position asked for by 签到 needs no consent to be kept."""
    await on_duty(chat)
    await chat(f"""
        党代表: 楼下的路灯坏了
        党代表: 作为居民反映
        党代表: 签到
        机器人: 您刚才写的话已经存好
        党代表: {AT_THE_ROOM}
        机器人: 8:05签到了
    """)


async def test_nobody_confirms_or_corrects_their_own(chat: Chat) -> None:
    await on_duty(chat)
    slot = await first(chat)
    seat = await chat.seat("联络员")
    liaison = chat.actors["联络员"]
    async with chat.world.unit() as uow:
        person = await uow.people.known(chat.channel, chat.actors["党代表"].id)
        assert person is not None
        await uow.people.bind(person.id, seat, chat.world.clock())
    await chat(f"""
        党代表: (按 duty:confirm:{slot.id})
        机器人: 自己的班，请别人来确认
        党代表: (按 duty:correct:{slot.id})
        机器人: 自己的班，请别人来确认
    """)
    assert liaison.id
