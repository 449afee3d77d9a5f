"""What stands in deploy/ fits the program: every figure is one we show, every command and setting exists."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

import bot.sends  # noqa: F401  (its figures are shown, too)
from bot.cli import program
from bot.measure import registry
from bot.settings import Settings
from tests.house.tree import ROOT

DEPLOY = ROOT / "deploy"
NAMED = re.compile(r"\b(workroom_[a-z_]+|process_[a-z_]+)\b")
COMMAND = re.compile(r"(?:\.venv/bin/|^ +|`)workroom ([a-z-]+)", re.MULTILINE)


def shown() -> set[str]:
    """The names that /metrics gives."""
    return {
        sample
        for metric in registry.collect()
        for sample in (
            metric.name,
            *(f"{metric.name}_{end}" for end in ("total", "bucket", "count", "sum")),
        )
        if metric.type == "histogram" or not sample.endswith(("_bucket", "_sum"))
        if metric.type == "counter" or not sample.endswith("_total")
    }


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DEPLOY / "grafana" / "workroom.json").read_text())
    return found


def expressions(dash: dict[str, Any]) -> Iterator[str]:
    for panel in dash["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"]


def test_the_dashboard_names_only_figures_that_there_are() -> None:
    named = {name for expression in expressions(dashboard()) for name in NAMED.findall(expression)}
    assert len(named) > 10
    assert named - shown() == set()


def test_every_figure_of_ours_stands_on_the_dashboard() -> None:
    text = " ".join(expressions(dashboard()))
    ours = {metric.name for metric in registry.collect() if metric.name.startswith("workroom_")}
    assert {name for name in ours if name not in text} == set()


def test_the_dashboard_is_one_that_grafana_takes() -> None:
    dash = dashboard()
    assert {"title", "uid", "panels", "schemaVersion", "templating", "time"} <= dash.keys()
    ids = [panel["id"] for panel in dash["panels"]]
    assert len(set(ids)) == len(ids)
    places = {(p["gridPos"]["x"], p["gridPos"]["y"]) for p in dash["panels"]}
    assert len(places) == len(ids)
    assert all(p["gridPos"]["x"] + p["gridPos"]["w"] <= 24 for p in dash["panels"])


def test_the_alerts_name_only_figures_that_there_are() -> None:
    rules = (DEPLOY / "prometheus" / "workroom.rules.yml").read_text()
    named = set(NAMED.findall("\n".join(re.findall(r"expr: (.*)", rules))))
    assert len(named) > 5 and named - shown() == set()


@pytest.mark.parametrize("file", ["docs/running.md", "deploy/systemd/workroom@.service"])
def test_every_command_and_setting_exists(file: str) -> None:
    text = (ROOT / file).read_text()
    commands = set(get_command(program()).commands)  # type: ignore[attr-defined]  # the program is a group
    assert set(COMMAND.findall(text)) - commands == set()
    settings = {f"WORKROOM_{name.upper()}" for name in Settings.model_fields} | {"WORKROOM_OPTIONS"}
    assert set(re.findall(r"WORKROOM_[A-Z_]+", text)) - settings == set()
