"""Duty's transcripts, unchanged, over WeChat: here `chat` is another player (conftest.py).

The few that can't hold are in `DIFFERS`, each with the line that WeChat answers otherwise and why.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from bot.channels.wechat.envelope import Content
from bot.channels.wechat.parse import Arrival, parse
from domain.messages import File, Position, What
from tests.chat import Chat
from tests.duty import test_check_in, test_routing
from tests.duty.test_check_in import *  # noqa: F403
from tests.duty.test_check_in import AT_THE_ROOM, first, history, on_duty
from tests.duty.test_rosters import *  # noqa: F403
from tests.duty.test_routing import *  # noqa: F403
from tests.duty.test_screen import *  # noqa: F403
from tests.duty.test_transcripts import *  # noqa: F403
from tests.duty.test_walk_ins import *  # noqa: F403
from tests.visits import test_logging
from tests.visits.test_logging import *  # noqa: F403
from tests.wechat.talking import WeChatChat


@dataclass(frozen=True)
class Differs:
    """A transcript, the line of it that isn't so over WeChat, and the reason."""

    transcript: Callable[[Chat], Awaitable[None]]
    line: str
    reason: str


DIFFERS = (
    Differs(
        test_check_in.test_a_position_that_is_not_exact_or_not_ones_own_proves_nothing,
        "机器人: 这个位置没有说有多准，不能用",
        "no position tells its accuracy, so none can be refused for it: the district's measure counts",
    ),
    Differs(
        test_routing.test_the_liaison_can_act_from_the_first_moment,
        "党代表 < 受理",
        "what is there can't be changed: who took a case is seen when the case is opened",
    ),
    Differs(
        test_logging.test_a_photo_with_its_words_is_a_log_too,
        "机器人: 政策宣讲1场…11月22日(周日)…滨河社区…附件1个 [记上]",
        "a picture has no words of its own: they are written first, and the pictures join them",
    ),
)

for one in DIFFERS:
    del globals()[one.transcript.__name__]


@pytest.mark.parametrize("one", DIFFERS, ids=lambda one: one.transcript.__name__)
async def test_these_differ_at_one_line(chat: Chat, one: Differs) -> None:
    """Whoever makes one of them hold finds it here, and takes it off the list."""
    with pytest.raises(AssertionError, match=re.escape(f">>> {one.line}")):
        await one.transcript(chat)


def what(**fields: str) -> What:
    """What arrives when the platform brings this."""
    arrived = parse(Content({"FromUserName": "o", "MsgId": "1", **fields}))
    assert isinstance(arrived, Arrival)
    return arrived.inbound.what


def test_no_position_tells_its_accuracy_and_no_picture_has_words() -> None:
    """Whatever the platform might come to write beside them."""
    where = {"Location_X": "30.31", "Location_Y": "119.08", "Scale": "16", "Precision": "9", "Label": "路"}
    seen = what(MsgType="location", **where)
    assert isinstance(seen, Position) and seen.untold and seen.accuracy is None
    shown = what(MsgType="image", MediaId="m", Content="政策宣讲1场")
    assert isinstance(shown, File) and shown.caption == ""


async def test_a_position_counts_as_exact_as_the_district_says_and_the_record_tells(chat: WeChatChat) -> None:
    await on_duty(chat)
    await chat(f"""
        党代表: 签到
        党代表: (位置 30.3200,119.0842)
        机器人: 您离工作室约830米，太远了 [请联络员确认]
        党代表: {AT_THE_ROOM}
        机器人: 8:05签到了
        时间: 2026-11-26 18:01
        计划
        联络员: 值班表
        联络员: 1
        联络员: 周文斌的记录
        机器人: 签到…凭位置，不知有多准
    """)
    told = (await history(chat, await first(chat)))[0].data
    assert (told["how"], told["accuracy"]) == ("untold", 100)


async def test_a_district_may_want_the_code_or_the_liaison(chat: WeChatChat) -> None:
    await on_duty(chat)
    async with chat.world.unit() as uow:
        await uow.registry.set_setting("check_in_untold_metres", "20000")
    await chat(f"""
        党代表: 签到
        党代表: {AT_THE_ROOM}
        机器人: 从这里发的位置看不出有多准，不能用。请发今天的口令，或请联络员确认。 [请联络员确认]
    """)
    assert not (await first(chat)).is_there


async def test_words_first_and_the_pictures_join_the_log(chat: WeChatChat) -> None:
    await chat("""
        党代表: 昨天政策宣讲1场，滨河社区
        机器人: 政策宣讲1场…11月22日(周日)…滨河社区 [记上]
        党代表: (照片)
        机器人: 政策宣讲1场…附件1个 [记上]
    """)


async def test_who_took_a_case_is_seen_when_it_is_opened(chat: WeChatChat) -> None:
    await test_routing.there(chat)
    await chat("""
        联络员: 待办
        联络员: 受理 {号}
        机器人: 已受理
        党代表 < {号}…您正在值班 [接办]
        党代表 < 无
        党代表: 看详情
        机器人: {号}…受理
    """)
