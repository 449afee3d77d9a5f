"""我的诉求: open first, paged, nothing yet, each with its timeline."""

from tests.chat import Chat


async def test_nothing_yet(resident: Chat) -> None:
    await resident("""
        居民: 我的诉求
        机器人: 还没有反映过 [反映诉求]
    """)


async def test_thirty_cases_are_paged_and_open_ones_come_first(resident: Chat) -> None:
    for number in range(1, 31):
        await resident(f"""
            居民: 第{number}盏路灯不亮
            居民: 提交
            时间: +2m
        """)
    await resident("""
        居民: 我的诉求
        机器人: 1.…第30盏…10.…第21盏 [下一页]
        居民: 下一页
        机器人: 第2页…第20盏…第11盏 [上一页] [下一页]
        居民: 下一页
        机器人: 第3页…第10盏…第1盏 [上一页]
        居民: 10
        机器人: 第1盏路灯不亮
        居民: 撤回
        居民: 确定撤回
        居民: 我的诉求
        机器人: 第30盏
        居民: 下一页
        居民: 下一页
        机器人: 第2盏…第1盏
    """)


async def test_read_with_its_timeline_and_paged_back(resident: Chat) -> None:
    await resident("""
        居民: 路灯不亮
        居民: 提交
        机器人: {号} [看详情]
        联络员: 受理 {号}
        居民: 我的诉求
        机器人: {号}…路灯不亮…已受理
        居民: 1
        机器人: {号}…已受理…路灯不亮…经过…提交诉求…受理了 [补充]
    """)
