"""EXPERIENCE 9: at most three taps and one message beyond the words, from code to receipt."""

import pytest

from domain.messages import Press, Start, Text
from tests.chat import Actor, Chat

WORDS = "3号楼室外楼梯一下雨就打滑"


async def file(chat: Chat, actor: Actor) -> tuple[int, int]:
    """File as somebody who knows nothing does: always the first button; (taps, messages beyond the words)."""
    taps, messages = 0, 1
    await chat.send(actor, Start("w_LJ01"))
    while agreeing := [b for b in buttons(actor) if b.startswith("agree:")]:
        await chat.send(actor, Press(agreeing[0]))
        taps += 1
    await chat.send(actor, Text(WORDS))
    await chat.send(actor, Press(buttons(actor)[0]))
    return taps + 1, messages


def buttons(actor: Actor) -> list[str]:
    return [b.data for b in next(m.buttons for m in reversed(actor.answer) if m.buttons)[0]]


@pytest.mark.parametrize("channel, taps", [("telegram", 3), ("web", 2)])
async def test_touches_needed_to_file(chat: Chat, channel: str, taps: int) -> None:
    actor = Actor("居民", channel, "77")
    counted = await file(chat, actor)
    assert actor.answer[-1].key == "case.receipt"
    assert counted == (taps, 1)
    assert counted[0] <= 3 and counted[1] <= 1
