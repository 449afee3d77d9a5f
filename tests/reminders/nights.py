"""The sample district never sleeps and is often open; these tests let it sleep and give it no open days."""

from domain.open_days import Rule
from tests.world import World


async def nights(world: World) -> None:
    """No push from 21:00 to 8:00 (part 3, 13)."""
    async with world.unit() as uow:
        await uow.registry.set_setting("quiet_from", "21:00")
        await uow.registry.set_setting("quiet_until", "08:00")


async def no_open_days(world: World) -> None:
    """Nobody is on duty, so that only what a test is about is said."""
    async with world.unit() as uow:
        rules: dict[int, list[Rule]] = {room: [] for room in await uow.open_days.plans()}
        await uow.open_days.set_rules(rules, world.clock())
