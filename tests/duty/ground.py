"""Open days of the sample's first workroom, with rosters made from them."""

from domain.hours import parse_hours
from domain.open_days import rule_of
from handlers import duty_rosters
from storage.duty import Listed
from storage.unit import UnitOfWork
from tests.chat import WORKROOM, Chat
from tests.world import World

THURSDAYS = "FREQ=WEEKLY;BYDAY=TH"


async def room_of(uow: UnitOfWork, code: str = WORKROOM) -> int:
    """A workroom's number."""
    room = await uow.registry.workroom_by_code(code)
    assert room is not None
    return room.id


async def open_on(
    world: World, rule: str = THURSDAYS, hours: str = "8:00-11:00", code: str = WORKROOM
) -> int:
    """Set a workroom's rule and make the rosters that are due; the workroom's number."""
    async with world.unit() as uow:
        room = await room_of(uow, code)
        await uow.open_days.set_rules({room: [rule_of(rule, parse_hours(hours))]}, world.clock())
    await duty_rosters.make(world.house)
    return room


async def roster(world: World, code: str = WORKROOM) -> list[Listed]:
    """Everything on a workroom's roster from today on, in order."""
    async with world.unit() as uow:
        room = await room_of(uow, code)
        numbers = await uow.duty.shifts_of(room, world.clock().date())
        return await uow.duty.kept(numbers) if numbers else []


async def give(chat: Chat, place: int, name: str | None) -> None:
    """Put an actor (or nobody) at a place of the roster, whoever the rotation gave it to."""
    slot = (await roster(chat.world))[place].slot
    who = (await chat.seat(name)).id if name else None
    async with chat.world.unit() as uow:
        before = await uow.duty.book(slot.shift.workroom, slot.shift.day)
        same = [s.id for s in before.slots.values() if s.shift.id == slot.shift.id and s.holder == who]
        emptied = before.give(*((number, None) for number in same if who and number != slot.id))
        await uow.duty.save(before, emptied)
        fresh = await uow.duty.book(slot.shift.workroom, slot.shift.day)
        await uow.duty.save(fresh, fresh.give((slot.id, who)))
