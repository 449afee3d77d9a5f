"""What stands in deploy/ fits the program: every figure is one we show, every command and setting exists."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
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


@pytest.mark.parametrize(
    "file", ["docs/running.md", "docs/running.zh-CN.md", "deploy/systemd/workroom@.service"]
)
def test_every_command_and_setting_exists(file: str) -> None:
    text = (ROOT / file).read_text()
    commands = set(get_command(program()).commands)  # type: ignore[attr-defined]  # the program is a group
    assert set(COMMAND.findall(text)) - commands == set()
    settings = {f"WORKROOM_{name.upper()}" for name in Settings.model_fields} | {"WORKROOM_OPTIONS"}
    assert set(re.findall(r"WORKROOM_[A-Z_]+", text)) - settings == set()


def test_both_languages_tell_the_operator_the_same() -> None:
    """What is typed and what is set, section by section; the words around it differ."""
    told = [(ROOT / "docs" / name).read_text() for name in ("running.md", "running.zh-CN.md")]
    typed = [re.findall(r"^    .*", text.replace("PASSWORD@", "密码@"), re.MULTILINE) for text in told]
    plain = [[line for line in lines if "WORKROOM_SECRET=" not in line] for lines in typed]
    assert plain[0] == plain[1] and len(plain[0]) > 20
    assert len({text.count("\n## ") for text in told}) == 1
    assert len({text.count("\n| ") for text in told}) == 1


def unit(name: str) -> dict[str, dict[str, str]]:
    """Its sections; of what is given several times, the last."""
    parser = ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # its names keep their capitals
    parser.read(DEPLOY / "systemd" / name, encoding="utf-8")
    return {section: dict(parser[section]) for section in parser.sections()}


@pytest.mark.parametrize("name", ["workroom@.service", "workroom-backup.service", "workroom-backup.timer"])
def test_the_units_are_ones_that_systemd_takes(name: str, tmp_path: Path) -> None:
    """Their sections here; every directive by systemd itself, where the machine has it."""
    found = unit(name)
    kind = "Timer" if name.endswith(".timer") else "Service"
    assert {"Unit", kind} <= found.keys() <= {"Unit", kind, "Install"}
    assert found["Unit"]["Description"]
    if kind == "Service":
        assert found[kind]["ExecStart"].startswith("/srv/workroom/.venv/bin/workroom ")
        assert found[kind]["DynamicUser"] == found[kind]["NoNewPrivileges"] == "yes"
    if (analyse := shutil.which("systemd-analyze")) is None:
        return
    for file in (DEPLOY / "systemd").iterdir():
        text = file.read_text().replace("/srv/workroom/.venv/bin/workroom", "/bin/true")
        (tmp_path / file.name).write_text(re.sub("^Documentation=.*$", "", text, flags=re.MULTILINE))
    given = tmp_path / name.replace("@", "@serve")
    said = subprocess.run([analyse, "verify", given], capture_output=True, text=True, check=False)
    assert (said.stderr, said.returncode) == ("", 0)


def test_what_is_sent_through_nginx_is_bounded_and_reaches_every_door() -> None:
    """Blocks closed, statements ended; the platforms' addresses are there; our eyes are not for others."""
    text = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text())
    assert text.count("{") == text.count("}")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert [line for line in lines if line[-1] not in "{};"] == []
    assert {"/", "/telegram/webhook", "/wechat"} <= set(re.findall(r"location =? ?(\S+) {", text))
    for eyes in ("/metrics", "/readyz", "/healthz"):
        assert f"location = {eyes} {{ return 404; }}" in lines
    assert len(re.findall(r"client_max_body_size", text)) == 3
