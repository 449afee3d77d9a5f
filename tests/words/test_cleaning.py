"""People's words are shown whole, in their order, and cut between visible characters only."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales.cleaning import clean, clusters, excerpt

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1e8\U0001f1f3"
THUMB = "\U0001f44d\U0001f3fd"
ACCENT = "e\u0301"


@pytest.mark.parametrize(
    "text, shown",
    [
        ("a\x00b\x1b[31m", "ab[31m"),
        ("\u202etxt.exe\u202c", "txt.exe"),
        ("\u2067x\u2069", "x"),
        ("a\tb\r\nc\rd\u2028e", "a b\nc\nd\ne"),
        ("\ud800x", "x"),
        (FAMILY, FAMILY),
        ("您好,world", "您好,world"),
    ],
)
def test_what_is_taken_out(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize("whole", [FAMILY, FLAG, THUMB, ACCENT, "\u2764\ufe0f", "楼"])
def test_an_excerpt_never_cuts_a_character(whole: str) -> None:
    assert list(clusters(whole * 3)) == [whole] * 3
    assert excerpt(whole * 3, 2) == whole * 2 + "…"
    assert excerpt(whole * 2, 2) == whole * 2


def test_an_excerpt_is_one_line() -> None:
    assert excerpt("楼梯\n\n打滑", 10) == "楼梯 打滑"
    assert excerpt("楼梯 打滑", 3) == "楼梯…"


def test_a_tower_of_accents_is_cut_down() -> None:
    assert len(excerpt("a" + "\u0301" * 5000, 5)) <= 32


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.integers(1, 20))
def test_any_excerpt_can_be_sent(text: str, most: int) -> None:
    shown = excerpt(text, most)
    shown.encode()
    assert len(list(clusters(shown))) <= most + 1
    assert clean(shown) == shown
