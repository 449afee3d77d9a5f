"""`workroom holidays`: the year's official notice of working days in, as CSV or iCalendar."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.office import Office, from_settings, run
from domain.errors import DomainError
from domain.holiday_files import text_of
from domain.holiday_notice import Mistake
from handlers import holidays
from handlers.holiday_desk import Mistaken, line, notice_of

LIMIT = 1_000_000
"""Bytes of a notice's file."""


def register(app: typer.Typer, office: Callable[[], Office] = from_settings) -> None:
    """Add the command to the program."""

    @app.command("holidays")
    def command(
        file: Annotated[Path, typer.Argument(help="A .csv table (date, until, kind, name) or an .ics file.")],
        as_json: Annotated[bool, typer.Option("--json", help="Print the outcome for programs.")] = False,
    ) -> None:
        """Load a notice: days and running terms follow it, and whoever was told another day is told."""
        run(office, lambda opened: _load(opened, file, as_json))


async def _load(office: Office, file: Path, as_json: bool) -> int:
    text = _read(file)
    try:
        async with office.work() as (uow, now):
            notice = await notice_of(uow, now, text, office.words.say)
            done = await holidays.load(uow, now, notice)
    except Mistaken as wrong:
        _refuse(office, wrong, as_json)
        return 1
    facts = {"days": done.days, "cases": done.cases, "letters": done.letters}
    if as_json:
        typer.echo(json.dumps({"changed": done.changed, "years": sorted(notice.years), **facts}))
    elif done.changed:
        typer.echo(office.say("holidays.loaded", years=sorted(notice.years), **facts))
    else:
        typer.echo(office.say("holidays.same"))
    return 0


def _read(file: Path) -> str:
    """The file's text. Raises DomainError when it can't be read."""
    try:
        if file.stat().st_size > LIMIT:
            raise DomainError("holidays.file.too_big", most=LIMIT)
        text = text_of(file.read_bytes())
    except OSError as trouble:
        raise DomainError("holidays.file.missing", name=file.name) from trouble
    if text is None:
        raise DomainError("holidays.file.unreadable")
    return text


def _refuse(office: Office, wrong: Mistaken, as_json: bool) -> None:
    if as_json:
        typer.echo(
            json.dumps({"mistakes": [_as_json(office, one) for one in wrong.mistakes]}, ensure_ascii=False)
        )
        return
    for one in wrong.mistakes:
        typer.echo(_line(office, one), err=True)
    typer.echo(office.say("holidays.refused", count=len(wrong.mistakes)), err=True)


def _line(office: Office, one: Mistake) -> str:
    return line(lambda key, told: office.say(key, **told), one)


def _as_json(office: Office, one: Mistake) -> dict[str, Any]:
    return {"row": one.row, "mistake": one.what, "text": _line(office, one)}
