"""Where the staff's talks begin: a resident of the workroom has filed a request."""

from tests.chat import Chat


async def filed(chat: Chat, words: str = "三单元电梯坏了三天") -> None:
    """Liaison, representative and resident are there; the request has reached the staff as `{号}`."""
    await chat.actor("联络员")
    await chat.actor("党代表")
    await chat(f"""
        居民: (扫码 w_LJ01)
        居民: 同意
        居民: 反映诉求
        居民: {words}
        居民: 提交
        机器人: {{号}} [撤销]
        联络员 < {{号}} [受理] [不予受理]
        党代表 < {{号}} [接办]
    """)
