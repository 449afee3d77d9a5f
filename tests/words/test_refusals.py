"""A refusal brings along what its words name: else there would be an error in place of an answer."""

import ast
from collections.abc import Iterator, Mapping

from jinja2 import meta, nodes

from locales.entries import Book
from tests.words.scan import ROOT, parse, python_files

REFUSALS = frozenset({"DomainError", "Retry", "Polite", "MediaRefused"})
GIVEN = frozenset({"range", "dict", "namespace", "today"})


def demanded(text: str) -> set[str]:
    """What a template can't do without: not what it asks `is defined` of, nor what it has a default for."""
    tree = parse(text)
    asked = [test.node for test in tree.find_all(nodes.Test) if test.name == "defined"]
    asked += [one.node for one in tree.find_all(nodes.Filter) if one.name == "default" and one.node]
    excused = {name.name for name in asked if isinstance(name, nodes.Name)}
    return meta.find_undeclared_variables(tree) - GIVEN - excused


def refusals(tree: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """Keys that are raised with all their values in sight, and the names of these."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        whole = len(node.args) == 1 and all(word.arg for word in node.keywords)
        if node.func.id in REFUSALS and whole and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value), {str(word.arg) for word in node.keywords}


def test_every_refusal_brings_what_its_words_name(books: Mapping[str, Book]) -> None:
    entries, seen, lacking = books["zh_CN"].entries, 0, []
    for path in python_files():
        for key, brought in refusals(ast.parse(path.read_text("utf-8"))):
            seen += 1
            texts = entries[key].texts if key in entries else ()
            missing = set[str]().union(*map(demanded, texts)) - brought
            lacking += [(path.relative_to(ROOT).as_posix(), key, missing)] if missing else []
    assert lacking == [] and seen > 50


def test_the_scan_sees_what_is_lacking() -> None:
    tree = ast.parse("raise MediaRefused('media.broken')\nraise Retry('a', **known)\nraise Retry('b', n=1)")
    assert list(refusals(tree)) == [("media.broken", set()), ("b", {"n"})]
    assert demanded("{{ a }}{% if b is defined %}{{ b }}{% endif %}{{ c|default('') }}") == {"a"}
