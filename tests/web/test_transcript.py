"""The transcript on both databases: in order, once, and nothing skipped by whoever reads along."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from storage.database import Database, open_database
from storage.web import PAGE, Transcript

NOW = datetime(2026, 11, 30, 1, 5, tzinfo=UTC)


@pytest.fixture
async def database(tables_url: str) -> AsyncIterator[Database]:
    """The tables, empty, on SQLite and on PostgreSQL."""
    database = Database(open_database(tables_url))
    yield database
    await database.close()


async def test_whoever_reads_along_misses_nothing(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.writing() as connection:
            transcript = Transcript(connection, "somebody")
            await transcript.hold()
            for part in range(3):
                await transcript.say({"text": f"{number}.{part}"}, NOW)

    async def read() -> list[str]:
        last, texts = 0, list[str]()
        while len(texts) < 60:
            async with database.reading() as connection:
                lines = await Transcript(connection, "somebody").after(last)
            last = lines[-1].id if lines else last
            texts += [line.body["text"] for line in lines]
        return texts

    async with asyncio.timeout(30):
        reading = asyncio.create_task(read())
        await asyncio.gather(*(write(number) for number in range(20)))
        texts = await reading
    assert len(set(texts)) == 60
    assert all(texts[at].endswith(f".{at % 3}") for at in range(60))


async def test_one_name_is_heard_once(database: Database) -> None:
    async with database.writing() as connection:
        one, other = Transcript(connection, "one"), Transcript(connection, "other")
        assert await one.hear("a-message", {"text": "甲"}, NOW) is not None
        assert await one.hear("a-message", {"text": "乙"}, NOW) is None
        assert await other.hear("a-message", {"text": "丙"}, NOW) is not None
        kept = await one.sent("a-message")
    assert kept is not None
    assert (kept.body, kept.incoming, kept.at) == ({"text": "甲"}, True, NOW)


async def test_pages_lead_up_to_a_number(database: Database) -> None:
    async with database.writing() as connection:
        transcript = Transcript(connection, "one")
        numbers = [await transcript.say({"text": str(n)}, NOW) for n in range(PAGE + 5)]
        assert [line.id for line in await transcript.before(None)] == numbers[5:]
        assert [line.id for line in await transcript.before(numbers[5])] == numbers[:5]
        assert [line.id for line in await transcript.after(numbers[-3])] == numbers[-2:]


async def test_only_ones_own_lines_are_found_changed_and_forgotten(database: Database) -> None:
    async with database.writing() as connection:
        one, other = Transcript(connection, "one"), Transcript(connection, "other")
        number = await one.say({"text": "甲"}, NOW)
        await other.change(number, {"text": "乙"})
        await other.forget()
        assert await other.find(number) is None
        found = await one.find(number)
        assert found is not None
        assert found.body == {"text": "甲"}
        await one.forget()
        assert await one.find(number) is None
