"""Several cases at once are never mixed up; what can be meant in two ways is asked."""

from tests.chat import Chat

FILED = """
    居民: 3号楼楼梯打滑
    居民: 提交
    机器人: 收到了…{号}
    时间: +2m
    居民: 5号楼路灯不亮
    居民: 提交
    机器人: 收到了…{号2}
    时间: +2m
"""


async def test_a_quoted_reply_belongs_to_the_case_it_quotes(resident: Chat) -> None:
    await resident(FILED)
    await resident("""
        联络员: 受理 {号}
        居民: (引用 {号}) 今天又摔了一跤
        机器人: 补充到 {号}…3号楼…今天又摔了一跤 [提交] [改内容] [取消]
        居民: 提交
        机器人: {号}…补充
        联络员 < {号}…今天又摔了一跤
    """)


async def test_a_quoted_reply_in_the_middle_of_another_request_keeps_the_draft(resident: Chat) -> None:
    await resident(FILED)
    await resident("""
        联络员: 受理 {号2}
        居民: 小区门口井盖松了
        机器人: 井盖松了 [提交]
        居民: (引用 {号2}) 是第二个路灯
        机器人: 已经存好
        机器人: 补充到 {号2}…是第二个路灯 [提交]
        居民: 提交
        机器人: {号2}…补充
        居民: 反映诉求
        机器人: 没写完…井盖松了 [接着写]
        居民: 接着写
        机器人: 井盖松了 [提交]
    """)


async def test_a_number_in_the_words_says_which(resident: Chat) -> None:
    await resident(FILED)
    await resident("""
        居民: {号} 下雨天更滑
        机器人: 补充到 {号}…下雨天更滑 [提交]
        居民: 取消
        机器人: 已取消
        居民: {号2}
        机器人: {号2}…等受理…5号楼路灯不亮
    """)


async def test_words_may_answer_an_open_question(resident: Chat) -> None:
    await resident(FILED)
    await resident("""
        联络员: 补充询问 {号}
        联络员: 是哪个单元？
        联络员: 发给居民
        居民 < {号}…是哪个单元
        居民: 二单元
        机器人: 「二单元」…回答这一件吗…{号}…是哪个单元 [都不是，是新的诉求]
        居民: 1
        机器人: {号}…回答
        联络员 < {号}…二单元
    """)


async def test_words_that_answer_nothing_become_a_request(resident: Chat) -> None:
    await resident(FILED)
    await resident("""
        联络员: 补充询问 {号}
        联络员: 是哪个单元？
        联络员: 发给居民
        居民: 门口垃圾没人收
        机器人: 回答这一件吗
        居民: 已经三天了
        机器人: 门口垃圾没人收…已经三天了
        居民: 都不是，是新的诉求
        机器人: 请核对…门口垃圾没人收…已经三天了 [提交]
        居民: 提交
        机器人: {号3}
    """)


async def test_the_button_under_a_question_answers_it(resident: Chat) -> None:
    await resident(FILED)
    await resident("""
        联络员: 补充询问 {号2}
        联络员: 第几盏灯？
        联络员: 发给居民
        居民 < {号2}…第几盏灯 [回答]
        居民: 回答
        机器人: 工作室问：「第几盏灯？」…{号2}
        居民: (照片)
        机器人: 附件：1个 [提交]
        居民: 从南边数第二盏
        机器人: 从南边数第二盏…附件：1个
        居民: 提交
        机器人: {号2}…回答
        联络员 < {号2}…从南边数第二盏
    """)


async def test_two_questions_each_find_their_answer(resident: Chat) -> None:
    await resident(FILED)
    await resident("""
        联络员: 补充询问 {号}
        联络员: 是哪个单元？
        联络员: 发给居民
        联络员: 补充询问 {号2}
        联络员: 第几盏灯？
        联络员: 发给居民
        居民 < {号2}
        居民: (引用 是哪个单元) 二单元
        机器人: 关于 {号}…二单元 [提交]
        居民: 提交
        居民: 第二盏
        机器人: 回答这一件吗…{号2}…第几盏灯
        居民: 1
        机器人: {号2}…回答
    """)


async def test_words_right_after_sending_are_offered_to_that_case(resident: Chat) -> None:
    await resident("""
        居民: 3号楼楼梯打滑
        居民: 提交
        机器人: {号}
        居民: 就在一楼半那里
        机器人: 刚提交了一件…{号}…楼梯打滑 [都不是，是新的诉求]
        居民: (照片)
        机器人: 附件1个
        居民: 1
        机器人: {号}…补充
        联络员 < {号}…就在一楼半那里
        时间: +2m
        居民: 路灯不亮
        机器人: 请核对…路灯不亮 [提交]
    """)


async def test_an_answer_and_a_quote_to_a_closed_case_lose_nothing(resident: Chat) -> None:
    await resident("""
        居民: 3号楼楼梯打滑
        居民: 提交
        机器人: {号}
        居民: 撤销
        机器人: {号}…已撤销
        居民: (引用 撤销) 还是请修一下吧
        机器人: 现在是「已撤回」，不能再补充
        机器人: 请核对…还是请修一下吧 [提交]
    """)


async def test_someone_elses_number_is_not_found(resident: Chat) -> None:
    await resident(FILED)
    await resident.agree(await resident.actor("邻居"))
    await resident("""
        邻居: {号}
        机器人: 没有找到。请核对编号；如果不是您的事，这里也看不到。
        邻居: 2345-67
        机器人: 没有找到。请核对编号；如果不是您的事，这里也看不到。
        邻居: 234567
        机器人: 没有找到。请核对编号；如果不是您的事，这里也看不到。
    """)
    number = resident.numbers["0"].replace("-", "")
    await resident(f"""
        居民: {number}
        机器人: {{号}}…3号楼楼梯打滑
        居民: {number.lower()}
        机器人: {{号}}…3号楼楼梯打滑
        邻居: {number}
        机器人: 没有找到。请核对编号；如果不是您的事，这里也看不到。
        邻居: (按 show:{number})
        机器人: 没有找到。请核对编号；如果不是您的事，这里也看不到。
        邻居: (按 do:{number}:add)
        机器人: 没有找到。请核对编号；如果不是您的事，这里也看不到。
    """)
