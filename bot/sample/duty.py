"""The sample district's last month of duty: shifts that were kept, some left early, a few missed."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from domain import duty_presence
from domain.duty import Slot
from domain.terms import Terms
from handlers import duty_rosters
from handlers.house import House
from handlers.visit import now_of
from storage.unit import UnitOfWork

LOOKS = (timedelta(days=35), timedelta(days=21), timedelta(days=7))
"""When a planner would have looked: before and after the twentieth of whatever months these were."""
MISSED, EARLY = 9, 5
"""Every so many places nobody came, or somebody left an hour too soon."""


async def live(house: House) -> None:
    """Make the rosters of the last weeks as a planner would have, keep them, and make those to come."""
    today = house.clock()
    for back in LOOKS:
        then = today - back
        await duty_rosters.make(replace(house, clock=partial(_at, then), posted=lambda: None))
    async with house.database.writing() as connection:
        uow = UnitOfWork(connection)
        now = await now_of(uow, house)
        ended = await uow.duty_ends.ended(now.moment, 1_000)
        kept = [(slot, _kept(slot, now.calendar.terms)) for slot in ended if slot.holder is not None]
        came = [(slot, after) for slot, after in kept if after.arrived_at is not None]
        await uow.duty_ends.record_ends(came, now.moment, "check_in")
        await uow.duty_ends.record_ends(kept, now.moment)
        closed = {after.id: after for _, after in kept}
        await uow.duty_ends.settle([closed.get(slot.id, slot) for slot in ended], now.moment)
        if ended:
            await uow.duty_ends.asked({slot.shift.id for slot in ended}, now.moment)
    await duty_rosters.make(house)


def _at(moment: datetime) -> datetime:
    return moment


def _kept(slot: Slot, terms: Terms) -> Slot:
    """How a place was kept; the same for the same number, so that every sample district is alike."""
    if slot.id % MISSED == 0:
        return duty_presence.settle(slot, terms)
    begun = slot.shift.starts_at - timedelta(minutes=slot.id % 4)
    there = replace(slot, arrived_at=begun, since=begun)
    return duty_presence.settle(duty_presence.leave(there, _until(slot)), terms)


def _until(slot: Slot) -> datetime:
    early = slot.id % EARLY == 0
    return slot.shift.ends_at - timedelta(minutes=60 if early else 0)
