"""Templates that only put parameters between words are said without the engine, as the engine would."""

import pytest
from jinja2 import UndefinedError

from domain.people import LANGUAGES
from locales.entries import read
from locales.tongue import Gapped, environment

VALUES = ("第三  工作室 {{ n }}", 7, 2.5, None, True, ["甲", 1], "")


def gapped() -> list[str]:
    every = (text for name in LANGUAGES for entry in read(name).entries.values() for text in entry.texts)
    return [text for text in every if "{" in text and Gapped.is_enough(text)]


def test_every_text_that_ships_reads_the_same() -> None:
    engine, texts = environment(), gapped()
    assert "{{ text }}" in texts
    for text in texts:
        template, names = engine.from_string(text), Gapped(text).names
        for value in VALUES:
            params = dict.fromkeys(names, value)
            assert Gapped(text).render(params).strip() == template.render(params).strip(), text


@pytest.mark.parametrize(
    "text", ["{{ n|number }}", "{% if n %}{% endif %}", "{{ a.b }}", "{# n #}", "{{n}}", "{{ n }} {"]
)
def test_whatever_else_is_the_engines(text: str) -> None:
    assert not Gapped.is_enough(text)


def test_nothing_absent_passes() -> None:
    with pytest.raises(UndefinedError, match="'who' is undefined"):
        Gapped("{{ what }} of {{ who }}").render({"what": "a visit"})
