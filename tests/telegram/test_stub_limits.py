"""The stub refuses what comes faster than Telegram allows, and goes on refusing who does not wait."""

import pytest

from tests.stubs.bot_api_faults import Call
from tests.stubs.bot_api_limits import Limits


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def tried(limits: Limits, *chats: int, method: str = "sendMessage") -> list[int]:
    """The retry_after of each of these sends, 0 where it went out."""
    found = []
    for chat in chats:
        refused = limits.refusal(Call(method, {"chat_id": chat}))
        found.append((refused.parameters or {})["retry_after"] if refused else 0)
    return found


def test_thirty_in_any_second() -> None:
    clock = Hand()
    limits = Limits(clock)
    assert tried(limits, *range(1, 16)) == [0] * 15
    clock.at += 0.9
    assert tried(limits, *range(16, 33)) == [0] * 15 + [2, 2]
    assert limits.ignored == 0, "neither had been told before"
    assert tried(limits, 32) == [2] and limits.ignored == 1
    clock.at += 2
    assert tried(limits, *range(40, 70)) == [0] * 30


def test_a_chat_gets_a_burst_and_then_one_a_second() -> None:
    clock = Hand()
    limits = Limits(clock)
    assert tried(limits, 1, 1, 1, 1, 2) == [0, 0, 0, 3, 0]
    clock.at += 1.5
    assert tried(limits, 1, 2) == [2, 0], "it did not wait, and only it is held"
    clock.at += 1.5
    assert tried(limits, 1, 1) == [0, 0]


@pytest.mark.parametrize("line", ["chat 1", "user 1"])
def test_who_has_just_written_is_answered_at_once(line: str) -> None:
    clock = Hand()
    limits = Limits(clock)
    tried(limits, *range(100, 131))
    limits.heard(line)
    assert tried(limits, *[1] * 20) == [0] * 20
    assert tried(limits, 1) != [0]
    clock.at += 31
    assert tried(limits, 1, 1, 1, 1) == [0, 0, 0, 3]


def test_a_group_gets_twenty_a_minute() -> None:
    clock = Hand()
    limits = Limits(clock)
    assert tried(limits, *[-5] * 21) == [0] * 20 + [60]
    clock.at += 60
    assert tried(limits, -5) == [0]


def test_only_what_is_said_counts() -> None:
    limits = Limits(Hand())
    assert tried(limits, *[1] * 9, method="answerCallbackQuery") == [0] * 9
    assert limits.refusal(Call("getMe", {})) is None
    assert tried(limits, *[1] * 4, method="editMessageText") == [0, 0, 0, 3]
