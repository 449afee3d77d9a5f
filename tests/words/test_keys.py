"""Every key that is used has words in both languages, and no words lie about unused."""

import ast
import re
from collections.abc import Mapping

import pytest

from locales.entries import WORDS, Book, Entry
from locales.formats import PATTERNS
from locales.plain import lists, remarks
from locales.typography import full_width
from tests.words.dynamic import DYNAMIC
from tests.words.sample import literal, typical
from tests.words.scan import ROOT, keys_of_flows, placeholders_of, prefixes_of_templates, uses, uses_in

Books = Mapping[str, Book]

LATIN = frozenset(
    {
        "Telegram",
        "WeChat",
        "QR",
        "ID",
        "PDF",
        "DOCX",
        "XLSX",
        "CSV",
        "Word",
        "Excel",
        "JPG",
        "PNG",
        "HEIC",
        "MP",
        "MB",
        "GB",
        "AMR",
        "GPS",
        "Wi",
        "Fi",
        "English",
        "OK",
    }
)
"""Words of the Latin alphabet that Chinese residents know as they are."""

TYPED = re.compile(r"https?://\S+|/[a-z_]+|--[a-z-]+|\bworkroom( [a-z-]+)*|\.[a-z]{3,4}\b")
"""What is typed as it stands: addresses, commands, options, endings of files."""

HAN = re.compile("[\u3400-\u9fff]+")


def areas_of(books: Books) -> frozenset[str]:
    return frozenset(key.split(".")[0] for book in books.values() for key in book.entries)


def lists_keywords(key: str) -> bool:
    """`menu.help.words` does; the question of a step that is called `words` doesn't."""
    return key.endswith(WORDS) and key not in keys_of_flows()


def needed(books: Books) -> dict[str, str]:
    """Every key that must have words, and who needs it."""
    wanted = {use.key: use.where for use in uses(areas_of(books)) if not use.prefix}
    wanted.update((key, made.where) for made in DYNAMIC for key in made.keys)
    wanted.update((key, "a flow") for key in keys_of_flows())
    return wanted


def placeholders(entry: Entry) -> set[str]:
    named = {"n"} if entry.plural else set[str]()
    for text in entry.texts:
        named |= placeholders_of(text) - {"range", "dict", "namespace", "today"}
    return named


def test_both_languages_have_the_same_keys(books: Books) -> None:
    chinese, english = (set(books[name].entries) for name in ("zh_CN", "en"))
    assert {key for key in chinese ^ english if not lists_keywords(key)} == set()


def test_both_languages_use_the_same_placeholders(books: Books) -> None:
    english = books["en"].entries
    different = {
        key: (placeholders(entry), placeholders(english[key]))
        for key, entry in books["zh_CN"].entries.items()
        if key in english and key not in PATTERNS and placeholders(entry) != placeholders(english[key])
    }
    assert different == {}


def test_keywords_stand_beside_a_label(books: Books) -> None:
    for book in books.values():
        keys = set(book.entries)
        assert {key for key in keys if lists_keywords(key) and key.removesuffix(WORDS) not in keys} == set()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_key_in_use_has_words(books: Books, language: str) -> None:
    entries = books[language].entries
    assert {key: where for key, where in needed(books).items() if key not in entries} == {}


def test_no_words_lie_about_unused(books: Books) -> None:
    made = tuple(row.prefix for row in DYNAMIC if not row.keys) + tuple(prefixes_of_templates(books.values()))
    used = set(needed(books))
    entries = books["zh_CN"].entries
    keys = {key.removesuffix(WORDS) if lists_keywords(key) else key for key in entries}
    assert {key for key in keys - used if not (made and key.startswith(made))} == set()


def test_every_place_that_makes_keys_is_listed(books: Books) -> None:
    areas = areas_of(books)
    found = {(use.key, use.where) for use in uses(areas) if use.prefix}
    assert found == {(row.prefix, row.where) for row in DYNAMIC if row.prefix.split(".")[0] in areas}
    assert all((ROOT / row.where).is_file() for row in DYNAMIC)


def test_the_scan_sees_calls_constants_and_heads() -> None:
    tree = ast.parse(
        "Message('a.one' if x else 'a.two')\nChoice('d', 'a.three')\nlog.info('b.four')\n"
        "words.say(language, 'a.five')\nrow = ('b.six', 'c.seven')\nkey = f'b.state.{state}'\n"
        "other = 'b.kind.' + kind\nraise DomainError(key='a.eight')\n"
    )
    found = list(uses_in(tree, "x.py", frozenset({"b"})))
    assert {u.key for u in found if u.surely} == {"a.one", "a.two", "a.three", "a.five", "a.eight"}
    assert {u.key for u in found if not u.surely and not u.prefix} == {"b.six"}
    assert {u.key for u in found if u.prefix} == {"b.state.", "b.kind."}


def chinese(books: Books) -> list[Entry]:
    entries = books["zh_CN"].entries.values()
    return [entry for entry in entries if entry.key not in PATTERNS and not lists_keywords(entry.key)]


def test_chinese_holds_no_english(books: Books) -> None:
    """`# latin-ok: reason` excuses an entry (names of settings, say)."""
    strange: dict[str, set[str]] = {}
    for entry in chinese(books):
        for text in () if entry.note("latin-ok") else entry.texts:
            bare = TYPED.sub("", literal(text))
            if words := set(re.findall("[A-Za-z]{2,}", bare)) - LATIN:
                strange[entry.key] = words
    assert strange == {}


def test_english_holds_no_chinese_but_names_and_commands(books: Books) -> None:
    strange: dict[str, str] = {}
    for entry in books["en"].entries.values():
        for text in () if lists_keywords(entry.key) else entry.texts:
            bare = re.sub("「[^」]*」|[(\uff08][^)\uff09]*[)\uff09]", "", literal(text))
            if HAN.search(bare) and bare.strip() != "中文":
                strange[entry.key] = bare
    assert strange == {}


def test_chinese_is_plain(books: Books) -> None:
    found = [line for entry in chinese(books) for text in entry.texts for line in judged(entry, text)]
    assert found == []


def judged(entry: Entry, text: str) -> list[str]:
    """What a reader would mind. `# long-ok: reason` excuses length, `# for: staff` the trade's own words."""
    sample = typical(text)
    staff = entry.key.split(".")[0] in lists().staff or entry.note("for") == "staff" or len(sample) <= 8
    excused = {"plain.slang"} if staff else set[str]()
    if entry.note("long-ok"):
        excused |= {"plain.long_message", "plain.long_sentence"}
    if entry.key.startswith("plain."):
        excused |= {"plain.familiar"}
    return [f"{entry.key}: {r.key} {dict(r.params)}" for r in remarks(sample) if r.key not in excused]


def test_chinese_punctuation_is_full_width(books: Books) -> None:
    """Mend with `python -m tests.words.widen FILE`."""
    narrow = {e.key: text for e in chinese(books) for text in e.texts if full_width(text) != text}
    assert narrow == {}


def test_no_line_ends_in_a_space(books: Books) -> None:
    for book in books.values():
        loose = {
            entry.key
            for entry in book.entries.values()
            for text in entry.texts
            if entry.key not in PATTERNS and re.search(r"[ \t\u3000]+(\n|$)", text)
        }
        assert loose == set()


def test_no_words_name_a_gesture(books: Books) -> None:
    """Where somebody sees numbers (WeChat, a terminal) nothing can be tapped: one chooses, everywhere.

    `# tap-ok: reason` excuses an entry: a page of ours, another program's button, a link.
    """
    gesture = re.compile(
        r"点[一下开击「]|[请就再]点|按钮|按一下|\b(?:tap|press|click|button)s?\b", re.IGNORECASE
    )
    named = [
        f"{language} {entry.key}: {found[0]}"
        for language, book in books.items()
        for entry in book.entries.values()
        for text in (() if entry.note("tap-ok") or entry.key.startswith("web.") else entry.texts)
        if (found := gesture.search(literal(text)))
    ]
    assert named == []
