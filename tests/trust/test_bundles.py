"""Writes nobody looks at before the end: seen by every later statement, kept or forgotten with the rest."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from domain.messages import Message
from domain.people import Seat
from storage.bundles import in_one, rows_together
from storage.database import AtNeed, Database, open_database
from storage.outbox import NewLetter, Outbox
from storage.statements import add_later
from storage.tables import outbox, settings

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
LETTERS = [NewLetter(f"k{n}", Seat("liaison", n), Message("flow.cancelled", {"n": n})) for n in range(7)]


class Stopped(Exception):
    """Somebody was killed between two lines."""


def test_places_are_counted_on() -> None:
    writes = [("INSERT INTO a VALUES ($1, $2)", [1, 2]), ("DELETE FROM b WHERE c = $1 OR d = $1", [3])]
    text, arguments = in_one([*writes, ("DELETE FROM c", [])])
    assert text == (
        "WITH w0 AS (INSERT INTO a VALUES ($1, $2)), "
        "w1 AS (DELETE FROM b WHERE c = $3 OR d = $3) DELETE FROM c"
    )
    assert arguments == [1, 2, 3]
    assert in_one(writes[:1]) == writes[0]


def test_many_rows_are_one_insert() -> None:
    row = "INSERT INTO a (x, y) VALUES ($1::BIGINT, $2::VARCHAR) ON CONFLICT (x) DO NOTHING"
    text, arguments = rows_together([(row, [1, "a"]), (row, [2, "b"])])
    assert "VALUES ($1::BIGINT, $2::VARCHAR), ($3::BIGINT, $4::VARCHAR) ON CONFLICT" in text
    assert arguments == [1, "a", 2, "b"]
    with pytest.raises(ValueError, match="no INSERT"):
        rows_together([("SELECT 1", [])])


@pytest.mark.asyncio
async def test_what_is_written_later_is_there_for_every_statement_after_it(database_url: str) -> None:
    database = Database(open_database(database_url))
    async with database.writing() as connection:
        await Outbox(connection).post_all(LETTERS, NOW)
        await Outbox(connection).post_all(LETTERS[:2], NOW)  # once for each key
        await add_later(connection, settings, {"name": "test", "value": "1"})
        found = await connection.execute(sa.select(outbox.c.key).order_by(outbox.c.id))
        assert list(found.scalars()) == [letter.key for letter in LETTERS]
    async with database.reading() as connection:
        query = sa.select(settings.c.value).where(settings.c.name == "test")
        assert (await connection.execute(query)).scalar_one() == "1"
    await database.close()


@pytest.mark.asyncio
async def test_nothing_of_it_is_kept_when_the_step_fails(database_url: str) -> None:
    database = Database(open_database(database_url))
    for settled in (False, True):
        with pytest.raises(Stopped):
            await _stopped(database, settled=settled)
    async with database.reading() as reading:
        assert (await Outbox(reading).waiting(NOW)).count == 0
    async with database.writing_if_needed() as connection:
        needed = [connection.needed]
        await _posted(connection, settled=False)
        assert [*needed, connection.needed] == [False, True]
        await connection.settle()
    async with database.reading() as reading:
        assert (await Outbox(reading).waiting(NOW)).count == len(LETTERS)
    await database.close()


async def _posted(connection: AtNeed, *, settled: bool) -> None:
    await Outbox(connection).post_all(LETTERS, NOW)  # type: ignore[arg-type]  # it stands for a connection
    if settled:
        await connection.settle()


async def _stopped(database: Database, *, settled: bool) -> None:
    async with database.writing_if_needed() as connection:
        await _posted(connection, settled=settled)
        raise Stopped


@pytest.mark.asyncio
async def test_a_letter_to_everybody_is_more_than_one_statement_takes(database_url: str) -> None:
    """PostgreSQL takes 32,767 arguments with a statement; a district has more representatives than that."""
    database, many = Database(open_database(database_url)), 4_000
    letters = [NewLetter(f"all {n}", Seat("liaison", n), Message("flow.cancelled")) for n in range(many)]
    async with database.writing() as connection:
        await Outbox(connection).post_all(letters[: many // 2 + 1], NOW)
        await Outbox(connection).post_all(letters[many // 2 :], NOW)
        await Outbox(connection).post_all(letters, NOW)
    async with database.reading() as connection:
        found = await connection.execute(sa.select(sa.func.count()).select_from(outbox))
        assert found.scalar_one() == many
    await database.close()
