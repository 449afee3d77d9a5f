"""Somebody leaves a channel for good: its platform asks that what names them there be deleted."""

from datetime import datetime

from storage.forgetting import Forgetting
from storage.sessions import Key
from storage.unit import UnitOfWork

PAGE = "web"


async def leave_channel(uow: UnitOfWork, channel: str, user: str, now: datetime) -> None:
    """Forget this identity; twice is once.

    Who is still known elsewhere stays a person with their cases. With the last identity the person goes:
    the cases keep workroom, words and timeline, and nobody is named by them. The page that was opened
    inside the channel belongs to it and goes with it.
    """
    forgetting = Forgetting(uow.connection)
    known = await forgetting.known(channel, user)
    await uow.sessions.forget(Key(channel, user, user))
    if known is None:
        return
    await forgetting.identity(channel, user)
    if known.visitor is not None:
        await uow.sessions.forget(Key(PAGE, known.visitor, known.visitor))
        await uow.transcript(known.visitor).forget()
        await forgetting.identity(PAGE, known.visitor)
    if not await forgetting.has_identity(known.person):
        await forgetting.person(known.person, now)
