"""Words people read or type are kept in locales/, where both languages and the plain-words lint see them."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.tree import ROOT, python_files

CODE = ("bot", "handlers", "conversations", "storage", "domain")
# Ideographs, with their extensions, and Chinese and full-width punctuation.
CHINESE = re.compile(
    "[\u2e80-\u2fdf\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uff65\U00020000-\U0003ffff]"
)
# A file here explains why its words are no words for people: path → the reason.
ALLOWED: dict[str, str] = {}


def docstrings(tree: ast.AST) -> set[ast.AST]:
    """The string nodes that stand alone as statements: they speak to whoever reads the code."""
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def chinese_literals(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each Chinese string that is no docstring; the parts of f-strings too."""
    tree = ast.parse(source)
    silent = docstrings(tree)
    for node in ast.walk(tree):
        if node in silent or not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if CHINESE.search(node.value):
            yield node.lineno, node.value


def test_code_holds_no_chinese_words() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {words[:20]!r}"
        for path in python_files(inside=CODE)
        if str(path.relative_to(ROOT)) not in ALLOWED
        for line, words in chinese_literals(path.read_text())
    ]
    assert not found, "\n".join(found)


def test_nothing_is_allowed_that_no_longer_needs_it() -> None:
    idle = [name for name in ALLOWED if not any(chinese_literals((ROOT / name).read_text()))]
    assert idle == []


@pytest.mark.parametrize("source", ["x = '您好'", "x = f'{y}，'", "f(a={'k': '第１'})"])
def test_a_chinese_literal_is_found(source: str) -> None:
    assert list(chinese_literals(source))


@pytest.mark.parametrize(
    "source", ["'''诉求'''", "x = 1  # 诉求", "def f():\n    '''诉求'''", "x = '\\u2026 … é'"]
)
def test_comments_and_docstrings_are_left_alone(source: str) -> None:
    assert not list(chinese_literals(source))
