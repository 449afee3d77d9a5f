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


async def test_a_code_that_was_scanned_and_words_that_came_after_it_are_both_kept(chat: Chat) -> None:
    """Somebody who scans the poster and writes at once, before they have read the question."""
    await chat("""
        居民: (扫码 w_LJ01)
        机器人: … [同意]
        居民: 楼道灯坏了一个星期
        机器人: … [同意]
        居民: 同意
        机器人: 您的工作室是临江街道党代表工作室
        机器人: 楼道灯坏了一个星期…交给：临江街道党代表工作室 [提交]
        居民: 提交
        机器人: 临江街道党代表工作室收件
    """)


async def test_words_and_a_code_scanned_after_them_are_both_kept(chat: Chat) -> None:
    await chat("""
        居民: 楼道灯坏了一个星期
        居民: (扫码 w_QS01)
        居民: (扫码 w_LJ01)
        居民: 同意
        机器人: 您的工作室是临江街道党代表工作室
        机器人: 楼道灯坏了一个星期…交给：临江街道党代表工作室 [提交]
    """)


async def test_who_declines_and_comes_back_is_linked_to_nothing(chat: Chat) -> None:
    await chat("""
        居民: (扫码 w_LJ01)
        居民: 不同意
        居民: 楼道灯坏了一个星期
        居民: 同意
        机器人: 您还没选社区，先由这里收下 [提交]
    """)
