"""A case that a workroom opened for somebody becomes theirs by its code (`c_…`)."""

from datetime import timedelta

from domain.codes import digest
from domain.messages import Choice, Message
from domain.people import Seat
from handlers.visit import Visit

REVIVED_DAYS = 7
"""Letters to a seat nobody held are delivered when somebody takes it within so many days."""


async def use_claim(visit: Visit, code: str) -> list[Message]:
    """What a workroom opened for somebody becomes theirs (`c_…`); whoever brings the code first has it."""
    if not await visit.uow.tries.allow(visit.person.id, visit.now.moment):
        return [await visit.beside(Message("people.too_many_tries"))]
    known, now = digest(visit.house.secret, code), visit.now.moment
    source = await visit.uow.walk_ins.use_claim(known, visit.person.id, now)
    if source is None:
        return [await visit.beside(Message("people.claim_invalid"))]
    await visit.uow.outbox.revive(Seat("person", source), now, now - timedelta(days=REVIVED_DAYS))
    await visit.uow.people.join(source, visit.person.id, now)
    return [Message("people.claimed", {}, ((Choice("go:mine", "command.mine"),),))]
