"""`workroom invite`: one-time codes that bind people to their seats."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot import invites
from bot.channels.telegram.account import NoAccount, account
from bot.commands.office import Office, from_settings, run
from bot.invites import ROLES, Made
from domain.errors import DomainError
from storage.seats import Place, Seats
from storage.unit import UnitOfWork

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would compute instead of showing it (TRUST 15)."""

COLUMNS = {
    "of": "program.invite.column.of",
    "name": "program.invite.column.name",
    "where": "program.invite.column.where",
    "code": "program.invite.column.code",
    "until": "program.invite.column.until",
}


class Side(StrEnum):
    """The roles as the office says them."""

    LIAISON = "liaison"
    REPRESENTATIVE = "representative"
    DEPARTMENT = "department"
    OFFICE = "office"


def register(app: typer.Typer, office: Callable[[], Office] = from_settings) -> None:
    """Add the command to the program."""

    @app.command("invite")
    def invite(  # noqa: PLR0913  (each option is an argument)
        role: Annotated[
            Side | None, typer.Option(help="Whose seat; department means one of its contacts.")
        ] = None,
        code: Annotated[str, typer.Option(help="Their code in the registry.")] = "",
        workroom: Annotated[
            str, typer.Option(help="A workroom's code: its liaison, or with --all everybody.")
        ] = "",
        everybody: Annotated[
            bool, typer.Option("--all", help="Everybody of the role who isn't bound yet.")
        ] = False,
        png: Annotated[Path | None, typer.Option(help="Write the QR picture into this file.")] = None,
        bot_name: Annotated[
            str, typer.Option(help="The Telegram bot's name, if it shouldn't be asked for.")
        ] = "",
        revoke: Annotated[str, typer.Option(help="Make this unused code void.")] = "",
        as_json: Annotated[bool, typer.Option("--json", help="Print the outcome for programs.")] = False,
    ) -> None:
        """Print a one-time code with its links and QR picture; it is good for seven days and one account."""
        if revoke:
            run(office, lambda opened: _revoke(opened, revoke, as_json))
        if role is None:
            raise typer.BadParameter("say --role, or --revoke CODE")
        wanted = Wanted(role, code, workroom, everybody)
        run(office, lambda opened: _invite(opened, wanted, bot_name, png, as_json))


class Wanted:
    """Which seats are invited: one by its code, a workroom's liaison, or everybody. Raises BadParameter."""

    def __init__(self, role: Side, code: str, workroom: str, everybody: bool) -> None:
        self.role, self.code, self.workroom, self.everybody = ROLES[role], code, workroom, everybody
        if everybody == bool(code) and not (workroom and self.role == "liaison"):
            raise typer.BadParameter("say one of --code CODE or --all")
        if workroom and self.role not in ("liaison", "representative"):
            raise typer.BadParameter("--workroom goes with liaisons and representatives")

    async def seats(self, uow: UnitOfWork) -> Sequence[Place]:
        """The seats. Raises DomainError for one that can't be invited."""
        if self.everybody:
            if self.workroom and await uow.registry.workroom_by_code(self.workroom) is None:
                raise DomainError("program.invite.no_workroom", code=self.workroom)
            return await Seats(uow.connection).listed(self.role, self.workroom or None)
        if self.code:
            return [await invites.find(uow, self.role, self.code)]
        return [await invites.liaison_of(uow, self.workroom)]


async def _revoke(office: Office, code: str, as_json: bool) -> int:
    async with office.work() as (uow, now):
        name = await invites.revoke(uow, now, office.secret, code)
    typer.echo(json.dumps({"ok": True}) if as_json else office.say("program.invite.revoked", name=name))
    return 0


async def _invite(office: Office, wanted: Wanted, bot_name: str, png: Path | None, as_json: bool) -> int:
    bot = bot_name.removeprefix("@") or await _bot(office)
    async with office.work() as (uow, now):
        seats = await wanted.seats(uow)
        free = [place for place in seats if not (wanted.everybody and place.bound)]
        made = [await invites.make(uow, now, office.secret, place) for place in free]
    if wanted.everybody:
        _many(office, made, len(seats) - len(free), bot, as_json)
    else:
        _one(office, made[0], bot, png, as_json)
    return 0


async def _bot(office: Office) -> str:
    """The bot's name as Telegram knows it; "" without a token, and with a word where it can't be asked."""
    if not office.settings.telegram_token.get_secret_value():
        return ""
    try:
        return (await account(office.settings)).name
    except NoAccount:
        typer.echo(office.say("program.invite.no_bot"), err=True)
        return ""


def _one(office: Office, made: Made, bot: str, png: Path | None, as_json: bool) -> None:
    links = made.links(office.settings, bot)
    main = links.get("telegram", links["web"])
    if as_json:
        typer.echo(json.dumps(made.as_json(links), ensure_ascii=False, indent=2))
    else:
        typer.echo(_told(office, made))
        for channel, link in links.items():
            typer.echo(f"{channel}: {link}")
        typer.echo(invites.in_terminal(main))
    if png is not None:
        try:
            invites.as_picture(main, png)
        except OSError as trouble:
            raise DomainError("program.invite.no_picture", file=png.name) from trouble


def _told(office: Office, made: Made) -> str:
    place, until = made.place, made.until.isoformat()
    return office.say(
        "program.invite.made", code=made.grouped, role=place.seat.role, name=place.name, place=place.where,
        until=until, replaced=made.replaced, bound=place.bound,
    )  # fmt: skip


def _many(office: Office, made: Sequence[Made], bound: int, bot: str, as_json: bool) -> None:
    rows = [(one, one.links(office.settings, bot)) for one in made]
    if as_json:
        typer.echo(json.dumps([one.as_json(links) for one, links in rows], ensure_ascii=False, indent=2))
        return
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    channels = tuple(rows[0][1]) if rows else ()
    table.writerow([*(office.say(key) for key in COLUMNS.values()), *channels])
    for one, links in rows:
        shown = one.as_json(links) | {"until": office.say("program.day", day=one.until.isoformat())}
        table.writerow([*(_text(str(shown[name])) for name in COLUMNS), *links.values()])
    typer.echo(out.getvalue(), nl=False)
    typer.echo(office.say("program.invite.many", made=len(rows), bound=bound), err=True)


def _text(cell: str) -> str:
    """A cell that a spreadsheet shows as it is."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
