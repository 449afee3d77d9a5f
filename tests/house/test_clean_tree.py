"""What belongs to one machine, or to nobody else, is not in the repository."""

import re

import pytest

from tests.house.tree import ROOT, tracked

UNWELCOME = re.compile(r"(^|/)\.env$|\.(db|db-\w+|sqlite3?|log|pem|key|pyc)$")
MACHINE_PATH = re.compile(r"(?<![\w.~)}\]-])/(?:work|root|opt|home/\w+|Users/\w+|tmp/\w+)/[\w.]")
REGISTRY = re.compile(r"\b(?:pypi|pythonhosted|npmjs|debian|ubuntu|docker|conda|anaconda)\.(?:org|com|io)\b")


def unwelcome_text(text: str) -> list[str]:
    """The places of a text that name a folder of one machine or a package registry's host."""
    return [found.group() for pattern in (MACHINE_PATH, REGISTRY) for found in pattern.finditer(text)]


def test_no_database_log_or_secret_is_kept() -> None:
    names = [str(path.relative_to(ROOT)) for path in tracked()]
    assert [name for name in names if UNWELCOME.search(name)] == []


def test_no_file_names_this_machine_or_a_registry() -> None:
    own = ROOT / "tests" / "house" / "test_clean_tree.py"
    found = [
        f"{path.relative_to(ROOT)}: {words}"
        for path in tracked()
        if path != own
        for words in unwelcome_text(path.read_bytes().decode("utf-8", "replace"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [  # put together here, so that the tree itself stays free of them
        "x = '/{}/.cache'".format("root"),
        "see /{}/main".format("work"),
        "/{}/ann/x".format("home"),
        "https://files.{}.org/a".format("pythonhosted"),
        "{}.org".format("pypi"),
    ],
)
def test_a_machine_path_or_registry_is_found(text: str) -> None:
    assert unwelcome_text(text)


@pytest.mark.parametrize(
    "text", ["/usr/bin/env", "http://127.0.0.1:8080/work/", "docs/work/x", "/homepage/", "/tmp"]
)
def test_other_paths_are_left_alone(text: str) -> None:
    assert not unwelcome_text(text)


@pytest.mark.parametrize("name", [".env", "a/.env", "workroom.db", "x.db-wal", "server.log"])
def test_a_stray_file_is_found(name: str) -> None:
    assert UNWELCOME.search(name)
