"""Texts and buttons fitted to what Telegram takes and a phone shows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.speak import keyboard, split, units
from domain.messages import Button


def labels(rows: list[list[str]]) -> list[list[str]]:
    """How these buttons come out."""
    made = keyboard([[Button(label, label) for label in row] for row in rows])
    return [[button["text"] for button in row] for row in made["inline_keyboard"]] if made else []


def test_a_text_is_cut_at_a_sentence() -> None:
    text = "这一句话有九个字。" * 20
    parts = split(text, 50)
    assert "".join(parts) == text
    assert all(part.endswith("。") and units(part) <= 50 for part in parts)


def test_a_line_comes_before_a_sentence() -> None:
    assert split("第一行。再一句\n第二行。还有一句话", 14) == ["第一行。再一句", "第二行。还有一句话"]


def test_what_has_no_border_is_cut_between_characters() -> None:
    assert split("😀" * 30, 20) == ["😀" * 10] * 3
    assert split("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("字a 。\n😀!"), max_size=200), st.integers(2, 40))
def test_nothing_is_lost_but_blanks_at_the_cuts(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "rows, shown",
    [
        ([["同意", "不同意"]], [["同意", "不同意"]]),
        ([[]], []),
        ([["改内容", "改类型", "改分类", "改谁可见"]], [["改内容", "改类型"], ["改分类", "改谁可见"]]),
        ([["一个很长很长很长很长的选项", "另一个"]], [["一个很长很长很长很长的选项"], ["另一个"]]),
        ([[str(n) for n in range(10)]], [["0", "1", "2", "3", "4"], ["5", "6", "7", "8", "9"]]),
    ],
)  # fmt: skip
def test_rows_too_wide_for_a_phone_are_folded(rows: list[list[str]], shown: list[list[str]]) -> None:
    assert labels(rows) == shown


def test_no_more_than_a_hundred_buttons() -> None:
    assert sum(map(len, labels([[str(n)] * 8 for n in range(20)]))) == 100
