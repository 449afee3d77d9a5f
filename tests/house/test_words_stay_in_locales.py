"""Words people read or type are kept in locales/, where both languages and the plain-words lint see them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, python_files

CODE = ("bot", "handlers", "conversations", "storage", "domain")
# What speaks to people holds not even a Chinese comma; what reads them knows the marks they type.
SPEAKING = ("bot", "handlers")
IDEOGRAPH = re.compile("[\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
CHINESE = re.compile(IDEOGRAPH.pattern[:-1] + "\u3000-\u303f\uff01-\uff65]")


def docstrings(tree: ast.AST) -> set[ast.AST]:
    """The string nodes that stand alone as statements: they speak to whoever reads the code."""
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def literals(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each string that is no docstring; the parts of f-strings too."""
    tree = ast.parse(source)
    silent = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in silent:
            yield node.lineno, node.value


def words_in(path: Path) -> Iterator[str]:
    """The Chinese strings of a file that belong into locales/."""
    name = path.relative_to(ROOT)
    wanted = CHINESE if name.parts[0] in SPEAKING else IDEOGRAPH
    for line, words in literals(path.read_text()):
        if wanted.search(words):
            yield f"{name}:{line} {words[:20]!r}"


def test_code_holds_no_chinese_words() -> None:
    found = [words for path in python_files(inside=CODE) for words in words_in(path)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("source", ["x = '您好'", "x = f'{y}，'", "f(a={'k': '第１'})"])
def test_a_chinese_literal_is_found(source: str) -> None:
    assert any(CHINESE.search(words) for _, words in literals(source))


@pytest.mark.parametrize("source", ["'''诉求'''", "x = 1  # 诉求", "def f():\n    '''诉求'''", "x = '… é'"])
def test_comments_and_docstrings_are_left_alone(source: str) -> None:
    assert not any(CHINESE.search(words) for _, words in literals(source))


@pytest.mark.parametrize("words,found", [("您", True), ("〇", True), ("、。，", False), ("a…", False)])
def test_marks_are_no_ideographs(words: str, found: bool) -> None:
    assert bool(IDEOGRAPH.search(words)) == found
