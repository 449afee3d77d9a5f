"""Understanding: a label, a keyword, in any width, case and language, names the choice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from domain.messages import Choice
from locales.catalogue import Catalogue
from locales.meaning import keywords, normal

Write = Callable[..., Path]
KEYS = ("menu.file", "menu.mine", "menu.help", "menu.hello")


@pytest.fixture
def menu(write: Write) -> Catalogue:
    chinese = {
        "menu.file": "📝 反映诉求",
        "menu.file.words": "投诉 反映、我要反映",
        "menu.mine": "我的诉求",
        "menu.help": "帮助",
        "menu.help.words": "怎么用 ?",
        "menu.hello": "{{ name }}好",
        "choice.named": "{{ text }}",
    }
    english = {
        "menu.file": "File a request",
        "menu.file.words": "report, new request",
        "menu.mine": "My requests",
        "menu.help": "Help",
        "menu.hello": "Hello {{ name }}",
        "choice.named": "{{ text }}",
    }
    return Catalogue.load(write(chinese, english))


@pytest.mark.parametrize(
    "text, key",
    [
        ("反映诉求", "menu.file"),
        ("「反映诉求」。", "menu.file"),
        ("反 映 诉 求", "menu.file"),
        ("投诉", "menu.file"),
        ("我要反映!", "menu.file"),
        ("NEW  Request", "menu.file"),
        ("\uff28\uff45\uff4c\uff50\uff01", "menu.help"),
        ("/help", "menu.help"),
        ("/help@workroom_bot", "menu.help"),
        ("/帮助", "menu.help"),
        ("\uff1f", "menu.help"),
        ("my requests", "menu.mine"),
        ("我的诉求在哪里", None),
        ("", None),
        ("。。", None),
        ("👍", None),
        ("好", None),
        ("帮助" * 5000, None),
        ("{{ name }}好", None),
    ],
)
def test_what_a_text_names(menu: Catalogue, text: str, key: str | None) -> None:
    assert menu.means("zh_CN", text, KEYS) == key
    assert menu.means("en", text, KEYS) == key


def test_a_label_goes_before_a_keyword(write: Write) -> None:
    catalogue = Catalogue.load(write({"a.one": "改", "a.one.words": "取消", "a.two": "取消"}))
    assert catalogue.means("zh_CN", "取消", ("a.one", "a.two")) == "a.two"


def test_a_choice_from_the_registry_is_picked_by_its_own_words(menu: Catalogue) -> None:
    choices = (
        Choice.named("1", "道路交通"),
        Choice.named("2", "社区环境"),
        Choice("3", "menu.help"),
    )
    picked = [menu.pick("zh_CN", text, choices) for text in ("社区环境。", "help", "别的")]
    assert picked == [choices[1], choices[2], None]


def test_a_day_is_named_without_its_day_of_the_week(menu: Catalogue) -> None:
    choices = (Choice.named("1", "12月10日(周四)"), Choice.named("2", "2027年1月11日(周一)"))
    said = ("12月10日", "12月10日（周四）", "2027年1月11日", "12月11日", "12月10日(周五)")
    picked = [menu.pick("zh_CN", text, choices) for text in said]
    assert picked == [choices[0], choices[0], choices[1], None, None]


def test_keywords_are_parted_by_spaces_or_by_commas() -> None:
    assert keywords("不要了 算了、取消 不") == {"不要了", "算了", "取消", "不"}
    assert keywords("help what can I do") == {"help", "what", "can", "i", "do"}
    assert keywords("my requests、mine") == {"my requests", "mine"}


def test_comparing_forgets_width_case_and_what_stands_around() -> None:
    assert normal(" \uff08\uff21 b\uff09。") == normal("A  B") == "a b"
