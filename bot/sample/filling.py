"""Fills an empty database with the sample district and its last month; loaded when one is to be filled."""

from bot.commands.registry import read_registry
from bot.registry_words import Telling
from bot.sample import DISTRICT, duty
from bot.sample.living import Life, Progress
from bot.settings import Settings
from bot.wiring import assemble
from locales.catalogue import Catalogue
from storage.registry_import import import_registry
from storage.unit import UnitOfWork


async def fill(settings: Settings, progress: Progress) -> bool:
    """Whether it was empty; one that is filled stays as it is."""
    parts = assemble(settings, {})
    try:
        async with parts.house.database.writing() as connection:
            if await UnitOfWork(connection).registry.reception() is not None:
                return False
            book, _ = read_registry(DISTRICT, Telling(Catalogue.load(), settings.locale))
            await import_registry(connection, book)
        await Life(parts.house).play(progress)
        await duty.live(parts.house)
    finally:
        parts.house.shelf.close()
        await parts.close()
    return True
