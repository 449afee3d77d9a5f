"""What the platform counts, to the last message: five in two days, three in a minute, its own daily quota."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import measure
from bot.channels.wechat.errors import CODES
from domain.messages import Button, Rendered
from handlers.ports import Ambiguous, NotNow, TryLater
from tests.wechat.ground import Ground, ground
from tests.wechat.test_pushing import FORMS, answer, texts
from tests.world import copy_of

WORD = Rendered("有新消息。", language="zh_CN")
MENU = Rendered("请选。", ((Button("go:mine", "我的诉求"),),), language="zh_CN")


@pytest.fixture
async def office(filled: Path, tmp_path: Path) -> AsyncIterator[Ground]:
    async with ground(copy_of(filled, tmp_path), tmp_path) as made:
        yield made


@pytest.fixture
async def known(office: Ground) -> Ground:
    """A resident whose last word was a moment ago."""
    await office.agrees("oResident", "w_LJ01")
    office.world.clock.on(minutes=2)  # of what following opened nothing is left
    await office.says("oResident", "帮助")
    office.said("oResident").clear()
    return office


async def push(office: Ground, message: Rendered = WORD) -> bool:
    """Whether it went out."""
    try:
        await office.wechat.channel.send("oResident", message)
    except NotNow:
        return False
    return True


async def left(office: Ground) -> int:
    """What our book says is left, beside the platform's own."""
    allowance = (await office.standing("oResident")).allowance
    assert allowance is not None
    now = office.world.clock()
    theirs = office.api.person("oResident").windows.values()
    assert allowance.left(now) == sum(count for until, count in theirs if office.api.clock() < until)
    return allowance.left(now)


async def test_five_go_out_within_two_days_and_the_sixth_waits(known: Ground) -> None:
    for already in range(5):
        assert await left(known) == 5 - already
        assert await push(known, MENU if already % 2 else WORD)
    assert await left(known) == 0
    calls = len(known.api.calls_of("custom/send"))
    assert not await push(known)
    assert len(known.api.calls_of("custom/send")) == calls, "what can't go out isn't tried"
    await known.says("oResident", "帮助")
    assert await left(known) == 5


@pytest.mark.parametrize("hours, goes", [(47.9, True), (48.1, False)])
async def test_two_days_are_two_days(known: Ground, hours: float, goes: bool) -> None:
    known.world.clock.on(hours=hours)
    assert await push(known) is goes
    assert await left(known) == (4 if goes else 0)


@pytest.mark.parametrize("event, key", [("CLICK", "go:mine"), ("SCAN", "w_LJ01")])
async def test_a_click_opens_three_for_a_minute(known: Ground, event: str, key: str) -> None:
    known.world.clock.on(hours=49)
    assert not await push(known)
    await known.event("oResident", event, EventKey=key)
    assert await left(known) == 3
    assert [await push(known) for _ in range(4)] == [True, True, True, False]
    known.world.clock.on(seconds=2)
    await known.event("oResident", event, EventKey=key)
    known.world.clock.on(seconds=61)
    assert await left(known) == 0 and not await push(known)


async def test_what_ends_sooner_is_used_first(known: Ground) -> None:
    await known.event("oResident", "CLICK", EventKey="go:mine")
    assert await left(known) == 8
    for _ in range(4):
        assert await push(known)
    known.world.clock.on(seconds=61)
    assert await left(known) == 4


async def test_the_account_s_daily_quota_puts_letters_off_for_everybody(known: Ground) -> None:
    known.api.daily = 1
    assert await push(known)
    with pytest.raises(TryLater) as later:
        await push(known)
    assert later.value.seconds >= 600, "the day's quota doesn't come back in a moment"
    assert await left(known) == 4
    known.api.daily = 10
    assert await push(known)


# --- every error code ------------------------------------------------------------------------------------

BECOMES = {
    40001: "sent",
    40014: "sent",
    42001: "sent",
    40003: "unreachable",
    43004: "unreachable",
    45002: "sent",
    45009: "waiting",
    45015: "unreachable",
    45047: "unreachable",
    48001: "waiting",
    40164: "waiting",
}
"""The codes of CHANNELS §3, and how it stands with a letter after each of them has been answered once."""


def counted(code: int) -> float:
    """How often the platform has answered with it."""
    labels = {"channel": "wechat", "code": str(code)}
    return measure.registry.get_sample_value("workroom_platform_errors_total", labels) or 0.0


@pytest.mark.parametrize("code, state", BECOMES.items())
async def test_each_code_of_the_platform_s(
    office: Ground, code: int, state: str, capsys: pytest.CaptureFixture[str]
) -> None:
    number = await office.accepted()
    before, token = counted(code), await office.wechat.api.tokens.token()
    office.api.fails(code, "custom/send")
    await answer(office, number)
    assert code in CODES and counted(code) == before + 1
    assert await office.letters("notice.answer.filer") == [state]
    asked = "没能送到居民手机上" in texts(office.api.person("oLiaison"))
    assert asked is (state == "unreachable"), "the liaison is asked to call, and only then"
    told = "".join(capsys.readouterr())
    assert not any(secret in told for secret in (token, "oResident", "oLiaison", "防滑条", number))
    if state == "waiting":
        office.world.clock.on(minutes=31)
        await office.world.deliver()
        assert await office.letters("notice.answer.filer") == ["sent"]


@pytest.mark.parametrize("code", [45015, 45047])
async def test_a_closed_window_falls_back_to_the_notice(office: Ground, code: int) -> None:
    number = await office.accepted()
    await office.set(wechat_notices=FORMS.replace("subscribe", "template"))
    office.api.templates["T_ANSWER"] = ("thing1", "character_string2", "time3", "phrase4")
    office.api.fails(code, "custom/send")
    await answer(office, number)
    assert await office.letters("notice.answer.filer") == ["sent"]
    assert office.said("oResident")[-1].via == "template"
    assert "没能送到居民手机上" not in texts(office.api.person("oLiaison"))


async def test_what_is_in_doubt_counts_and_goes_on_where_it_broke_off(known: Ground) -> None:
    """The platform carried it out and cut the connection; its own count is the same as ours."""
    long = Rendered("一句很长的话。" * 200, language="zh_CN")
    assert await push(known, WORD)
    known.api.drops("custom/send")
    with pytest.raises(Ambiguous) as doubt:
        await push(known, long)
    assert doubt.value.counted and await left(known) == 3
    assert await push(known, long)
    told = [said.text for said in known.said("oResident")[1:]]
    assert told[0] == told[1] and len(told) == 4, "the part in doubt twice, and those after it"
    known.api.person("oResident").writes()
    await known.says("oResident", "帮助")
    known.said("oResident").clear()
    known.api.drops("custom/send", times=1)
    with pytest.raises(Ambiguous):
        await push(known, MENU)
    assert (await known.standing("oResident")).shown == (), "nobody knows what they have seen"
