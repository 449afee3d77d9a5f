"""Remarks on a text before residents read it, and Chinese punctuation."""

import pytest

from locales.catalogue import Catalogue
from locales.plain import lists, remarks
from locales.typography import full_width
from tests.words.sample import typical
from tests.words.widen import widened


@pytest.mark.parametrize(
    "text, key, found",
    [
        ("我们高度重视您的诉求。", "plain.set_phrase", "高度重视"),
        ("正在积极协调。", "plain.set_phrase", "正在积极协调"),
        ("贵小区的楼梯已修好。", "plain.set_phrase", "贵小区"),
        ("相关部门将处理。", "plain.set_phrase", "相关部门将"),
        ("您的工单已派单。", "plain.slang", "工单"),
        ("请等3个工作日。", "plain.working_days", "3个工作日"),
        ("请等十五个工作日。", "plain.working_days", "十五个工作日"),
        ("你的诉求已收到。", "plain.familiar", "你"),
    ],
)
def test_what_is_remarked(catalogue: Catalogue, text: str, key: str, found: str) -> None:
    said = next(r for r in remarks(text) if r.key == key)
    assert said.params["found"] == found
    for language in catalogue.languages:
        assert catalogue.say(language, key, said.params)


@pytest.mark.parametrize(
    "text",
    [
        "楼梯12月4日前装好防滑条。",
        "昂贵的设备已经换好。",
        "居民说「你们高度重视一下」。",
        "",
        "宝贵的意见,谢谢您。",
    ],
)
def test_what_is_plain_already(text: str) -> None:
    assert remarks(text) == []


def test_length_is_counted_by_sentence_and_message(catalogue: Catalogue) -> None:
    assert remarks("楼" * 35 + "。" + "梯" * 35 + "!") == []
    long = remarks("楼" * 36 + "。")
    assert [(r.key, r.params["length"]) for r in long] == [("plain.long_sentence", 36)]
    assert [r.key for r in remarks("楼梯修好了。" * 21)] == ["plain.long_message"]
    assert "36" in catalogue.say("zh_CN", long[0].key, long[0].params)


def test_every_phrase_of_the_list_is_explained() -> None:
    assert len(lists().phrases) >= 40
    assert all(phrase.instead for phrase in lists().slang)


@pytest.mark.parametrize(
    "typed, set_right",
    [
        ("已收到,编号 {{ number }},请记好.", "已收到\uff0c编号 {{ number }}\uff0c请记好."),
        ("问题(急)!", "问题\uff08急\uff09\uff01"),
        ("12月4日(周五)前", "12月4日(周五)前"),
        ("8:00 到 11:30", "8:00 到 11:30"),
        ("电话:{{ phone }}", "电话\uff1a{{ phone }}"),
        ("{{ a }}, {{ b }}", "{{ a }}, {{ b }}"),
        ("Hi, you", "Hi, you"),
        ("「甲」, 「乙」", "「甲」\uff0c「乙」"),
    ],
)
def test_full_width_punctuation(typed: str, set_right: str) -> None:
    if "「甲」" in typed:
        typed, set_right = "选" + typed, "选" + set_right
    assert full_width(typed) == set_right
    assert full_width(set_right) == set_right


def test_widening_a_file_touches_only_chinese_words() -> None:
    po = '# 注:a,b\nmsgid "case.a"\nmsgstr ""\n"好,请看\\n"\n"{{ d|f(1, 2) }}:好"\n\n'
    po += 'msgid "format.date"\nmsgstr "M月(EEE)"\n'
    mended = po.replace("好,请看", "好\uff0c请看").replace("}}:好", "}}\uff1a好")
    assert widened(po) == mended


def test_a_templates_typical_text_takes_the_longest_way() -> None:
    text = "{% if a %}短{% else %}比较长{% endif %}:{{ number|number }}"
    text += "{% for c in list %}行{{ c.title|excerpt(5) }}{% endfor %}"
    assert typical(text) == "比较长:" + "某" * 7 + "行" + "某" * 5
