"""Saying: keys become texts, parameters stay what people wrote, what is missing is a bug with a name."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from domain.messages import Choice, Message, Words
from locales.catalogue import Catalogue, MissingWords
from locales.entries import BadCatalogue

Write = Callable[..., Path]


def load(folder: Path) -> Catalogue:
    """A small catalogue, with the formats that ship."""
    for language in ("zh_CN", "en"):
        shipped = Path(__file__).parents[2] / "locales" / language / "format.po"
        (folder / language / "format.po").write_bytes(shipped.read_bytes())
    return Catalogue.load(folder)


def test_a_message_is_rendered_with_its_buttons(write: Write) -> None:
    words: Words = load(
        write({"case.ask": "请核对:{{ words }}", "case.send": "提交", "choice.named": "{{ text }}"})
    )
    rows = ((Choice("s", "case.send"),), (Choice.named("c", "社区\n环境", minor=True),))
    shown = words.render("zh_CN", Message("case.ask", {"words": "楼梯打滑"}, rows, (7,), True, ("photo",)))
    assert shown.text == "请核对:楼梯打滑"
    assert [[(b.data, b.label, b.minor) for b in row] for row in shown.buttons] == [
        [("s", "提交", False)],
        [("c", "社区 环境", True)],
    ]
    assert (shown.media, shown.replaces, shown.wants, shown.key) == (
        (7,),
        True,
        ("photo",),
        "case.ask",
    )


@pytest.mark.parametrize(
    "words", ["{{7*7}}", "{% for x in y %}", "{# note #}", "<b>&amp;</b>", "%s %(n)s {0}"]
)
def test_peoples_words_are_never_a_template(write: Write, words: str) -> None:
    catalogue = load(write({"case.echo": "收到{{ words }}。"}))
    assert catalogue.say("zh_CN", "case.echo", {"words": words}) == f"收到{words}。"


def test_every_text_is_cleaned_however_deep(write: Write) -> None:
    catalogue = load(write({"case.list": "{% for c in cases %}{{ c.title }};{% endfor %}"}))
    cases = [{"title": "a\u202egnp\u0000"}, {"title": "b\r\nc\u2067"}]
    assert catalogue.say("en", "case.list", {"cases": cases}) == "agnp;b\nc;"


def test_a_missing_key_names_itself(write: Write) -> None:
    catalogue = load(write({"case.a": "甲"}))
    with pytest.raises(MissingWords, match=r"no words for 'case\.b' in en"):
        catalogue.say("en", "case.b")
    with pytest.raises(KeyError):
        catalogue.means("en", "x", ("case.b",))


def test_a_missing_parameter_names_the_key(write: Write) -> None:
    catalogue = load(write({"case.a": "{{ words }}"}))
    with pytest.raises(UndefinedError) as caught:
        catalogue.say("zh_CN", "case.a")
    assert "case.a" in caught.value.__notes__[0]


def test_counts_choose_the_plural(write: Write) -> None:
    folder = write({}, {})
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    entry = 'msgid "case.count"\nmsgid_plural "case.count"\n'
    one, many = 'msgstr[0] "{{ n }} case"\n', 'msgstr[1] "{{ n }} cases"\n'
    (folder / "en" / "n.po").write_text(head + entry + one + many)
    (folder / "zh_CN" / "n.po").write_text(head + entry + 'msgstr[0] "{{ n }}件"\n')
    catalogue = load(folder)
    assert [catalogue.say("en", "case.count", {"n": n}) for n in (0, 1, 2)] == [
        "0 cases",
        "1 case",
        "2 cases",
    ]
    assert catalogue.say("zh_CN", "case.count", {"n": 2}) == "2件"


def test_a_key_twice_or_without_words_is_refused(write: Write) -> None:
    folder = write({"case.a": "甲"})
    (folder / "en" / "twice.po").write_text('msgid "case.a"\nmsgstr "A"\n')
    with pytest.raises(BadCatalogue, match=r"case\.a"):
        Catalogue.load(folder)
    (folder / "en" / "twice.po").write_text('msgid "case.b"\nmsgstr ""\n')
    with pytest.raises(BadCatalogue, match=r"case\.b"):
        Catalogue.load(folder)


def test_templates_can_name_one_of_several(write: Write) -> None:
    catalogue = load(write({"case.card": "{{ kind|word('case.kind') }}", "case.kind.problem": "问题"}))
    assert catalogue.say("zh_CN", "case.card", {"kind": "problem"}) == "问题"


def test_the_closest_language_is_spoken(catalogue: Catalogue) -> None:
    reported = ["zh-hans", "zh_TW", "en-GB", "EN", "fr", ""]
    assert [catalogue.closest(spoken) for spoken in reported] == [
        "zh_CN",
        "zh_CN",
        "en",
        "en",
        "zh_CN",
        "zh_CN",
    ]
    assert catalogue.languages == ("zh_CN", "en")
    assert catalogue.say("fr", "choice.named", {"text": "甲"}) == "甲"


def test_eight_hundred_entries_load_quickly(write: Write) -> None:
    folder = write({f"case.k{i}": "您的诉求 {{ number|number }} 已收到。" for i in range(800)})
    best = min(_load_time(folder) for _ in range(3))
    assert best < 0.15, f"{best:.3f} s"


def _load_time(folder: Path) -> float:
    start = time.process_time()
    Catalogue.load(folder)
    return time.process_time() - start
