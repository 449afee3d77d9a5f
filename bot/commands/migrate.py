"""`workroom migrate`: the database's schema to its newest step, with a backup; `--check` rehearses it."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.office import Office, from_settings, run
from domain.errors import DomainError
from storage.migrations import Upgrade, alone, rehearse, upgrade
from storage.migrations.backup import BadBackup


def register(app: typer.Typer, office: Callable[[], Office] = from_settings) -> None:
    """Add the command to the program."""

    @app.command("migrate")
    def migrate(
        check: Annotated[
            bool, typer.Option("--check", help="Rehearse on an empty database: up, down, up, compare.")
        ] = False,
        copied: Annotated[
            bool, typer.Option("--copied", help="You have made a backup yourself: make none.")
        ] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print the outcome for programs.")] = False,
    ) -> None:
        """Bring the database to the newest schema; what is there is copied before, and the copy read back."""
        run(office, lambda opened: _check(opened, as_json) if check else _migrate(opened, copied, as_json))


async def _migrate(office: Office, copied: bool, as_json: bool) -> int:
    home = office.settings.home
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        async with alone(office.settings.database):
            programs = office.settings.pg_programs
            done = await upgrade(
                office.settings.database, home / "backups", programs=programs, copied=not copied
            )
    except (BadBackup, OSError) as trouble:
        raise DomainError("program.migrate.no_backup", reason=str(trouble)) from trouble
    typer.echo(_json(done) if as_json else _told(office, done))
    return 0


def _told(office: Office, done: Upgrade) -> str:
    if done.before == done.after:
        return office.say("program.migrate.newest", revision=done.after or "")
    backup = str(done.backup) if done.backup else ""
    return office.say("program.migrate.done", before=done.before or "", after=done.after or "", backup=backup)


def _json(done: Upgrade) -> str:
    backup = str(done.backup) if done.backup else None
    return json.dumps({"ok": True, "before": done.before, "after": done.after, "backup": backup})


async def _check(office: Office, as_json: bool) -> int:
    with tempfile.TemporaryDirectory(prefix="workroom-migrate-") as folder:
        found = await rehearse(f"sqlite+aiosqlite:///{Path(folder) / 'rehearsal.sqlite3'}")
    if as_json:
        typer.echo(json.dumps({"ok": not found, "differences": found}))
    else:
        for line in found or [office.say("program.migrate.rehearsed")]:
            typer.echo(line)
    return int(bool(found))
