"""The program `workroom`: one sub-command a file in bot/commands, loaded when it is asked for."""

import sys
from importlib import import_module

import typer

from bot.settings import BadSettings
from storage.database import DatabaseAway

COMMANDS = {
    "serve": "running",
    "postman": "running",
    "planner": "running",
    "play": "play",
    "flows": "drawing",
    "migrate": "migrate",
    "backup": "backup",
    "restore": "backup",
    "resume": "backup",
    "invite": "invite",
    "leave": "leave",
    "doctor": "doctor",
    "open-days": "open_days",
    "holidays": "holidays",
    "wechat": "wechat",
    "import": "registry",
    "template": "registry",
}
"""Each sub-command's file. Fonts, spreadsheets and migrations would cost every server 40 MiB."""


def program(word: str = "") -> typer.Typer:
    """The program with this sub-command; with all of them when there is none of that name."""
    app = typer.Typer(
        name="workroom",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="The chatbot of a district's representatives' workrooms.",
    )
    app.callback()(_workroom)
    files = {COMMANDS[word]} if word in COMMANDS else dict.fromkeys(COMMANDS.values())
    for file in files:
        import_module(f"bot.commands.{file}").register(app)
    return app


def main() -> None:
    """Run it: exit 0 done, 1 refused with a one-line reason, 2 usage."""
    try:
        program(sys.argv[1] if len(sys.argv) > 1 else "")()
    except (BadSettings, DatabaseAway) as wrong:
        typer.echo(f"database: {wrong}" if isinstance(wrong, DatabaseAway) else str(wrong), err=True)
        sys.exit(1)


def _workroom() -> None:
    """A program of several sub-commands, even when only one of them is loaded."""
