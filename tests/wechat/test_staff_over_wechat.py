"""Transcripts of the staff and of a handover, unchanged, over WeChat: here `chat` is another player.

That a notice shows who took it is left out: nothing in WeChat can be changed once it is there.
"""

from tests.people.test_handover_transcript import *  # noqa: F403
from tests.people.test_strangers import (  # noqa: F401
    test_a_code_that_was_scanned_and_words_that_came_after_it_are_both_kept,
    test_what_a_stranger_said_first_becomes_the_draft,
    test_words_and_a_code_scanned_after_them_are_both_kept,
)
from tests.staff.beginning import filed
from tests.staff.test_orders import *  # noqa: F403
from tests.staff.test_taking import *  # noqa: F403
from tests.staff.test_talks import *  # noqa: F403
from tests.wechat.talking import WeChatChat

del globals()["test_the_notice_shows_who_took_it"]


async def test_who_took_it_is_told_anew_and_what_stood_there_stays(chat: WeChatChat) -> None:
    await filed(chat)
    liaison = await chat.actor("联络员")
    first = chat.world.channels["wechat"].said[liaison.id][0][1]
    await chat("""
        党代表: 接办
        联络员 < 由党代表周文斌接办
    """)
    assert chat.world.channels["wechat"].said[liaison.id][0][1] == first
