"""The sample district: filled in where the database is empty, its seats open to whoever looks around."""

from collections.abc import Callable
from importlib import import_module

from bot.settings import Settings
from domain.codes import INVITE_LENGTH, digest, draw
from domain.people import Seat
from handlers.house import House
from storage.unit import UnitOfWork

Progress = Callable[[int, int], None]
"""Told how many stories are made, of how many."""

WORKROOM = "LJ01"
"""The workroom whose people a newcomer plays."""

DEPARTMENT = "CG"
"""The department a newcomer plays."""


def no_progress(done: int, total: int) -> None:
    """Say nothing."""


async def prepare(settings: Settings, *, wanted: bool, progress: Progress = no_progress) -> bool:
    """Fill an empty database with the sample district and its last month; one that is filled stays as it is.

    Without `wanted` only the embedded default is filled, never a database that somebody named.
    """
    if not wanted and settings.database_url:
        return False
    filled: bool = await import_module("bot.sample.filling").fill(settings, progress)
    return filled


async def first_payload(house: House, role: str) -> str:
    """What a visitor in this role starts with: the workroom's code, or an invite to the seat."""
    if role == "resident":
        return f"w_{WORKROOM}"
    code = draw(INVITE_LENGTH, house.choose)
    async with house.database.writing() as connection:
        uow = UnitOfWork(connection)
        seat = await _seat(uow, role)
        if seat is None:
            return ""
        await uow.codes.invite(digest(house.secret, code), seat, house.clock())
    return f"i_{code}"


async def _seat(uow: UnitOfWork, role: str) -> Seat | None:
    room = await uow.registry.workroom_by_code(WORKROOM)
    if room is None:
        return None
    if role == "liaison":
        liaison = await uow.registry.liaison_of(room.id)
        return Seat("liaison", liaison.id) if liaison else None
    if role == "representative":
        people = await uow.registry.representatives(room.id)
        return Seat("representative", people[0].id) if people else None
    if role == "office":
        officers = await uow.registry.officers()
        return Seat("officer", officers[0].id) if officers else None
    departments = {d.code: d.id for d in await uow.registry.departments()}
    contacts = await uow.registry.contacts(departments[DEPARTMENT]) if DEPARTMENT in departments else ()
    return Seat("contact", contacts[0].id) if contacts else None
