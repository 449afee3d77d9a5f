"""What was begun is not lost: another command, a lost session, another device, a week."""

from tests.chat import Chat

BEGUN = """
    居民: 路灯不亮
    机器人: 路灯不亮 [提交]
"""


async def test_a_command_in_the_middle_keeps_it(resident: Chat) -> None:
    await resident(BEGUN)
    await resident("""
        居民: 我的代表
        机器人: 已经存好
        居民: 反映诉求
        机器人: 没写完…路灯不亮 [接着写] [写新的]
        居民: 接着写
        机器人: 路灯不亮 [提交]
        居民: 提交
        机器人: {号}
        居民: 反映诉求
        机器人: 是什么事，在哪里
    """)


async def test_written_anew(resident: Chat) -> None:
    await resident(BEGUN)
    await resident("""
        居民: 帮助
        居民: 反映诉求
        居民: 写新的
        机器人: 是什么事，在哪里
        居民: 楼梯打滑
        机器人: 请核对：楼梯打滑
    """)


async def test_thrown_away(resident: Chat) -> None:
    await resident(BEGUN)
    await resident("""
        居民: 首页
        机器人: 没写完 [接着写] [不要了]
        居民: 不要了
        机器人: 已经删去
        居民: 首页
        机器人: 有问题、意见、建议
        居民: 继续
        机器人: 没有没写完的诉求
    """)


async def test_begun_anew_leaves_nothing_behind(resident: Chat) -> None:
    await resident(BEGUN)
    await resident("""
        居民: 重来
        机器人: 是什么事，在哪里
        居民: 我的诉求
        机器人: 还没有反映过
        居民: 反映诉求
        机器人: 是什么事，在哪里
    """)


async def test_a_photo_without_words_is_kept_too(resident: Chat) -> None:
    await resident("""
        居民: (照片)
        居民: 帮助
        居民: 反映诉求
        机器人: 没写完…照片或语音 [接着写]
        居民: 接着写
        机器人: 已收到1个附件
    """)


async def test_the_session_is_lost(resident: Chat) -> None:
    await resident(BEGUN)
    await resident.world.forget_sessions()
    await resident("""
        居民: 就在南门口
        机器人: 「就在南门口」…没写完…接着那一件，还是另一件事 [接着没写完的] [都不是，是新的诉求]
        居民: 1
        机器人: 请核对：路灯不亮…就在南门口 [提交]
        居民: 提交
        机器人: {号}
    """)


async def test_the_session_is_lost_and_the_words_are_new(resident: Chat) -> None:
    await resident(BEGUN)
    await resident.world.forget_sessions()
    await resident("""
        居民: 楼梯打滑
        居民: 都不是，是新的诉求
        机器人: 请核对：楼梯打滑…类型
    """)


async def test_the_session_is_lost_and_they_say_go_on(resident: Chat) -> None:
    await resident(BEGUN)
    await resident.world.forget_sessions()
    await resident("""
        居民: 继续
        机器人: 请核对：路灯不亮 [提交]
    """)


async def test_a_button_from_before_the_loss_is_explained(resident: Chat) -> None:
    await resident(BEGUN)
    await resident.world.forget_sessions()
    await resident("""
        居民: 提交
        机器人: 这一项是以前的
        机器人: 没写完 [接着写]
    """)


async def test_a_week_later_the_card_still_sends(resident: Chat) -> None:
    await resident(BEGUN)
    await resident("""
        时间: +7d
        居民: 提交
        机器人: 收到了…{号}
    """)


async def test_a_week_later_words_are_not_silently_added(resident: Chat) -> None:
    await resident(BEGUN)
    await resident("""
        时间: +7d
        居民: 楼梯打滑
        机器人: 「楼梯打滑」…接着那一件，还是另一件事 [接着没写完的]
        居民: 接着没写完的
        机器人: 请核对：路灯不亮…楼梯打滑 [提交]
    """)


async def test_another_device_goes_on(resident: Chat) -> None:
    await resident("居民: 换设备")
    code = resident.actors["居民"].answer[-1].text.split("：")[1].split()[0]
    await resident(BEGUN)
    await resident.agree(await resident.actor("手机"))
    await resident(f"""
        手机: {code}
        机器人: 都在这里了
        机器人: 没写完 [接着写]
        手机: 接着写
        机器人: 请核对：路灯不亮 [提交]
        手机: 提交
        机器人: {{号}}
        居民: 提交
        机器人: {{号}}
    """)


async def test_an_addition_is_kept_too(resident: Chat) -> None:
    await resident(BEGUN)
    await resident("""
        居民: 提交
        机器人: {号}
        居民: 补充
        居民: 是南门那一盏
        机器人: 补充到 {号} [提交]
        居民: 帮助
        机器人: 已经存好
        居民: 首页
        机器人: 没写完 [接着写]
        居民: 接着写
        机器人: 补充到 {号}…是南门那一盏 [提交]
    """)
