"""Before anything is agreed to: help, language, and what was said is not lost."""

from tests.chat import Chat


async def test_help_and_language_work_before_consent(chat: Chat) -> None:
    await chat("""
        居民: 帮助
        机器人: 反映诉求
        机器人: … [同意] [不同意]
        居民: 怎样用我的信息
        机器人: 留多久
        机器人: … [同意]
        居民: /language
        机器人: … [English]
        居民: English
        机器人: English
        机器人: Do you agree [I agree]
        居民: I agree
        机器人: Thank you
    """)


async def test_a_language_is_understood_by_its_name_before_consent(chat: Chat) -> None:
    await chat("""
        居民: street light broken
        居民: english
        机器人: Do you agree [I agree]
        居民: I agree
        机器人: street light broken [Submit]
    """)


async def test_what_a_stranger_said_first_becomes_the_draft(chat: Chat) -> None:
    await chat("""
        居民: 楼道灯坏了一个星期
        机器人: … [同意]
        居民: 同意
        机器人: 楼道灯坏了一个星期 [提交]
    """)
