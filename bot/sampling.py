"""The sample district: filled in where the database is empty, its seats open to whoever looks around."""

from bot.commands.registry import read_registry
from bot.registry_words import Telling
from bot.sample import DISTRICT
from bot.settings import Settings
from domain.codes import INVITE_LENGTH, digest, draw
from domain.people import Seat
from handlers.house import House
from locales.catalogue import Catalogue
from storage.database import Database, open_database
from storage.registry_import import import_registry
from storage.unit import UnitOfWork

WORKROOM = "LJ01"
"""The workroom whose people a newcomer plays."""

DEPARTMENT = "CG"
"""The department a newcomer plays."""


async def prepare(settings: Settings) -> None:
    """An empty database gets the sample district; a filled one is left as it is."""
    database = Database(open_database(settings.database))
    try:
        async with database.writing() as connection:
            if await UnitOfWork(connection).registry.reception() is None:
                book, _ = read_registry(DISTRICT, Telling(Catalogue.load(), settings.locale))
                await import_registry(connection, book)
    finally:
        await database.close()


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
        await uow.people.invite(digest(house.secret, code), seat, house.clock())
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
    departments = {d.code: d.id for d in await uow.registry.departments()}
    contacts = await uow.registry.contacts(departments[DEPARTMENT]) if DEPARTMENT in departments else ()
    return Seat("contact", contacts[0].id) if contacts else None
