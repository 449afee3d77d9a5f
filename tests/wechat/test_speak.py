"""An answer as one text: choices as numbers that the desk counts alike, long ones in parts."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.wechat.speak import TEXT_LIMIT, compose, joined, weight
from domain.messages import Button, Rendered
from locales.catalogue import Catalogue

WORDS = Catalogue.load()
SEND, CHANGE, PLACE, CANCEL = (
    Button("~k.1.send", "提交"),
    Button("~k.1.change_words", "改内容", minor=True),
    Button("~k.1.change_place", "改地点", minor=True),
    Button("~k.1.cancel", "取消", minor=True),
)
CARD = Rendered("请核对：路灯不亮", ((SEND,), (CHANGE, PLACE), (CANCEL,)), language="zh_CN")
LIST = Rendered(
    "两件。", ((Button("show:7K3F-29", "7K3F-29 路灯"),), (Button("show:8K3F-29", "8K3F-29 井盖"),))
)


def say(language: str, key: str, params: Any) -> str:
    return WORDS.say(language, key, params)


def text(*messages: Rendered) -> str:
    (only,) = compose(messages, say).parts
    return only


def test_choices_are_numbers_and_ways_out_are_words() -> None:
    assert text(CARD) == "请核对：路灯不亮\n\n请回数字：\n1 提交\n2 改内容  3 改地点\n也可以回：取消"


def test_where_a_number_may_be_the_answer_nothing_is_numbered() -> None:
    asked = Rendered("叫您什么好？", ((Button("~k.1.skip", "跳过"),), (CANCEL,)))
    assert text(asked) == "叫您什么好？\n\n也可以回：跳过、取消"


def test_several_messages_are_one_and_their_lists_are_counted_on() -> None:
    later = Rendered("还有一件。", ((Button("show:9K3F-29", "9K3F-29 楼梯"),),))
    assert text(Rendered("谢谢。"), LIST, later) == (
        "谢谢。\n\n两件。\n\n请回数字：\n1 7K3F-29 路灯\n2 8K3F-29 井盖\n\n"
        "还有一件。\n\n请回数字：\n3 9K3F-29 楼梯"
    )


def test_what_a_list_numbers_itself_is_not_said_again() -> None:
    more = Button("mine:1", "下一页", minor=True)
    listed = Rendered(
        "两件：\n1. 7K3F-29 路灯不亮\n2. 8K3F-29 井盖坏了\n发它的数字。", (*LIST.buttons, (more,))
    )
    assert text(listed) == f"{listed.text}\n\n请回数字：\n3 下一页"
    assert text(Rendered("0件", LIST.buttons[:1]), listed).endswith(
        "\n2 7K3F-29 路灯\n3 8K3F-29 井盖\n4 下一页"
    )


def test_under_a_question_only_its_own_choices_are_counted() -> None:
    assert text(LIST, CARD) == f"两件。\n\n· 7K3F-29 路灯\n· 8K3F-29 井盖\n\n{text(CARD)}"
    asked = Rendered("同意吗？", ((Button("agree:sensitive:", "同意"),),), language="zh_CN")
    assert text(CARD, asked) == (
        "请核对：路灯不亮\n\n· 提交\n· 改内容  · 改地点\n· 取消\n\n同意吗？\n\n请回数字：\n1 同意"
    )


def test_small_choices_too_wide_for_a_line_stand_alone() -> None:
    wide = tuple(Button(f"show:{n}", "字" * 8, minor=True) for n in range(3))
    assert text(Rendered("?", (wide,))).splitlines()[-2:] == ["2 " + "字" * 8, "3 " + "字" * 8]


def test_nobodys_words_become_a_link() -> None:
    """WeChat shows `<a href=…>` in a text as a link: a stranger's could pose as the workroom's."""
    trap = Rendered('<a href="https://evil.example">点此领补贴</a> 1<2 <b>', language="zh_CN")
    assert text(trap) == '＜a href="https://evil.example">点此领补贴＜/a> 1<2 ＜b>'


def test_a_push_has_the_choices_that_numbers_count() -> None:
    pushed = joined([LIST, CARD])
    assert (pushed.text, pushed.buttons) == ("两件。\n\n请核对：路灯不亮", CARD.buttons)
    assert [b.data for row in joined([LIST, LIST]).buttons for b in row] == [
        b.data for row in LIST.buttons * 2 for b in row
    ]


def test_a_long_answer_keeps_its_choices_below() -> None:
    said = compose([Rendered("很长的一句话。" * 200, CARD.buttons, language="zh_CN")], say)
    assert len(said.parts) == 3
    assert said.parts[-1].endswith("1 提交\n2 改内容  3 改地点\n也可以回：取消")


BUTTONS = st.builds(Button, st.just("show:1"), st.text(min_size=1, max_size=60), st.booleans())
ROWS = st.lists(st.lists(BUTTONS, max_size=4).map(tuple), max_size=6).map(tuple)
MESSAGES = st.lists(st.builds(Rendered, st.text(max_size=900), ROWS), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(MESSAGES)
def test_every_part_fits(messages: list[Rendered]) -> None:
    parts = compose(messages, say).parts
    assert all(weight(part) <= TEXT_LIMIT for part in parts)
    assert "<a" not in "".join(parts)
