"""`workroom doctor`: whether everything is as it should be, with what mends it."""

import json
from collections.abc import Callable
from typing import Annotated

import typer

from bot.commands.office import Office, from_settings, run
from bot.doctor import examine
from bot.finding import Finding

MARKS = {"ok": "OK", "warn": "!", "bad": "X"}


def register(app: typer.Typer, office: Callable[[], Office] = from_settings) -> None:
    """Add the command to the program."""

    @app.command("doctor")
    def doctor(
        as_json: Annotated[bool, typer.Option("--json", help="Print the findings for programs.")] = False,
    ) -> None:
        """Check the installation: each line is OK, or says what mends it; exit 1 on trouble."""
        run(office, lambda opened: _doctor(opened, as_json))


async def _doctor(office: Office, as_json: bool) -> int:
    found = []
    async for finding in examine(office.settings, office.clock()):
        found.append(finding)
        if not as_json:
            typer.echo(f"{MARKS[finding.state]:2} {_line(office, finding)}")
    trouble = any(finding.state == "bad" for finding in found)
    if as_json:
        listed = [
            {"check": f.name, "state": f.state, "text": _text(office, f), "mend": f.mend} for f in found
        ]
        typer.echo(json.dumps({"ok": not trouble, "checks": listed}, ensure_ascii=False, indent=2))
    else:
        typer.echo(office.say("program.doctor.trouble" if trouble else "program.doctor.well"))
    return int(trouble)


def _text(office: Office, finding: Finding) -> str:
    return office.say(finding.key, **finding.params)


def _line(office: Office, finding: Finding) -> str:
    text = _text(office, finding)
    return f"{text} → {finding.mend}" if finding.mend else text
