"""The office loads the year's notice: checked whole, followed by days and terms, told once."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import Calendar
from domain.holiday_files import lines_of, text_of
from domain.holiday_notice import Mistake, Notice, understand
from domain.holidays import Holidays, Special
from domain.longer_terms import Recount, Running
from domain.messages import File
from domain.open_days import Plan, open_days, rule_of
from domain.people import Seat
from handlers import holidays
from handlers.visit import now_of
from locales.catalogue import Catalogue
from storage.tables import cases, outbox
from tests.chat import SHANGHAI, Chat
from tests.world import World

NOTICE = """日期,结束,类型,名称
2027-01-01,2027-01-03,休,元旦
2027-02-05,2027-02-12,休,春节
2027年2月14日,,班,春节
2027-04-03,2027-04-05,休,清明节
2027-05-01,2027-05-05,休,劳动节
2027-06-09,,休,端午节
2027-09-15,,休,中秋节
2027-10-01,2027-10-07,休,国庆节
2027-10-09,,班,国庆节
2026-12-31,,休,元旦
"""
ICS = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//x//x//ZH\r
{events}END:VCALENDAR\r
"""
EVENT = """BEGIN:VEVENT\r
UID:{n}\r
DTSTART;VALUE=DATE:{first}\r
DTEND;VALUE=DATE:{end}\r
SUMMARY:{title}\r
END:VEVENT\r
"""
WORDS = Catalogue.load()


def names(word: str) -> Sequence[str]:
    return [n for tongue in ("zh_CN", "en") for n in WORDS.say(tongue, f"holidays.{word}.words").split()]


def read(text: str, known: Holidays | None = None) -> tuple[Notice | None, Sequence[Mistake]]:
    return understand(lines_of(text, names), known or Holidays(), 2026)


def notice() -> Notice:
    found, mistakes = read(NOTICE)
    assert found is not None, mistakes
    return found


def as_calendar(text: str) -> str:
    """The same notice as a calendar file."""
    events = ""
    for number, line in enumerate(lines_of(text, names)):
        assert line.first and line.last
        told = {"first": f"{line.first:%Y%m%d}", "end": f"{line.last + timedelta(days=1):%Y%m%d}"}
        title = f"{line.name}（{'班' if line.workday else '休'}）"
        events += EVENT.format(n=number, title=title, **told)
    return ICS.format(events=events)


def test_table_and_calendar_say_the_same() -> None:
    table, calendar = notice(), read(as_calendar(NOTICE))[0]
    assert table == calendar
    assert table.years == {2027}
    assert table.days[date(2027, 2, 14)] == Special(workday=True, name="春节")
    assert table.year_of(date(2026, 12, 31)) == 2027


@pytest.mark.parametrize(
    "old,new,mistakes",
    [
        ("2027-02-05,", "2027-02-30,", {(3, "date")}),
        ("2027-02-05,2027-02-12,休", "someday,2027-02-12,maybe", {(3, "date"), (3, "kind")}),
        ("2027-02-05,2027-02-12", "2027-02-12,2027-02-05", {(3, "order")}),
        ("2027-05-01,2027-05-05", "2027-05-01,2027-06-05", {(6, "long")}),
        ("2027-09-15,", "2047-09-15,", {(8, "year")}),
        ("2027年2月14日", "2027-02-06", {(4, "twice")}),
        ("2027-10-01,2027-10-07,休,国庆节\n", "", {(0, "incomplete")}),
        ("2027-05-01,2027-05-05", "2027-05-03,2027-05-05", {(0, "incomplete")}),
        ("2027-02-05,2027-02-12,休,春节\n", "", {(0, "no_spring")}),
        (NOTICE.partition("\n")[2], "", {(0, "empty")}),
    ],
)
def test_every_mistake_is_named_with_its_row(old: str, new: str, mistakes: set[tuple[int, str]]) -> None:
    assert old in NOTICE
    found, wrong = read(NOTICE.replace(old, new))
    assert found is None
    assert {(m.row, m.what) for m in wrong} >= mistakes


def test_a_single_day_corrects_a_year_that_is_known() -> None:
    text = "date,kind\n2026-12-18,holiday\n"
    found, wrong = read(text)
    assert (found and found.days, wrong) == ({date(2026, 12, 18): Special(False)}, [])
    assert {m.what for m in read(text.replace("2026", "2027"))[1]} == {"incomplete"}


def test_chinese_spreadsheets_write_another_encoding() -> None:
    assert text_of(NOTICE.encode("gb18030")) == NOTICE
    assert text_of(b"\0\1\2\xff") is None


# --- what follows -------------------------------------------------------------------------------------------

FREE = st.sets(st.integers(0, 120).map(lambda n: date(2027, 1, 1) + timedelta(days=n)), max_size=40)


def with_free(days: set[date]) -> Calendar:
    known = {date(2027, 10, 1): Special(False)} | {day: Special(False) for day in days}
    return Calendar(SHANGHAI, holidays=Holidays(known))


@given(FREE, FREE, st.dates(date(2026, 12, 1), date(2027, 3, 1)), st.integers(1, 15))
@settings(deadline=None, max_examples=150)
def test_more_holidays_never_make_a_term_shorter(
    some: set[date], more: set[date], start: date, n: int
) -> None:
    before, after = with_free(some), with_free(some | more)
    term = before.after(start, n)
    new = Recount(before, after).longer(term, start)
    assert new == after.after(start, n) >= term
    assert Recount(after, after).longer(new, start) == new


@given(FREE, FREE, st.dates(date(2026, 12, 1), date(2027, 3, 1)))
@settings(deadline=None, max_examples=100)
def test_no_notice_shortens_any_term_and_counting_again_changes_nothing(
    some: set[date], others: set[date], begun: date
) -> None:
    before, after = with_free(some), with_free(others)
    terms = [before.after(begun, n) for n in (1, 3, 10)]
    accept, opinion, answer = terms
    running = Running(begun, accept, opinion, answer, wait_until=terms[1], sent=terms[0], route_by=terms[2])
    made = Recount(before, after).lengthened(running)
    assert made.accept_by >= terms[0] and made.opinion_by >= terms[1] and made.answer_by >= terms[2]
    assert made.wait_until == made.opinion_by
    assert Recount(after, after).lengthened(made) == made


@given(
    FREE,
    st.sampled_from(
        [
            "FREQ=MONTHLY;BYMONTHDAY=10,20",
            "FREQ=MONTHLY;BYMONTHDAY=21",
            "FREQ=DAILY",
            "FREQ=MONTHLY;BYDAY=-1SU",
        ]
    ),
)
@settings(deadline=None, max_examples=60)
def test_a_moved_day_is_a_workday_not_before_its_nominal_day(free: set[date], rule: str) -> None:
    calendar = with_free(free)
    plan = Plan((rule_of(rule, on_holiday="next-workday"),))
    found = open_days(plan, date(2027, 1, 1), date(2027, 4, 30), calendar)
    assert all(calendar.is_workday(day.day) and day.day >= day.nominal for day in found)
    assert len({day.day for day in found}) == len(found)


async def load(service: World, what: Notice) -> holidays.Loaded:
    async with service.unit() as uow:
        return await holidays.load(uow, await now_of(uow, service.house), what)


async def letters(service: World) -> list[Any]:
    async with service.unit() as uow:
        rows = await uow.connection.execute(sa.select(outbox).order_by(outbox.c.id))
        return list(rows)


async def test_running_terms_follow_and_who_was_told_is_told_once(chat: Chat, service: World) -> None:
    await chat("""
        时间: 2026-12-29 09:00
        联络员: 帮助
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 反映诉求
        居民: 楼道灯不亮，晚上看不见
        居民: 提交
        联络员 < {号} [受理]
    """)
    async with service.unit() as uow:
        before = (await uow.connection.execute(sa.select(cases.c.answer_by, cases.c.accept_by))).one()
    assert before.accept_by == date(2026, 12, 30)
    said = len(await letters(service))
    done = await load(service, notice())
    assert (done.changed, done.cases) == (True, 1)
    async with service.unit() as uow:
        after = (await uow.connection.execute(sa.select(cases))).one()
    assert after.answer_by > before.answer_by and after.accept_by == before.accept_by
    again = await load(service, notice())
    assert not again.changed and len(await letters(service)) == said + done.letters
    await chat("居民 < 因放假安排，答复日期改了：…「楼道灯不亮…")


async def test_who_was_told_an_open_day_is_told_the_new_one_once(service: World, chat: Chat) -> None:
    service.clock.at = service.clock.at.replace(year=2026, month=12, day=20)
    async with service.unit() as uow:
        now = await now_of(uow, service.house)
        room = await uow.registry.workroom_by_code("LJ01")
        assert room is not None
        await uow.open_days.set_rules(
            {room.id: [rule_of("FREQ=MONTHLY;BYMONTHDAY=5", on_holiday="next-workday")]}, now.moment
        )
        plan = await uow.open_days.plan(room.id)
        days = open_days(plan, date(2027, 2, 1), date(2027, 2, 28), now.calendar)
        assert [(d.day, d.tentative) for d in days] == [(date(2027, 2, 5), True)]
        await uow.open_days.tell({(Seat("liaison", 1), room.id): days})
    said = len(await letters(service))
    done = await load(service, notice())
    assert done.letters == 1
    made = (await letters(service))[said:]
    assert [row.seat for row in made] == ["liaison:1"]
    await chat(
        "联络员 < 临江街道党代表工作室的开放日有变动。…原来2027年2月5日(周五)，改到2027年2月14日(周日)…遇春节"
    )
    assert not (await load(service, notice())).changed
    async with service.unit() as uow:
        told = await uow.open_days.told(date(2026, 12, 20))
    assert [(t.day, t.times) for t in told] == [(date(2027, 2, 14), 1)]


# --- the office in chat --------------------------------------------------------------------------------


async def send_file(chat: Chat, who: str, text: str) -> None:
    actor = await chat.actor(who)
    ref = f"notice-{actor.sent}"
    chat.world.channels[actor.channel].files[ref] = text.encode()
    await chat.send(actor, File("document", ref, "text/calendar", len(text)))
    await chat.world.deliver()


async def test_the_office_loads_it_in_chat(chat: Chat) -> None:
    await chat("""
        联络办: 放假通知
        机器人: 请把放假通知的文件发来
        联络办: 十月一日放假
        机器人: 请发文件，不是文字
    """)
    await send_file(chat, "联络办", NOTICE.replace("2027-09-15", "2027-09-75"))
    await chat("""
        机器人: 这份通知有错，没有录入：…第8行：看不懂日期
        机器人: 请把放假通知的文件发来
    """)
    await send_file(chat, "联络办", as_calendar(NOTICE))
    await chat("机器人: 已录入2027年的放假通知")
    await chat("联络办: 放假通知")
    await send_file(chat, "联络办", NOTICE)
    await chat("机器人: 这份通知已经录过了，没有变化。")


async def test_nobody_else_loads_it(chat: Chat) -> None:
    await chat("""
        居民: 你好
        居民: 同意
        居民: 放假通知
        机器人: 放假通知由联络办录入 [开放日]
        联络员: 放假通知
        机器人: 放假通知由联络办录入
    """)
