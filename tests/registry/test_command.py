"""`workroom import` and `workroom template` as somebody at a terminal uses them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.commands.registry import register
from bot.sample import DISTRICT
from tests.registry.district import folder, small, workbook
from tests.world import copy_of

Run = Callable[..., Result]


@pytest.fixture
def url(laid: Path, tmp_path: Path) -> str:
    return copy_of(laid, tmp_path)


@pytest.fixture
def run(url: str) -> Run:
    app = typer.Typer()
    register(app, lambda: (url, "zh_CN"))

    def call(*words: str | Path) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words])

    return call


def test_import_check_and_again(run: Run) -> None:
    first = run("import", DISTRICT, "--dry-run", "--json")
    assert first.exit_code == 0
    planned = json.loads(first.stdout)
    assert planned["dry_run"] is True
    assert planned["sheets"]["representatives"] == {"added": 60, "changed": 0, "unchanged": 0, "vanished": 0}
    assert json.loads(run("import", DISTRICT, "--json").stdout)["sheets"] == planned["sheets"]
    again = json.loads(run("import", DISTRICT, "--json").stdout)
    assert again["sheets"]["representatives"]["unchanged"] == 60


def test_progress_stays_out_of_the_output(run: Run, tmp_path: Path) -> None:
    done = run("import", workbook(tmp_path / "a.xlsx", small()), "--json")
    assert json.loads(done.stdout)["ok"] is True
    assert "党代表" in done.stderr


def test_mistakes_are_printed_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    district = small()
    district["工作室"][2][0] = "W1"
    district["党代表"][1][2] = "国"
    done = run("import", folder(tmp_path / "csv", district))
    assert done.exit_code == 1
    assert "工作室 第3行 [编号]" in done.stderr
    assert "党代表 第2行 [层级]" in done.stderr
    listed = json.loads(run("import", tmp_path / "csv", "--json").stdout)
    assert listed["ok"] is False
    assert listed["problems"][0] | {"text": "", "place": ""} == {
        "sheet": "workrooms", "row": 3, "column": "code", "problem": "duplicate", "place": "", "text": "",
    }  # fmt: skip
    assert (
        json.loads(run("import", DISTRICT, "--dry-run", "--json").stdout)["sheets"]["units"]["unchanged"] == 0
    )


def test_what_vanishes_and_who_leaves_is_told(run: Run, tmp_path: Path) -> None:
    run("import", folder(tmp_path / "csv", small()))
    district = small()
    district["党代表"].pop(2)
    district["联络员"][1][4] = "离任"
    done = run("import", folder(tmp_path / "csv", district))
    assert "「陆晓梅」（D2）" in done.stdout
    assert "「林晓燕」已离任" in done.stdout
    assert "没有在任联络员" in done.stdout


@pytest.mark.parametrize("name", ["none.xlsx", "none", "a.txt"])
def test_a_file_that_cannot_be_read(run: Run, tmp_path: Path, name: str) -> None:
    done = run("import", tmp_path / name)
    assert (done.exit_code, done.stdout) == (1, "")
    assert ".xlsx" in done.stderr


def test_a_database_that_is_not_ready(tmp_path: Path) -> None:
    app = typer.Typer()
    register(app, lambda: (f"sqlite+aiosqlite:///{tmp_path / 'new.sqlite'}", "zh_CN"))
    done = CliRunner().invoke(app, ["import", str(DISTRICT)])
    assert done.exit_code == 1
    assert "workroom migrate" in done.stderr


def test_usage(run: Run) -> None:
    assert run("import").exit_code == 2


def test_template(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "名册.xlsx"
    assert run("template", target).exit_code == 0
    written = target.read_bytes()
    assert run("template", target).exit_code == 1
    assert target.read_bytes() == written
    assert run("template", target, "--force").exit_code == 0
    assert run("template", tmp_path / "a.csv").exit_code == 1
    assert run("template", tmp_path / "nowhere" / "a.xlsx").exit_code == 1
