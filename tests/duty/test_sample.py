"""The sample district has a month of duty behind it and rosters before it (EXPERIENCE 22)."""

from collections import Counter
from datetime import timedelta

from bot.sample import duty
from domain.hours import parse_hours
from domain.open_days import rule_of
from storage.duty import Listed
from tests.duty.ground import THURSDAYS, room_of
from tests.world import World


async def listed(world: World) -> list[Listed]:
    async with world.unit() as uow:
        room = await room_of(uow)
        pages = [
            await uow.duty.shifts_of(room, (world.clock() - timedelta(days=40)).date(), n) for n in (0, 1)
        ]
        return await uow.duty.kept(sorted({number for page in pages for number in page}))


async def test_a_month_was_kept_and_the_next_is_made(service: World) -> None:
    async with service.unit() as uow:
        room = await room_of(uow)
        rule = rule_of(THURSDAYS, parse_hours("8:00-11:00"))
        await uow.open_days.set_rules({room: [rule]}, service.clock() - timedelta(days=60))
    await duty.live(service.house)
    kept = await listed(service)
    past = [one.slot for one in kept if one.slot.shift.ends_at <= service.clock()]
    states = Counter(str(slot.state) for slot in past)
    assert states["done"] >= 6 and states["taken"] == states["open"] == 0
    assert any(slot.counts for slot in past) and not all(slot.counts for slot in past)
    assert any(one.slot.shift.starts_at > service.clock() for one in kept)
    before = await listed(service)
    await service.planner.round()
    assert await listed(service) == before
