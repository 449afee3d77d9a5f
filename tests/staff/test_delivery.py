"""The liaison sees whether the closing text has reached the resident and the representative."""

from handlers.notices import CLOSING
from tests.chat import Chat
from tests.staff.beginning import filed


async def test_both_delivery_states_and_who_could_not_be_reached(chat: Chat) -> None:
    await filed(chat)
    resident = await chat.actor("居民")
    chat.world.channels[resident.channel].gone.add(resident.id)
    await chat("""
        党代表: 接办
        联络员: 答复居民 {号}
        联络员: 电梯修好了
        联络员: 发给居民
        党代表 < {号}…电梯修好了
        联络员: {号}
        机器人: 答复送居民:联系不上…答复送党代表:已送到
    """)


async def test_only_the_last_answers_letters_are_shown(chat: Chat) -> None:
    await filed(chat)
    await chat("""
        党代表: 接办
        联络员: 答复居民 {号}
        联络员: 电梯修好了
        联络员: 发给居民
        居民 < 电梯修好了 [不满意]
        居民: 不满意
        联络员: 记回访 {号}
        联络员: 门还是关不严
        党代表: 答复居民 {号}
        党代表: 门机也换好了
        党代表: 发给居民
        居民 < 门机也换好了
    """)
    number = chat.numbers["0"].replace("-", "")
    async with chat.world.unit() as uow:
        case = await uow.cases.by_number(number)
        assert case is not None
        letters = await uow.outbox.of_case(case.id, CLOSING)
    told = [(key, seat.role, state) for key, seat, state in letters]
    assert told == [("notice.answer.filer", "person", "sent")]
