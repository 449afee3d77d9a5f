"""Somebody leaves a channel for good: its platform asks that what names them there be deleted."""

from handlers.house import House
from storage.forgetting import Forgetting
from storage.sessions import Key

PAGE = "web"


async def leave_channel(house: House, channel: str, user: str) -> None:
    """Forget this identity; twice is once, and what a kill has left undone the next time does.

    Who is still known elsewhere stays a person with their cases. With the last identity the person goes:
    the cases keep workroom, words and timeline, and nobody is named by them. The page that was opened
    inside the channel belongs to it and goes first.
    """
    async with house.database.reading() as connection:
        known = await Forgetting(connection).known(channel, user)
    if known is not None and known.visitor is not None:
        await _forget(house, PAGE, known.visitor)
    await _forget(house, channel, user)


async def _forget(house: House, channel: str, user: str) -> None:
    """The conversation, wherever it is kept, and the identity; a step under way is waited for."""
    key = Key(channel, user, user)
    async with house.workplace.work(key) as work:
        forgetting = Forgetting(work.uow.connection)
        known = await forgetting.known(channel, user)
        await work.uow.sessions.forget(key)
        await work.uow.transcript(user).forget()
        await forgetting.identity(channel, user)
        if known is not None and not await forgetting.has_identity(known.person):
            await forgetting.person(known.person, house.clock())
