"""What stands on a poster or in a link, typed or pasted as the whole message, is a code and no request."""

import pytest

from domain.codes import payload_in
from tests.chat import Chat


@pytest.mark.parametrize(
    "text,code",
    [
        ("w_LJ01", "w_LJ01"),
        (" W_LJ01\n", "w_LJ01"),
        ("ｗ＿LJ01", "w_LJ01"),
        ("https://t.me/some_bot?start=i_7K3F29ABCDEF", "i_7K3F29ABCDEF"),
        ("http://127.0.0.1:8080/?start=w_LJ01", "w_LJ01"),
        ("/start c_7K3F29ABCD", "c_7K3F29ABCD"),
        ("/start", ""),
        ("我扫了w_LJ01，打不开", None),
        ("w_", None),
        ("m_7K3F29AB", None),
        ("w_" + "A" * 63, None),
        ("w_楼", None),
    ],
)
def test_what_is_a_code(text: str, code: str | None) -> None:
    assert payload_in(text) == code


async def test_a_workrooms_code_in_words_links_the_home(chat: Chat) -> None:
    await chat("""
        居民: 你好
        居民: 同意
        居民: w_BH01
        机器人: 您的工作室是滨河社区党代表工作室。… [反映诉求]
        居民: W_NO99
        机器人: 这个码对应的工作室找不到了
        机器人: 您的工作室是滨河社区党代表工作室
        居民: 我的诉求
        机器人: 您还没有反映过什么
    """)


async def test_an_invite_in_mid_conversation_is_no_word_of_the_request(chat: Chat) -> None:
    invite = await chat.world.invite(await chat.seat("党代表"))
    await chat(f"""
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 反映诉求
        居民: https://t.me/some_bot?start=i_{invite}
        机器人: 您已登记为党代表
        机器人: …
        居民: 3号楼路灯不亮
        机器人: 请核对…3号楼路灯不亮 [提交]
    """)


async def test_a_stranger_who_pastes_it_is_asked_first_and_then_linked(chat: Chat) -> None:
    await chat("""
        居民: w_LJ01
        机器人: … [同意]
        居民: 同意
        机器人: 临江街道党代表工作室
    """)
