"""Keeps account of what may be said to whom in WeChat: windows, counts, agreed notices, what was missed."""

from collections.abc import Sequence
from datetime import datetime

from bot.channels.wechat.ports import Opening, Subscription
from domain.allowance import MESSAGE_COUNT, Allowance
from handlers import forgetting
from handlers.entering import deliver_missed
from handlers.house import House
from storage.unit import UnitOfWork
from storage.wechat import NAME, Standing


class Ledger:
    """The account book. Of somebody who isn't remembered nothing is written down (TRUST 25)."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def room(self, openid: str, unknown: int = MESSAGE_COUNT) -> int:
        """How many messages may go to them now; `unknown` when nothing is known: the platform will tell."""
        standing = await self._standing(openid)
        if standing is None or standing.allowance is None:
            return unknown
        return standing.allowance.left(self._house.clock())

    async def shown(self, openid: str) -> Sequence[str]:
        """The choices that were pushed to them after their own last word."""
        standing = await self._standing(openid)
        return standing.shown if standing else ()

    async def _standing(self, openid: str) -> Standing | None:
        async with self._house.database.glance() as connection:
            return await UnitOfWork(connection).followers.standing(openid)

    async def heard(self, openid: str, how: Opening) -> None:
        """Their window opens. What they missed while it was closed is due now."""
        now = self._house.clock()
        missed = False
        standing = await self._standing(openid)
        if standing is None or _is_noted(standing, how, now):
            return
        async with self._house.database.writing() as connection:
            uow = UnitOfWork(connection)
            standing = await uow.followers.standing(openid, hold=True)
            if standing is None:
                return
            missed = standing.missed
            if missed:
                await deliver_missed(uow, standing.person, now)
            allowance = (standing.allowance or Allowance()).opened(how, now)
            await uow.followers.keep(standing.identity, allowance)
        if missed:
            self._house.posted()

    async def spent(self, openid: str, count: int, shown: Sequence[str]) -> None:
        """So many messages went out, the last of them with these choices."""
        async with self._house.database.writing() as connection:
            followers = UnitOfWork(connection).followers
            standing = await followers.standing(openid, hold=True)
            if standing is not None:
                left = (standing.allowance or Allowance()).spent(self._house.clock(), count)
                await followers.keep(standing.identity, left, shown or standing.shown, missed=standing.missed)

    async def closed(self, openid: str) -> None:
        """The platform counts otherwise than we do: nothing more goes out until they write."""
        await self._mark(openid, missed=False)

    async def missed(self, openid: str) -> None:
        """A letter didn't fit: it is due again when they come."""
        await self._mark(openid, missed=True)

    async def _mark(self, openid: str, *, missed: bool) -> None:
        async with self._house.database.writing() as connection:
            followers = UnitOfWork(connection).followers
            standing = await followers.standing(openid, hold=True)
            if standing is not None:
                await followers.keep(
                    standing.identity, Allowance(), standing.shown, missed=missed or standing.missed
                )

    async def refused(self, openid: str) -> None:
        """A notice was blocked: they can't be reached here until they write again."""
        async with self._house.database.writing() as connection:
            await UnitOfWork(connection).people.lost(NAME, openid)

    async def subscribed(self, openid: str, told: Sequence[Subscription]) -> None:
        """What they decided about notices; each telling counts once, however often it is brought."""
        now = self._house.clock()
        async with self._house.database.writing() as connection:
            uow = UnitOfWork(connection)
            standing = await uow.followers.standing(openid, hold=True)
            if standing is None:
                return
            for one in told:
                if await uow.followers.first_time(f"{openid}/{one.told}/{one.template}", now):
                    await self._decided(uow, openid, standing, one)

    async def _decided(self, uow: UnitOfWork, openid: str, standing: Standing, told: Subscription) -> None:
        followers, identity = uow.followers, standing.identity
        match told.event, told.status:
            case "popup", "accept":
                await followers.agree(identity, told.template, 1)
                await uow.people.reached(NAME, openid)
            case "popup" | "change", "reject":
                await followers.refuse(identity, told.template)

    async def forget(self, openid: str) -> None:
        """They have unfollowed."""
        await forgetting.leave_channel(self._house, NAME, openid)


def _is_noted(standing: Standing, how: Opening, now: datetime) -> bool:
    """Whether what they did changes nothing that is written down: most messages of a conversation."""
    known = standing.allowance is not None and standing.allowance.is_open(how, now)
    return known and not standing.missed and not standing.shown
