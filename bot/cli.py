"""The program `workroom`: one sub-command a file in bot/commands."""

import sys

import typer

from bot.commands import (
    backup,
    doctor,
    drawing,
    holidays,
    invite,
    leave,
    migrate,
    open_days,
    play,
    registry,
    running,
    wechat,
)
from bot.settings import BadSettings, settings
from storage.database import DatabaseAway

app = typer.Typer(
    name="workroom",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The chatbot of a district's representatives' workrooms.",
)

running.register(app)
play.register(app)
drawing.register(app)
for command in (migrate, backup, invite, leave, doctor, open_days, holidays, wechat):
    command.register(app)
registry.register(app, lambda: (settings().database, settings().locale))


def main() -> None:
    """Run it: exit 0 done, 1 refused with a one-line reason, 2 usage."""
    try:
        app()
    except (BadSettings, DatabaseAway) as wrong:
        typer.echo(f"database: {wrong}" if isinstance(wrong, DatabaseAway) else str(wrong), err=True)
        sys.exit(1)
