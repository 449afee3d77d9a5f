"""A seat is taken in the very moment in which a postman finds that nobody holds it: nothing is lost."""

import pytest
import sqlalchemy as sa

from domain.messages import Message
from domain.people import Seat
from storage.outbox import NewLetter
from storage.tables import outbox
from tests.world import World

SEAT = Seat("liaison", 1)


async def posted_and_claimed(service: World) -> int:
    """The letter in a postman's hand."""
    now = service.clock()
    async with service.unit() as uow:
        await uow.outbox.post_all([NewLetter("one", SEAT, Message("flow.cancelled"))], now)
    async with service.unit() as uow:
        claimed = [letter for letter in await uow.outbox.claim(now) if letter.key == "one"]
    return claimed[0].id


async def taken(service: World) -> None:
    """Somebody enters the seat by an invite."""
    now = service.clock()
    async with service.unit() as uow:
        person = await uow.people.remember("web", "77", "77", "zh_CN", now)
        await uow.people.bind(person, SEAT, now)
        await uow.outbox.revive(SEAT, now, now)


async def given_up(service: World, letter: int) -> bool:
    async with service.unit() as uow:
        return await uow.outbox.give_up(letter, "unreachable", "nobody is bound")


@pytest.mark.parametrize("first", ["taken", "given up"])
async def test_the_letter_waits_for_whoever_came(service: World, first: str) -> None:
    letter = await posted_and_claimed(service)
    if first == "taken":
        await taken(service)
        async with service.unit() as uow:
            await uow.outbox.renew([letter])  # the postman does not know yet
        assert not await given_up(service, letter)
    else:
        assert await given_up(service, letter)
        await taken(service)
    async with service.unit() as uow:
        row = (await uow.connection.execute(sa.select(outbox).where(outbox.c.id == letter))).one()
        again = [one.id for one in await uow.outbox.claim(service.clock())]
    assert (row.state, row.leased_until) == ("waiting", None)
    assert letter in again


async def test_without_anybody_it_stays_unreachable(service: World) -> None:
    letter = await posted_and_claimed(service)
    assert await given_up(service, letter)
    assert not await given_up(service, letter), "once is enough"
