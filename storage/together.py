"""Small writes that come at the same time share one transaction: one commit for all of them."""

import asyncio
from collections.abc import Awaitable, Callable

from storage.database import Database
from storage.unit import UnitOfWork

Write = Callable[[UnitOfWork], Awaitable[None]]


class Together:
    """While one transaction is being committed the next writes gather; nobody waits for a timer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gathered: list[tuple[Write, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def do(self, write: Write) -> None:
        """Done when it is committed. What one of them raises, all of that transaction are told."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._gathered.append((write, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        await done

    async def _write_all(self) -> None:
        while self._gathered:
            batch, self._gathered = self._gathered, []
            trouble = await self._write(batch)
            for _, done in batch:
                if not done.done():
                    done.set_result(None) if trouble is None else done.set_exception(trouble)
        self._writing = None

    async def _write(self, batch: list[tuple[Write, asyncio.Future[None]]]) -> Exception | None:
        try:
            async with self._database.writing() as connection:
                uow = UnitOfWork(connection)
                for write, _ in batch:
                    await write(uow)
        except Exception as trouble:  # noqa: BLE001  # whoever asked for the write is told
            return trouble
        return None
