"""Somebody opens the page from within a channel that vouches for who they are: the page knows them."""

from datetime import UTC, datetime, timedelta

from handlers.people import consent_missing
from storage.unit import UnitOfWork
from storage.wechat import Standing

PAGE = "web"
NOT_YET = datetime(2000, 1, 1, tzinfo=UTC)
"""Opening the page is not writing from it: letters go on to where they wrote last."""

MISSED_DAYS = 30
"""Letters that didn't fit are delivered when their reader comes within so many days."""


async def enter(uow: UnitOfWork, openid: str, current: str | None, fresh: str, now: datetime) -> str | None:
    """The visitor that this follower is on the page; None: the page is to stay as it is.

    `current` is who the browser is there so far, `fresh` a name for who never was there. Who is somebody
    else there stays that: nothing of theirs is taken away by following a link (a code joins the two).
    """
    standing = await uow.followers.standing(openid, hold=True)
    if standing is None or consent_missing(PAGE, await uow.people.person(standing.person)):
        return None
    there = await uow.people.known(PAGE, current) if current else None
    if there is not None and there.id != standing.person:
        return None
    visitor = current if current and there else await _named(uow, standing, fresh)
    if standing.missed:
        await deliver_missed(uow, standing.person, now)
    return visitor


async def _named(uow: UnitOfWork, standing: Standing, fresh: str) -> str:
    visitor = await uow.followers.call_visitor(standing.identity, fresh)
    if await uow.people.known(PAGE, visitor) is None:
        await uow.people.identify(standing.person, PAGE, visitor, visitor, NOT_YET)
    return visitor


async def deliver_missed(uow: UnitOfWork, person: int, now: datetime) -> None:
    """What could not reach this person is due again, in whatever seat they were to get it."""
    for seat in await uow.followers.seats(person):
        await uow.outbox.revive(seat, now, now - timedelta(days=MISSED_DAYS))
