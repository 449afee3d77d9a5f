"""A disk that is full: what could not be written comes again, nothing is half done, nothing is lost."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from domain.messages import Press, Text
from storage.database import DatabaseAway
from tests.trust.town import Town, arrival, count, rows
from tests.world import World, copy_of, world


@pytest.fixture
async def embedded(filled: Path, tmp_path: Path) -> AsyncIterator[World]:
    """The service over one SQLite file."""
    async with world(copy_of(filled, tmp_path), tmp_path) as made:
        yield made


class Disk:
    """The room that the database's file has: connections are opened anew when it changes."""

    def __init__(self, made: World) -> None:
        self._engine = made.house.database.engine
        self._full = False
        event.listen(self._engine.sync_engine, "connect", self._opened)

    def _opened(self, connection: Any, record: object) -> None:
        if self._full:
            cursor = connection.cursor()
            cursor.execute("PRAGMA max_page_count=1")  # SQLite takes it as: no page more than there are
            cursor.close()

    async def is_full(self, full: bool) -> None:
        """From now on."""
        self._full = full
        await self._engine.dispose()


async def test_what_does_not_fit_comes_again_and_nothing_is_half_done(embedded: World) -> None:
    town, disk = Town(embedded), Disk(embedded)
    resident = await town.person("居民")
    await town.send(resident, Text("楼道灯坏了"))
    more = arrival(resident, "more", Text("晚上很黑，" * 390))
    before = await rows(embedded, without=frozenset())
    await disk.is_full(True)
    for _ in range(3):  # Telegram brings it again and again
        with pytest.raises(DatabaseAway):
            await embedded.desk.handle(more)
    assert await rows(embedded, without=frozenset()) == before
    await disk.is_full(False)
    answer = await embedded.desk.handle(more)
    send = next(b.data for row in answer.messages[-1].buttons for b in row if b.data.endswith(".send"))
    await embedded.desk.handle(arrival(resident, "send", Press(send)))
    assert await count(embedded, "cases") == 1
