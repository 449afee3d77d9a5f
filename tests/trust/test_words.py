"""Whatever is written, everybody gets a polite answer and nothing broken is stored, on both databases."""

from datetime import UTC, datetime

import pytest

from domain.cleaning import LABEL, clean
from domain.messages import (
    Answer,
    Contact,
    File,
    Inbound,
    Other,
    Position,
    Press,
    Start,
    Stored,
    Text,
    What,
)
from locales.catalogue import Catalogue
from tests.chat import Actor
from tests.trust.town import Town, count, stored

ATTACKS = {
    "html": "<b>粗</b><script>alert(1)</script>&lt;img src=x onerror=alert(1)&gt;",
    "jinja": "{{7*7}} {{ ''.__class__.__mro__ }} {% for x in (1,) %}x{% endfor %} {# 注 #}",
    "percent": "%s %(name)s {0} {name} %d $PATH `id`",
    "nul": "灯\x00坏了\x00",
    "controls": "灯\x01\x02\x1b[31m坏\x7f了\x08",
    "bidi": "\u202e坏了灯\u202c \u2066路\u2069 \u200f\u200e",
    "surrogates": "灯\ud800坏\udfff了",
    "zero-width": "\u200b\u200c\u200d\u2060\ufeff",
    "blank": "  \n\t\u3000 ",
    "empty": "",
    "emoji": "😀😀👨‍👩‍👧‍👦🇨🇳",
    "astral": "𠮷𠮷𠮷灯坏了",
    "combining": "灯" + "\u0301" * 500 + "坏了",
    "long": "水" * 10_000,
    "longer": "管道漏水了。" * 200_000,
    "one word": "a" * 10_000,
    "lines": "坏\n" * 3_000,
    "digits": "9" * 5_000,
    "full-width": "１" * 300,
    "superscript": "²",
    "number": "7K3F-29",
    "numbers": "ABCD-EF " * 800,
    "commands": "/start /help 取消 帮助",
    "start": "/start " + "x" * 300,
    "start nul": "/start i_\x00\ud800",
    "sql": "'; DROP TABLE cases; -- %_\\",
    "separator": "\u2028\u2029灯坏了\x85",
}
BROKEN = ("\x00", "\ud800", "\udfff", "\u202e", "\u2066", "\x1b", "\\x00", "\\ud800", "\\udfff", "\\u0000")


async def _polite(town: Town, actor: Actor, what: What) -> Answer:
    """An answer with words, no bug (the town raises those), nothing unwritable in it."""
    answer = await town.send(actor, what)
    assert answer.messages
    for message in answer.messages:
        assert message.text.strip() and "\x00" not in message.text
        assert len(message.text) <= 4096, message.key
        message.text.encode()
    return answer


async def _everywhere(town: Town, actor: Actor, words: str) -> None:
    """The words wherever a resident can put words: outside, in a request, as a name, a place, a payload."""
    await _polite(town, actor, Text(words))
    await _polite(town, actor, Text("取消"))
    await town.press(actor, "draft:drop")
    await _polite(town, actor, Start(words[:64]))
    await _polite(town, actor, Press(words[:64] or "x"))
    await town.press(actor, "go:name")
    await _polite(town, actor, Text(words))
    await town.press(actor, "go:home")
    await _polite(town, actor, Text(words))
    await town.press(actor, "go:file")
    await _polite(town, actor, Text(words))
    await _polite(town, actor, Text("路灯坏了"))
    await town.tap(actor, "change_place")
    await _polite(town, actor, Text(words))
    await _polite(town, actor, Position(30.0, 119.0, 5.0, words))
    await town.press(actor, "go:help")
    await town.press(actor, "draft:drop")


async def test_any_words_anywhere_are_answered_and_nothing_broken_is_stored(town: Town) -> None:
    actor = await town.person("居民")
    await town.press(actor, "agree:sensitive:")
    for name, words in ATTACKS.items():
        await _everywhere(town, actor, words)
        kept = await stored(town.world)
        assert [mark for mark in BROKEN if mark in kept] == [], name


async def test_markup_goes_through_to_the_end_as_it_was_written(town: Town) -> None:
    actor = await town.person("居民")
    liaison = await town.person("联络", await town.place("liaison"))
    for attack in ("html", "jinja", "percent", "sql", "astral", "separator"):
        await _to_the_end(town, actor, liaison, ATTACKS[attack])
        town.world.clock.on(minutes=2)  # a request of its own, not more of the one just sent


async def _to_the_end(town: Town, actor: Actor, liaison: Actor, words: str) -> None:
    number = await town.filed(actor, words)
    await town.world.deliver()
    shown = (await town.press(liaison, f"show:{number}")).messages[0].text
    letters = [m for _, m in town.world.channels["web"].said[liaison.id]]
    assert letters[-1].key == "notice.submit.liaison"
    visible = "".join(words.split())[:12]
    for text in (shown, letters[-1].text):
        assert visible in "".join(text.split())
        assert "49" not in text.replace(number, "")
    await town.press(liaison, f"do:{number}:accept")
    await town.world.deliver()
    await town.answered(liaison, number, words)
    await town.world.deliver()
    answer = town.world.channels["web"].said[actor.id][-1][1]
    assert answer.key == "notice.answer.filer" and visible in "".join(answer.text.split())


async def test_what_staff_write_is_held_to_the_same(town: Town) -> None:
    actor = await town.person("居民")
    liaison = await town.person("联络", await town.place("liaison"))
    number = await town.filed(actor, "路灯坏了")
    for action in ("answer", "progress", "ask", "note", "refuse", "merge"):
        for name in ("nul", "surrogates", "bidi", "zero-width", "long", "empty", "emoji", "sql"):
            await town.press(liaison, f"do:{number}:{action}")
            await _polite(town, liaison, Text(ATTACKS[name]))
            await town.send(liaison, Text("取消"))
    kept = await stored(town.world)
    assert [mark for mark in BROKEN if mark in kept] == []
    assert await count(town.world, "events", action="note") == 4


async def test_strangers_write_what_they_like(town: Town) -> None:
    for number, (name, words) in enumerate(ATTACKS.items()):
        for what in (Text(words), Start(words), Press(words[:64] or "x"), Position(1.0, 2.0, None, words)):
            inbound = Inbound(
                "telegram", f"s{number}", f"s{number}", f"{name}{what!r}"[:40], what, spoken=words[:8]
            )
            answer = await town.world.desk.handle(inbound)
            assert answer.messages and not answer.stored
    assert await count(town.world, "persons") == 0


@pytest.mark.parametrize("attack", ["nul", "surrogates", "longer", "empty"])
async def test_quoted_words_are_no_way_in(town: Town, attack: str) -> None:
    actor = await town.person("居民")
    inbound = Inbound("web", actor.id, actor.id, "q", Text("还是没修"), quoted=ATTACKS[attack])
    assert (await town.world.desk.handle(inbound)).messages
    kept = await stored(town.world)
    assert [mark for mark in BROKEN if mark in kept] == []


def test_cleaning_leaves_good_words_alone_and_bad_places_out() -> None:
    def cleaned(what: What) -> What:
        return clean(Inbound("web", "1", "1", "1", what)).what

    good: tuple[What, ...] = (
        Text("灯坏了\n👨‍👩‍👧"),
        Press("do:7K3F29:accept"),
        Start("w_LJ01"),
        Position(30.1, 119.2, 3.0, "云山路3号"),
        File("photo", "ref", None, 3, "图"),
        Stored(3, "photo", "图"),
        Contact("13912345678"),
        Other("sticker"),
    )
    assert [cleaned(what) for what in good] == list(good)
    assert cleaned(Text("a\x00b\ud800c")) == Text("abc")
    nowhere = float("nan"), float("inf")
    assert [cleaned(Position(there, 0.0)) for there in nowhere] == [Other("location")] * 2
    place = cleaned(Position(1.0, 2.0, None, "家\x00\u202e \n 门" + "口" * 500))
    assert isinstance(place, Position) and place.label.startswith("家 门口") and len(place.label) == LABEL


def test_templates_never_run_what_people_wrote() -> None:
    words = Catalogue.load(clock=lambda: datetime(2026, 11, 23, tzinfo=UTC))
    said = words.say("zh_CN", "people.name_set", {"name": "{{7*7}}{% raw %}<b>"})
    assert "{{7*7}}{% raw %}<b>" in said
