"""What the soak sets in its district's database before the war, past every tap."""

import secrets
from datetime import UTC, datetime

from domain.certain import certain
from domain.codes import INVITE_LENGTH, digest, draw
from domain.people import Seat
from storage.database import Database, open_database
from storage.unit import UnitOfWork

OWN_SECRET = "the soak's own secret"


async def invited(url: str, workroom: str) -> str:
    """A fresh invite to the seat of this workroom's liaison."""
    database = Database(open_database(url))
    async with database.writing() as connection:
        uow = UnitOfWork(connection)
        room = certain(await uow.registry.workroom_by_code(workroom))
        seat = Seat("liaison", certain(await uow.registry.liaison_of(room.id)).id)
        code = draw(INVITE_LENGTH, secrets.randbelow)
        await uow.codes.invite(digest(OWN_SECRET.encode(), code), seat, datetime.now(UTC))
    await database.close()
    return code


async def no_nights(url: str) -> None:
    """Whatever the hour, what waits is due at once."""
    database = Database(open_database(url))
    async with database.writing() as connection:
        for name in ("quiet_from", "quiet_until"):
            await UnitOfWork(connection).registry.set_setting(name, "00:00")
    await database.close()
