"""A resident's first request, from the QR code to the representative who takes it."""

from tests.chat import Chat


async def test_a_request_reaches_the_liaison_and_is_taken(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat.actor("党代表")
    await chat("""
        居民: (扫码 w_LJ01)
        机器人: … [同意]
        居民: 同意
        机器人: 临江街道党代表工作室 [反映诉求] [我的诉求]
        居民: 反映诉求
        居民: 3号楼室外楼梯一下雨就打滑
        机器人: 3号楼室外楼梯一下雨就打滑 [提交]
        居民: 提交
        机器人: {号} [撤销]
        联络员 < {号}…3号楼室外楼梯 [受理] [不予受理]
        党代表 < {号} [接办]
        联络员: 受理
        居民 < {号}
        党代表: 接办
        居民 < {号}
        联络员 < {号}
    """)
