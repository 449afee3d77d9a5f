"""Finds every locale key that code, flows and templates use, without running a conversation."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, meta, nodes

import conversations
from conversations.flow import Flow, keys_of
from locales.entries import Book
from locales.tongue import environment

ROOT = Path(__file__).parents[2]
FOLDERS = ("domain", "conversations", "handlers", "bot", "locales", "storage")
SPEAKERS = {"Message": 0, "Choice": 1, "DomainError": 0, "Retry": 0, "Polite": 0, "Remark": 0}
"""What takes a key, and where among its arguments."""
SAYS = frozenset({"say", "_speak"})
LOGS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "bind"})
KEY = re.compile(r"[a-z_]+(?:\.[A-Za-z0-9_]+)+")
FILES = frozenset({"py", "po", "toml", "json", "csv", "xlsx", "html", "css", "js", "svg", "png"})
PREFIX = re.compile(r"(?:[a-z_]+\.)+")


@dataclass(frozen=True, slots=True)
class Use:
    """A key (or the fixed head of keys made while running: `prefix`) and where it stands."""

    key: str
    where: str
    surely: bool
    prefix: bool = False


def python_files() -> Iterator[Path]:
    """The project's own modules."""
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).rglob("*.py"))


@cache
def uses(areas: frozenset[str]) -> tuple[Use, ...]:
    """Every use in code. `areas` are the first parts of known keys: other dotted words are not keys."""
    found: list[Use] = []
    for path in python_files():
        tree = ast.parse(path.read_text("utf-8"))
        where = path.relative_to(ROOT).as_posix()
        found += uses_in(tree, where, areas)
    return tuple(found)


def uses_in(tree: ast.AST, where: str, areas: frozenset[str]) -> Iterator[Use]:
    """The uses in one module."""
    not_keys = set(_logged(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from (Use(key, where, surely=True) for key in _spoken(node))
        elif isinstance(node, ast.JoinedStr):
            yield from _made(node.values[0] if node.values else None, where, areas)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            yield from _made(node.left, where, areas)
        elif node not in not_keys and _looks_like_a_key(_text(node), areas):
            yield Use(_text(node), where, surely=False)


def _looks_like_a_key(text: str, areas: frozenset[str]) -> bool:
    parts = text.split(".")
    whole = bool(KEY.fullmatch(text)) and not text.endswith("_")  # else the head of one made there
    return whole and parts[0] in areas and parts[-1] not in FILES


def _logged(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOGS:
            yield from node.args


def _spoken(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in SPEAKERS:
        given = call.args[SPEAKERS[name] : SPEAKERS[name] + 1]
        given += [word.value for word in call.keywords if word.arg == "key"]
    elif name in SAYS:
        given = [arg for arg in call.args[:2] if _text(arg) and KEY.fullmatch(_text(arg))]
    else:
        return
    for arg in given:
        options = [arg.body, arg.orelse] if isinstance(arg, ast.IfExp) else [arg]
        yield from (_text(option) for option in options if _text(option))


def _text(node: ast.AST | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _made(head: ast.AST | None, where: str, areas: frozenset[str]) -> Iterator[Use]:
    start = PREFIX.match(_text(head))
    if start and start[0].split(".")[0] in areas:
        yield Use(start[0], where, surely=False, prefix=True)


def flows() -> list[Flow]:
    """Every flow that a module of `conversations` holds."""
    found: dict[str, Flow] = {}
    for module in pkgutil.walk_packages(conversations.__path__, "conversations."):
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, Flow):
                found[thing.name] = thing
    return list(found.values())


@cache
def keys_of_flows() -> frozenset[str]:
    """Every key that some flow speaks with."""
    return frozenset(key for flow in flows() for key in keys_of(flow))


def prefixes_of_templates(books: Iterable[Book]) -> set[str]:
    """The areas that templates take words from: `{{ state|word("case.state") }}` → `case.state.`."""
    found: set[str] = set()
    for book in books:
        for entry in book.entries.values():
            for text in entry.texts:
                for call in parse(text).find_all(nodes.Filter):
                    if call.name == "word":
                        area = call.args[0]
                        assert isinstance(area, nodes.Const), f"{entry.key}: write the area out"
                        found.add(f"{area.value}.")
    return found


def parse(text: str) -> nodes.Template:
    """A template's syntax tree, with the catalogue's filters known."""
    return _parsing().parse(text)


@cache
def placeholders_of(text: str) -> frozenset[str]:
    """The parameters that a template asks for."""
    return frozenset(meta.find_undeclared_variables(parse(text)))


@cache
def _parsing() -> Environment:
    known = environment()
    known.filters.update(dict.fromkeys(FILTERS, str))
    return known


FILTERS = (
    "date",
    "moment",
    "time",
    "times",
    "spans",
    "number",
    "metres",
    "excerpt",
    "clean",
    "join",
    "word",
    "said",
)
