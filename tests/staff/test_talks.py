"""The staff's work as it is chatted: accept, forward, advise, answer, and everything beside it."""

from tests.chat import Chat
from tests.staff.beginning import filed


async def test_refusing_names_who_is_responsible(chat: Chat) -> None:
    await filed(chat)
    await chat("""
        联络员: 不予受理
        机器人: 该由谁负责…{号}
        联络员: 滨江花园物业公司
        机器人: 原因
        联络员: 小区电梯由物业公司维护,请先找物业报修。
        机器人: 居民会看到…请先找物业报修…该找:滨江花园物业公司 [确认不受理] [改负责单位] [改文字]
        联络员: 改负责单位
        联络员: 滨江花园物业服务中心
        机器人: 该找:滨江花园物业服务中心
        联络员: 确认不受理
        机器人: {号}…没有受理
        居民 < 办不了…请先找物业报修…该找:滨江花园物业服务中心
    """)


async def test_categorising_and_assigning_take_two_taps_each(chat: Chat) -> None:
    await filed(chat)
    await chat("""
        联络员: 受理
        联络员: 归类
        机器人: 哪一类 [道路] [路灯照明]
        联络员: 道路
        机器人: 已归到「道路」
        联络员: 分派代表
        机器人: 分派给哪位 [周文斌] [陆晓梅]
        联络员: 周文斌
        机器人: 已请周文斌来办
        党代表 < {号} [办理意见] [转给同事]
        居民 < {号}
    """)


async def test_a_representative_passes_a_case_on(chat: Chat) -> None:
    await filed(chat)
    await chat.actor("党代表2")
    await chat("""
        党代表: 接办
        机器人: 由您来办
        党代表: 转给同事
        机器人: 转给哪位同事 [陆晓梅]
        党代表: 陆晓梅
        机器人: 已转给陆晓梅
        党代表2 < {号} [办理意见]
    """)


async def test_an_opinion_becomes_the_route_with_its_words(chat: Chat) -> None:
    await filed(chat)
    await chat.actor("承办单位")
    await chat("""
        联络员: 受理
        党代表: 接办
        党代表: 办理意见
        机器人: 办理意见 [直接答复] [转办] [上报] [现场查看]
        党代表: 转办
        机器人: 哪里有问题
        党代表: 请住建局检查电梯门机
        机器人: 请核对…区住建局…请住建局检查电梯门机 [提交] [换单位] [改文字]
        党代表: 提交
        机器人: 由联络员转给区住建局
        联络员 < 建议转给区住建局 [转办]
        联络员: 转办
        机器人: 请核对…区住建局…12月7日(周一)前…请住建局检查电梯门机 [转出] [换单位] [改意见]
        联络员: 转出
        机器人: 已转给区住建局
        承办单位 < {号}…请住建局检查电梯门机 [签收] [退回] [申请延期] [答复]
        党代表 < {号}
    """)


async def test_the_departments_reply_is_relayed_with_its_photo(chat: Chat) -> None:
    await filed(chat)
    await chat.actor("承办单位")
    await chat("""
        党代表: 接办
        联络员: 转办 {号}
        联络员: 转出
        承办单位: 签收
        承办单位: 答复
        机器人: 12月7日(周一)前
        承办单位: (照片)
        机器人: 附件1个
        承办单位: 门机已更换,电梯恢复运行
        机器人: 请核对…门机已更换 [交给联络员] [改文字]
        承办单位: 交给联络员
        联络员 < 区住建局…门机已更换 [答复居民]
        联络员: 答复居民
        机器人: 居民会看到…门机已更换,电梯恢复运行…附件1个 [发给居民] [改文字]
        联络员: 改文字
        联络员: 电梯门机换好了,12月1日起正常使用。
        机器人: 居民会看到…电梯门机换好了
        联络员: 发给居民
        机器人: {号}
        居民 < 电梯门机换好了 [非常满意]
        党代表 < {号}…电梯门机换好了
        联络员: {号}
        机器人: 答复送居民…答复送…党代表
    """)


async def test_a_department_gives_back_and_asks_for_days(chat: Chat) -> None:
    await filed(chat)
    await chat.actor("承办单位")
    await chat("""
        联络员: 受理
        联络员: 转办
        机器人: 区住建局…没有写
        联络员: 转出
        承办单位 < {号} [申请延期]
        承办单位: 申请延期
        机器人: 12月7日(周一)前…最多延5个工作日 [1天:12月8日(周二)] [5天:12月14日(周一)]
        承办单位: 3天:12月10日(周四)
        机器人: 为什么要延期
        承办单位: 配件要从外地调
        机器人: {号}
        联络员 < 区住建局…配件要从外地调 [同意延期] [不同意延期]
        联络员: 同意延期
        承办单位 < 12月10日
        居民 < 12月10日
        承办单位: 退回
        承办单位: 产权属于供电公司
        联络员 < 产权属于供电公司 [转办]
    """)


async def test_progress_and_a_question_reach_the_resident_and_a_note_does_not(chat: Chat) -> None:
    await filed(chat)
    await chat("""
        联络员: 受理
        联络员: 写进展
        联络员: (照片)
        机器人: 居民会看到…附件1个 [发给居民]
        联络员: 维修师傅下午到
        机器人: 居民会看到…维修师傅下午到…附件1个
        联络员: 发给居民
        居民 < 维修师傅下午到
        联络员: 补充询问 {号}
        联络员: 电梯停在几楼?
        机器人: 居民会看到…电梯停在几楼 [发给居民]
        联络员: 发给居民
        居民 < 电梯停在几楼 [回答]
        联络员: 内部备注 {号}
        机器人: 只有工作人员看得到
        联络员: 物业电话占线
        机器人: {号}
        居民 < 无
    """)


async def test_a_second_request_about_the_same_is_merged(chat: Chat) -> None:
    await filed(chat)
    await chat("""
        居民: 反映诉求
        居民: 二单元电梯也不能用了
        居民: 提交
        机器人: {号2}
        联络员 < {号2}
        联络员: 合并 {号2}
        机器人: 并入哪一件
        联络员: 不知道
        机器人: 没看到编号
        联络员: {号2}
        机器人: 这是同一件
        联络员: {号}
        机器人: {号2}…并入{号} [合并] [换编号]
        联络员: 合并
        机器人: {号2}
        居民 < {号2}
    """)


async def test_not_satisfied_is_called_back_by_somebody_else(chat: Chat) -> None:
    await filed(chat)
    await chat("""
        党代表: 接办
        党代表: 答复居民
        党代表: 电梯修好了
        机器人: 居民会看到…电梯修好了
        党代表: 发给居民
        居民 < 电梯修好了 [不满意]
        居民: 不满意
        联络员 < {号} [记回访]
        联络员: 记回访
        机器人: 联系居民
        联络员: 电梯第二天又坏了
        机器人: {号}
        党代表 < 电梯第二天又坏了
    """)


async def test_a_draft_for_one_case_is_taken_up_where_it_was(chat: Chat) -> None:
    await filed(chat)
    await chat("""
        党代表: 接办
        党代表: 答复居民
        党代表: 电梯主板换好了
        机器人: 居民会看到…电梯主板换好了
        党代表: 待办
        党代表: 答复居民 {号}
        机器人: 居民会看到…电梯主板换好了 [发给居民]
        党代表: 发给居民
        居民 < 电梯主板换好了
    """)


async def test_what_could_be_plainer_is_said_before_it_goes_out(chat: Chat) -> None:
    await filed(chat)
    await chat("""
        党代表: 接办
        党代表: 答复居民
        党代表: 我们高度重视,正在积极协调。
        机器人: 居民会看到…我们高度重视…建议改一改…「高度重视」是套话 [发给居民] [改文字]
    """)
