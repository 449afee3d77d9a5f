"""Staff accept, forward or answer in at most two taps beyond the words (EXPERIENCE 17): counted."""

import pytest

from tests.chat import Chat
from tests.staff.beginning import filed

BEFORE = {
    "accept": "",
    "forward": "联络员: 受理",
    "answer": "联络员: 受理",
    "relay": """
        联络员: 受理
        联络员: 转办
        联络员: 转出
        承办单位: 答复
        承办单位: 门机换好了
        承办单位: 交给联络员
    """,
    "take": "",
    "reply": """
        联络员: 转办
        联络员: 转出
    """,
}
"""What has happened before the counting begins."""


@pytest.mark.parametrize(
    "name, who, lines, done",
    [
        ("accept", "联络员", ["受理"], "已受理"),
        ("take", "党代表", ["接办"], "由您来办"),
        ("forward", "联络员", ["转办", "转出"], "已转给"),
        ("answer", "联络员", ["答复居民", "写:电梯修好了", "发给居民"], "发给居民"),
        ("relay", "联络员", ["答复居民", "发给居民"], "发给居民"),
        ("reply", "承办单位", ["答复", "写:门机换好了", "交给联络员"], "交给联络员"),
    ],
)
async def test_two_taps_at_most(chat: Chat, name: str, who: str, lines: list[str], done: str) -> None:
    await chat.actor("承办单位")
    await filed(chat)
    await chat(BEFORE[name])
    taps = 0
    for line in lines:
        pressed = not line.startswith("写:")
        if pressed:
            actor = await chat.actor(who)
            shown = [m for _, m in chat.world.channels[actor.channel].said.get(actor.id, [])] + actor.answer
            assert line in {b.label for m in shown for row in m.buttons for b in row}, line
        taps += pressed
        await chat.says(who, line.removeprefix("写:"))
    assert taps <= 2
    said = (await chat.actor(who)).answer
    assert any(message.key.startswith("done.") and done in message.text for message in said), said
