"""`workroom import` and `workroom template`: the office's registry in, and the workbook to fill in."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.commands.leave import as_dict
from bot.commands.office import now_of
from bot.registry_files import read_sheets
from bot.registry_template import write_template
from bot.registry_words import Telling, vocabulary
from bot.sample import DISTRICT
from bot.settings import BadSettings, settings
from bot.workbook import Unreadable
from domain.registry_book import Book, Problem
from domain.registry_changes import Imported
from domain.registry_reading import understand
from domain.terms import check
from handlers import open_day_changes
from handlers.handover import Departure, settle
from locales.catalogue import Catalogue
from storage.database import Database, open_database
from storage.registry_import import Progress as Tell
from storage.registry_import import import_registry, plan_import
from storage.unit import UnitOfWork

SHOWN = 200
"""Mistakes or notices printed for a person; programs get all."""

Settled = Callable[[], tuple[str, str]]
"""Address of the database and the language, from the settings."""


def from_settings() -> tuple[str, str]:
    """As the environment says; a wrong value ends the command with one clear line."""
    try:
        said = settings()
    except BadSettings as bad:
        typer.echo(str(bad), err=True)
        raise typer.Exit(1) from None
    return said.database, said.locale


def register(app: typer.Typer, settled: Settled = from_settings) -> None:
    """Add both commands to the program."""

    @app.command("import")
    def import_(
        file: Annotated[Path, typer.Argument(help="An .xlsx workbook, or a folder of CSV files.")],
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Check, and show what would change.")
        ] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print the outcome for programs.")] = False,
    ) -> None:
        """Import the registry: everything or nothing; importing again updates."""
        url, language = settled()
        raise typer.Exit(
            asyncio.run(_import(file, url, Telling(Catalogue.load(), language), dry_run, as_json))
        )

    @app.command("template")
    def template(
        file: Annotated[Path, typer.Argument(help="The workbook to write, ending in .xlsx.")],
        force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
    ) -> None:
        """Write an empty workbook with notes, drop-downs and an example, to be filled in and imported."""
        raise typer.Exit(_template(file, Telling(Catalogue.load(), settled()[1]), force))


async def _import(file: Path, url: str, telling: Telling, dry_run: bool, as_json: bool) -> int:
    """The command's exit code."""
    try:
        book, problems = read_registry(file, telling)
    except Unreadable as bad:
        book, problems = None, (Problem(bad.name, 0, "", "registry.problem." + bad.key),)
    if book is None or problems:
        _refuse(problems, telling, as_json)
        return 1
    database = Database(open_database(url))
    try:
        if not await _ready(database):
            typer.echo(telling.say("no_tables"), err=True)
            return 1
        outcome, departures = await _carry_out(database, book, dry_run, telling)
    finally:
        await database.close()
    _tell(outcome, telling, dry_run, as_json, departures)
    return 0


def read_registry(file: Path, telling: Telling) -> tuple[Book, tuple[Problem, ...]]:
    """The file understood, and its mistakes (none: it can be imported). Raises Unreadable."""
    understood = understand(read_sheets(file), vocabulary(telling.words), check)
    return understood.book, understood.problems


async def _ready(database: Database) -> bool:
    """Whether the tables are there."""
    async with database.plain() as conn:
        return await conn.run_sync(lambda plain: sa.inspect(plain).has_table("units"))


async def _carry_out(
    database: Database, book: Book, dry_run: bool, telling: Telling
) -> tuple[Imported, list[Departure]]:
    """Import; what lies at the seats of those who left passes on in the same transaction (rule 23)."""
    if dry_run:
        async with database.reading() as conn:
            return await plan_import(conn, book), []
    with _bar(telling) as progress:
        async with database.writing() as conn:
            outcome, uow = await import_registry(conn, book, progress), UnitOfWork(conn)
            now = await now_of(uow, settings())
            await open_day_changes.settle(uow, now)
            return outcome, await settle(uow, now, outcome.handovers)


@contextmanager
def _bar(telling: Telling) -> Iterator[Tell]:
    """A bar for each sheet, on the error stream so that `--json` stays clean."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    tasks: dict[str, Any] = {}
    with Progress(*columns, console=Console(stderr=True)) as bar:

        def progress(sheet: str, done: int, total: int) -> None:
            if sheet not in tasks:
                tasks[sheet] = bar.add_task(f"{telling.say('writing')} {telling.sheet(sheet)}", total=total)
            bar.update(tasks[sheet], completed=done)

        yield progress


def _refuse(problems: tuple[Problem, ...], telling: Telling, as_json: bool) -> None:
    """Every mistake, with its place."""
    if as_json:
        listed = [dict(telling.as_json(problem)) for problem in problems]
        typer.echo(json.dumps({"ok": False, "problems": listed}, ensure_ascii=False, indent=2))
        return
    for problem in problems[:SHOWN]:
        typer.echo(telling.line(problem), err=True)
    if len(problems) > SHOWN:
        typer.echo(telling.say("more", n=len(problems) - SHOWN), err=True)
    typer.echo(telling.say("refused", n=len(problems)), err=True)


def _tell(
    outcome: Imported, telling: Telling, dry_run: bool, as_json: bool, departures: Sequence[Departure]
) -> None:
    passed = [departure for departure in departures if departure.moved_anything]
    if as_json:
        told = outcome_json(outcome, dry_run) | {"passed_on": [as_dict(departure) for departure in passed]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    typer.echo(telling.say("planned" if dry_run else "done"))
    Console().print(_counts(outcome, telling))
    notices = [*_notices(outcome, telling), *(_passed_on(telling, departure) for departure in passed)]
    for line in notices[:SHOWN]:
        typer.echo(line)
    if len(notices) > SHOWN:
        typer.echo(telling.say("more", n=len(notices) - SHOWN))


def outcome_json(outcome: Imported, dry_run: bool) -> dict[str, Any]:
    """The outcome for programs."""
    return {
        "ok": True,
        "dry_run": dry_run,
        "sheets": {name: changes.counts for name, changes in outcome.sheets.items()},
        "vanished": {
            name: dict(changes.vanished) for name, changes in outcome.sheets.items() if changes.vanished
        },
        "left": list(outcome.left),
        "moved": [h.seat for h in outcome.handovers if h.reason == "moved"],
        "waiting": list(outcome.waiting),
        "ignored": list(outcome.ignored),
    }


def _passed_on(telling: Telling, departure: Departure) -> str:
    facts = {name: value for name, value in as_dict(departure).items() if name != "seat"}
    return telling.words.say(telling.language, "program.leave.imported", facts)


def _counts(outcome: Imported, telling: Telling) -> Table:
    kinds = ("added", "changed", "unchanged", "vanished")
    table = Table(telling.say("head_sheet"), *(telling.say("head_" + kind) for kind in kinds))
    for name, changes in outcome.sheets.items():
        table.add_row(telling.sheet(name), *(str(changes.counts[kind]) for kind in kinds))
    return table


def _notices(outcome: Imported, telling: Telling) -> Iterator[str]:
    for sheet, changes in outcome.sheets.items():
        for code, name in (changes.vanished or {}).items():
            yield telling.say("vanished", sheet=telling.sheet(sheet), code=code, name=name)
    for handover in outcome.handovers:
        yield telling.say(handover.reason, name=handover.name)
    for name in outcome.waiting:
        yield telling.say("waiting", name=name)
    for name in outcome.ignored:
        yield telling.say("ignored", name=name)


def _template(file: Path, telling: Telling, force: bool) -> int:
    refusal = "template_suffix" if file.suffix.lower() != ".xlsx" else "template_exists"
    if file.suffix.lower() != ".xlsx" or (file.exists() and not force):
        typer.echo(telling.say(refusal, file=str(file)), err=True)
        return 1
    try:
        write_template(file, telling, _examples(telling))
    except OSError:
        typer.echo(telling.say("template_folder", file=str(file)), err=True)
        return 1
    typer.echo(telling.say("template_made", file=str(file)))
    return 0


def _examples(telling: Telling) -> dict[str, list[dict[str, str]]]:
    """The sample district's rows as they stand in its files."""
    words = vocabulary(telling.words)
    found: dict[str, list[dict[str, str]]] = {}
    for raw in read_sheets(DISTRICT):
        header, *rows = (tuple(str(cell or "") for cell in cells) for _, cells in raw.rows)
        sheet = words.sheets[raw.title]
        names = [words.columns[sheet].get(title, "") for title in header]
        found[sheet] = [dict(zip(names, row, strict=False)) for row in rows]
    return found
