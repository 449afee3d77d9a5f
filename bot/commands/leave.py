"""`workroom leave`: somebody leaves their seat, and what lies there passes on (rule 23)."""

import json
from collections.abc import Callable
from typing import Annotated, Any

import typer

from bot.commands.office import Office, from_settings, run
from domain.errors import DomainError
from handlers.handover import Departure, leave
from storage.seats import SERVING, Place, Seats
from storage.unit import UnitOfWork


def register(app: typer.Typer, office: Callable[[], Office] = from_settings) -> None:
    """Add the command to the program."""

    @app.command("leave")
    def leave_(
        code: Annotated[str, typer.Option(help="The registry's code of who leaves.")],
        successor: Annotated[
            str, typer.Option(help="The code of who takes over, of the same workroom.")
        ] = "",
        as_json: Annotated[bool, typer.Option("--json", help="Print the outcome for programs.")] = False,
    ) -> None:
        """Mark a liaison, representative or officer as having left; pass on what they had."""
        run(office, lambda opened: _leave(opened, code, successor, as_json))


async def _leave(office: Office, code: str, successor: str, as_json: bool) -> int:
    async with office.work() as (uow, now):
        place = await _find(uow, code)
        heir = await Seats(uow.connection).by_code(_role(place), successor) if successor else None
        if successor and heir is None:
            raise DomainError("handover.no_successor")
        await Seats(uow.connection).retire(place.seat)
        done = await leave(uow, now, place.seat, heir.seat if heir else None)
    typer.echo(json.dumps(as_dict(done), ensure_ascii=False) if as_json else told(office.say, done))
    return 0


async def _find(uow: UnitOfWork, code: str) -> Place:
    """The seat of that code, in service or not. Raises DomainError for none, or for several."""
    seats = Seats(uow.connection)
    roles = [role for role in await seats.roles_of_code(code) if role in SERVING]
    if len(roles) != 1:
        raise DomainError("program.leave.unknown" if not roles else "program.leave.ambiguous", code=code)
    place = await seats.by_code(roles[0], code)
    if place is None:
        raise DomainError("program.leave.unknown", code=code)
    return place


def _role(place: Place) -> Any:
    return place.seat.role


def told(say: Callable[..., str], done: Departure) -> str:
    """What became of it, in one line."""
    return say(
        "program.leave.done", name=done.name, passed=done.passed, back=done.back, calls=done.calls,
        letters=done.letters, heir=done.heir,
    )  # fmt: skip


def as_dict(done: Departure) -> dict[str, Any]:
    """The departure for programs."""
    return {
        "seat": str(done.seat), "name": done.name, "passed": done.passed, "back": done.back,
        "calls": done.calls, "letters": done.letters, "heir": done.heir,
    }  # fmt: skip
