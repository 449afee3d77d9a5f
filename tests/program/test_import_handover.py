"""An import passes on what those had who have left, in the same transaction."""

import csv
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.commands import registry
from bot.sample import DISTRICT
from domain.cases import State
from tests.people.test_handover import Town
from tests.world import copy_of, world


@pytest.fixture
def district(tmp_path: Path) -> Path:
    """The sample district after its first representative has left."""
    folder = tmp_path / "district"
    shutil.copytree(DISTRICT, folder)
    file = folder / "representatives.csv"
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[1][0] == "D001"
    rows[1][-1] = "离任"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return folder


async def test_an_import_hands_cases_back(filled: Path, tmp_path: Path, district: Path) -> None:
    url = copy_of(filled, tmp_path)
    async with world(url, tmp_path) as made:
        await Town(made).case("AAAAAA")
    told = json.loads(imported(url, district, "--json"))
    assert [(one["name"], one["back"]) for one in told["passed_on"]] == [("周文斌", 1)]
    assert json.loads(imported(url, district, "--json"))["passed_on"] == []
    async with world(url, tmp_path) as made:
        assert (await Town(made).find("AAAAAA")).state == State.ACCEPTED


async def test_a_rehearsed_import_passes_nothing_on(filled: Path, tmp_path: Path, district: Path) -> None:
    url = copy_of(filled, tmp_path)
    async with world(url, tmp_path) as made:
        await Town(made).case("AAAAAA")
    assert json.loads(imported(url, district, "--json", "--dry-run"))["passed_on"] == []
    async with world(url, tmp_path) as made:
        assert (await Town(made).find("AAAAAA")).state == State.ASSIGNED


async def test_the_import_says_what_was_passed_on(filled: Path, tmp_path: Path, district: Path) -> None:
    url = copy_of(filled, tmp_path)
    async with world(url, tmp_path) as made:
        await Town(made).case("AAAAAA")
    assert "周文斌留下的诉求：移交0件，交回工作室1件。" in imported(url, district)


def imported(url: str, folder: Path, *words: str) -> str:
    """What `workroom import` prints; in a thread of its own, for it brings its own loop."""
    app = typer.Typer()
    registry.register(app, lambda: (url, "zh_CN"))
    with ThreadPoolExecutor(1) as threads:
        done = threads.submit(CliRunner().invoke, app, ["import", str(folder), *words]).result()
    assert done.exit_code == 0, done.output
    return done.stdout
