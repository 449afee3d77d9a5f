"""A representative logs a visit in one message; the liaison confirms or returns it; nobody else sees whom."""

from tests.chat import Chat


async def test_one_message_with_a_photo_is_logged_and_confirmed(chat: Chat) -> None:
    await chat.actor("联络员")
    await chat("""
        党代表: 走访了3户，5号楼
        机器人: 走访3户…11月23日(周一)…5号楼 [记上] [改数量] [写走访了谁]
        党代表: (照片)
        机器人: 附件1个 [记上]
        党代表: 写走访了谁
        机器人: 只有您和联络员看得到 [跳过]
        党代表: 3单元的孙大爷
        机器人: 孙大爷
        党代表: 记上
        机器人: 记上了…走访3户…确认后告诉您 [反映一件诉求] [走访记录]
        联络员 < 请您确认…走访3户…5号楼 [确认] [退回]
        联络员: 确认
        机器人: 已确认
        党代表 < 联络员确认了…走访3户
        党代表: 走访记录
        机器人: 走访：1/4…解决问题：0件，全年1至2件…走访：1次…已确认 [记走访]
    """)
