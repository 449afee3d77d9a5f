"""`workroom open-days`: the days that a rule gives, before it is saved, or a workroom's own."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.commands.office import NoTables, Office, from_settings, run
from domain.calendar import Calendar, calendar_of
from domain.casework import Now
from domain.errors import DomainError
from domain.hours import MORNING, parse_hours, write_hours
from domain.open_day_words import told
from domain.open_days import OpenDay, Plan, open_days, rule_of

A_YEAR = 365
"""Days that are shown where no end was said."""


class OnHoliday(StrEnum):
    """What a holiday does to a day."""

    NEXT_WORKDAY = "next-workday"
    CANCEL = "cancel"
    KEEP = "keep"


@dataclass(frozen=True)
class Wanted:
    """Which days are asked for: of a rule that is tried, or of a workroom."""

    rule: str | None
    hours: str | None
    on_holiday: OnHoliday | None
    workroom: str | None
    first: date | None
    last: date | None

    def __post_init__(self) -> None:
        """Raises BadParameter for what doesn't go together."""
        if (self.rule is None) == (self.workroom is None):
            raise typer.BadParameter("say one of --rule RULE or --workroom CODE")
        if self.rule is None and (self.hours is not None or self.on_holiday is not None):
            raise typer.BadParameter("--hours and --on-holiday go with --rule")

    def window(self, today: date) -> tuple[date, date]:
        """From today for a year, where nothing else was said."""
        first = self.first or today
        return first, self.last or date.fromordinal(min(first.toordinal() + A_YEAR, date.max.toordinal()))

    def tried(self, first: date) -> Plan:
        """The rule to be tried; what has to be counted from somewhere begins with the window."""
        hours = MORNING if self.hours is None else parse_hours(self.hours)
        rule = rule_of(self.rule or "", hours, self.on_holiday or "")
        return Plan((rule.beginning(first) if rule.recurrence.anchored else rule,))


def register(app: typer.Typer, office: Callable[[], Office] = from_settings) -> None:
    """Add the command to the program."""
    day = {"formats": ["%Y-%m-%d"], "metavar": "DATE"}

    @app.command("open-days")
    def command(
        rule: Annotated[str | None, typer.Option(help="RFC 5545: FREQ=MONTHLY;BYMONTHDAY=21")] = None,
        on_holiday: Annotated[
            OnHoliday | None,
            typer.Option(help="Dates of a month move and weekdays are cancelled by default."),
        ] = None,
        hours: Annotated[str | None, typer.Option(help="08:00-11:00,14:00-17:00")] = None,
        workroom: Annotated[str | None, typer.Option(help="A workroom's code: its own days.")] = None,
        first: Annotated[datetime | None, typer.Option("--from", help="Today by default.", **day)] = None,
        last: Annotated[datetime | None, typer.Option("--to", help="A year later by default.", **day)] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print the days for programs.")] = False,
    ) -> None:
        """Print one line a day: the date, the hours, the rule's own date if it was moved, `tentative`."""
        days = (first.date() if first else None, last.date() if last else None)
        wanted = Wanted(rule, hours, on_holiday, workroom, *days)
        run(office, lambda opened: _print(opened, wanted, as_json))


async def _print(office: Office, wanted: Wanted, as_json: bool) -> int:
    found = await _found(office, wanted)
    if as_json:
        typer.echo(json.dumps([_as_json(office, day) for day in found], ensure_ascii=False, indent=2))
        return 0
    for day in found:
        typer.echo(line(day))
    if not found:
        typer.echo(office.say("open_days.none_there"), err=True)
    return 0


async def _found(office: Office, wanted: Wanted) -> Sequence[OpenDay]:
    """A rule can be tried before there is any database."""
    try:
        async with office.work() as (uow, now):
            first, last = wanted.window(now.today)
            if wanted.workroom is None:
                return open_days(wanted.tried(first), first, last, now.calendar)
            room = await uow.registry.workroom_by_code(wanted.workroom)
            if room is None:
                raise DomainError("program.invite.no_workroom", code=wanted.workroom)
            return open_days(await uow.open_days.plan(room.id), first, last, now.calendar)
    except NoTables:
        if wanted.workroom is not None:
            raise
        now = Now(office.clock(), _bare(office))
        first, last = wanted.window(now.today)
        return open_days(wanted.tried(first), first, last, now.calendar)


def _bare(office: Office) -> Calendar:
    return calendar_of(office.settings.zone, {})


def line(day: OpenDay) -> str:
    """A day in one line, its date first."""
    words = [day.day.isoformat(), write_hours(day.periods)]
    words += [day.nominal.isoformat()] if day.moved else []
    return " ".join([*words, "tentative"] if day.tentative else words)


def _as_json(office: Office, day: OpenDay) -> dict[str, Any]:
    return {
        "date": day.day.isoformat(),
        "hours": [str(period) for period in day.periods],
        "nominal": day.nominal.isoformat(),
        "moved": day.moved,
        "tentative": day.tentative,
        "why": office.say("open_days.why", **told(day)).strip(),
    }
