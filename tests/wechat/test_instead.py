"""WeChat passes on no files: whoever is asked for one hears where to send it."""

from tests.people.test_handover_transcript import staff
from tests.wechat.talking import WeChatChat


async def test_the_office_is_sent_to_the_page_for_the_notice(chat: WeChatChat) -> None:
    chat.caller.receiving.answering._page = "https://workroom.example/wechat/enter"
    await staff(chat, "联络办")
    await chat("""
        联络办: 放假通知
        机器人: 微信里发不了。请打开网页，说「放假通知」，再发文件：…//workroom.example/wechat/enter [取消]
        联络办: 十月一日放假
        机器人: 微信里发不了…https://workroom.example/wechat/enter
        联络办: 取消
    """)


async def test_without_a_page_somebody_else_loads_it(chat: WeChatChat) -> None:
    await staff(chat, "联络办")
    await chat("""
        联络办: 放假通知
        机器人: 微信里发不了。请把文件交给管服务器的同事录入。
    """)
