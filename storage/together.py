"""Small writes that come at the same time share one transaction: one commit for all of them."""

from collections.abc import Awaitable, Callable, Sequence

from storage.database import Database
from storage.gathering import Gathering
from storage.unit import UnitOfWork

Write = Callable[[UnitOfWork], Awaitable[None]]


class Together:
    """While one transaction is being committed the next writes gather."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gathering: Gathering[Write, None] = Gathering(self._write)

    async def do(self, write: Write) -> None:
        """Done when it is committed. What one of them raises, all of that transaction are told."""
        await self._gathering.ask(write)

    async def _write(self, batch: Sequence[Write]) -> list[None]:
        async with self._database.writing() as connection:
            uow = UnitOfWork(connection)
            for write in batch:
                await write(uow)
        return [None] * len(batch)
