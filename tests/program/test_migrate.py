"""`workroom migrate`: makes the database, says so; rehearses with --check."""

import asyncio
import json
from pathlib import Path

import sqlalchemy as sa

from bot.settings import settings as settings_of
from storage.columns import metadata
from storage.migrations import current
from storage.migrations.revisions import newest
from tests.program.conftest import Run, program
from tests.world import Clock


def test_makes_and_then_leaves_alone(home: Path, clock: Clock) -> None:
    given = settings_of(home=home, _env_file=None)
    run = program(given, clock)
    assert run("migrate").stdout == f"数据库已建好，版本 {newest()}。\n"
    assert asyncio.run(current(given.database)) == newest()
    again = json.loads(run("migrate", "--json").stdout)
    assert again == {"ok": True, "before": newest(), "after": newest(), "backup": None}


def test_rehearsal(run: Run) -> None:
    assert run("migrate", "--check").exit_code == 0


def test_rehearsal_names_what_the_steps_forgot(run: Run) -> None:
    table = sa.Table("forgotten", metadata, sa.Column("id", sa.Integer, primary_key=True))
    try:
        done = run("migrate", "--check", "--json")
    finally:
        metadata.remove(table)
    assert done.exit_code == 1
    assert json.loads(done.stdout) == {"ok": False, "differences": ["missing: table forgotten"]}
