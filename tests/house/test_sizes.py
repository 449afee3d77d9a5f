"""Functions stay within a screen and files within a few: whoever reads one can hold it in the head."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, python_files

LONGEST_FUNCTION = 30
LONGEST_FILE = 300

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(source: str) -> Iterator[Function]:
    """Every function of a module, nested ones too."""
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, Function))


def code_lines(function: Function, source: list[str]) -> int:
    """The lines of a function from its `def` on, without docstring, comments and blank lines."""
    numbers = set(range(function.lineno, (function.end_lineno or function.lineno) + 1))
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        numbers -= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return sum(
        bool(words) and not words.startswith("#") for n in numbers for words in [source[n - 1].strip()]
    )


def too_long(path: Path) -> list[str]:
    """The functions of a file that are over the limit, with their length."""
    text = path.read_text()
    lengths = ((function, code_lines(function, text.splitlines())) for function in functions(text))
    return [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name} has {length} lines"
        for function, length in lengths
        if length > LONGEST_FUNCTION
    ]


def test_no_function_is_longer_than_thirty_lines() -> None:
    found = [line for path in python_files() for line in too_long(path)]
    assert not found, "\n".join(found)


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in python_files(but=("tests", "benchmarks"))}
    found = [f"{path.relative_to(ROOT)} has {n} lines" for path, n in lengths.items() if n > LONGEST_FILE]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "body,lines",
    [
        ("    return 1\n", 2),
        ('    """One.\n\n    Two.\n    """\n\n    # why\n    return 1\n', 2),
        ("    x = '''\n    a\n    '''\n    return x\n", 5),
    ],
)
def test_docstrings_comments_and_blanks_are_not_counted(body: str, lines: int) -> None:
    source = "def f():\n" + body
    (function,) = functions(source)
    assert code_lines(function, source.splitlines()) == lines
