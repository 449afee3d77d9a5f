"""Who may look at a file: whoever has a part in a case it belongs to, or is just sending it."""

from domain.cases import Part
from domain.people import Person
from handlers.house import House
from handlers.rights import parts_of
from storage.unit import UnitOfWork


async def may_see(house: House, channel: str, user: str, media_id: int) -> bool:
    """Whether this person may see this file now."""
    async with house.database.reading() as connection:
        uow = UnitOfWork(connection)
        person = await uow.people.known(channel, user)
        if person is None:
            return False
        for case_id, visible in await uow.timeline.cases_of_media(media_id):
            parts = parts_of(person, await uow.cases.by_id(case_id))
            if parts - {Part.FILER} or (parts and visible == "all"):
                return True
        if await _is_logged(uow, person, media_id):
            return True
        draft = await uow.drafts.latest(person.id)
        return draft is not None and media_id in draft.data.get("files", ())


async def _is_logged(uow: UnitOfWork, person: Person, media_id: int) -> bool:
    """Whether it belongs to a visit of theirs, or of the workroom they serve as liaison."""
    own = {holding.id for holding in person.holding("representative")}
    served = {holding.workroom for holding in person.holding("liaison")}
    return any(r in own or room in served for r, room in await uow.visits.of_media(media_id))


async def language_of(house: House, channel: str, user: str) -> str | None:
    """The language this person chose; None for a stranger."""
    async with house.database.reading() as connection:
        person = await UnitOfWork(connection).people.known(channel, user)
    return person.language if person else None
