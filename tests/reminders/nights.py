"""The sample district never sleeps; these tests give it its quiet hours."""

from tests.world import World


async def nights(world: World) -> None:
    """No push from 21:00 to 8:00 (part 3, 13)."""
    async with world.unit() as uow:
        await uow.registry.set_setting("quiet_from", "21:00")
        await uow.registry.set_setting("quiet_until", "08:00")
