"""「值班」 means to everybody what they have to do with it."""

from tests.chat import Chat
from tests.duty.ground import give
from tests.duty.test_transcripts import people


async def test_the_liaison_and_the_office_see_rosters(chat: Chat) -> None:
    await people(chat, "党代表", "联络员", "联络办")
    await give(chat, 0, "党代表")
    await give(chat, 1, None)
    await chat("""
        党代表: 值班
        机器人: 您的值班：…11月26日
        联络员: 值班
        机器人: 周文斌
        联络办: 值班
        机器人: 全区没人值的班
    """)
