"""Years of cases written by PostgreSQL itself, so that a million of them take a minute or two."""

from collections.abc import Sequence

import sqlalchemy as sa

from benchmarks.bulk import OPEN, YEARS
from benchmarks.people import WORDS
from domain.codes import ALPHABET
from storage.database import Database, open_database

_NUMBER = " || ".join(
    f"substr(:letters, 1 + ((n / {len(ALPHABET) ** place}) % {len(ALPHABET)})::int, 1)" for place in range(6)
)
_GIVEN = """
    (SELECT array_agg(id ORDER BY id) AS rooms FROM workrooms) r,
    (SELECT array_agg(id ORDER BY id) AS categories FROM categories) c,
    (SELECT array_agg(id ORDER BY id) AS departments FROM departments) d
"""
_STATEMENTS = (
    "SET session_replication_role = replica",  # what is written here fits together
    """CREATE TEMP TABLE given AS SELECT
        (SELECT coalesce(max(id), 0) + 1 FROM persons) AS person,
        (SELECT coalesce(max(id), 0) + 1 FROM cases) AS first""",
    f"""INSERT INTO persons (id, language, name, home_id, created_at)
        SELECT g.person + n, 'zh_CN', '', rooms[1 + n % array_length(rooms, 1)], now()
        FROM generate_series(0, :count - 1) n, given g, {_GIVEN}""",  # noqa: S608
    """INSERT INTO identities (channel, "user", chat, person_id, seen_at, reachable)
        SELECT 'web', 'past-' || n, 'past-' || n, g.person + n, now(), true
        FROM generate_series(0, :count - 1) n, given g""",
    """INSERT INTO consents (person_id, kind, given_at)
        SELECT g.person + n, 'basic', now() FROM generate_series(0, :count - 1) n, given g""",
    f"""INSERT INTO cases (id, number, origin, workroom_id, person_id, kind, category_id, words, place,
            privacy, urgent, state, round, extended, representative_id, accept_by, opinion_by, answer_by,
            filed_at, open, rating_asks, rating, version, waits_for, wait_until, touched_at)
        SELECT g.first + n, substr(made, 1, 4) || '-' || substr(made, 5), 'past-' || n, room,
            g.person + n, 'problem', categories[1 + n % array_length(categories, 1)], :words, '',
            'workroom_only', n % 50 = 0,
            (ARRAY['submitted', 'assigned', 'handling', 'closed'])[1 + stands], 1, false,
            CASE WHEN stands > 0 THEN (SELECT p.id FROM representatives p WHERE p.workroom_id = room
                ORDER BY id OFFSET n % 3 LIMIT 1) END,
            filed::date, filed::date, filed::date, filed, stands < 3, 1,
            CASE WHEN stands = 3 THEN 'very' END, 5,
            (ARRAY['liaison', 'handler', 'contact', NULL])[1 + stands],
            CASE WHEN stands < 3 THEN filed::date END, filed
        FROM (SELECT n, {_NUMBER} AS made,
                now() - make_interval(secs => {YEARS * 365 * 86400} * (1 - n::float / :count)) AS filed,
                CASE WHEN n >= :count - {OPEN} THEN (:count - n) / 20 % 3 ELSE 3 END AS stands,
                rooms[1 + (:count - n) % array_length(rooms, 1)] AS room, categories
            FROM generate_series(0, :count - 1) n, {_GIVEN}) made, given g""",  # noqa: S608
    """INSERT INTO rounds (case_id, number, cause, opened_at, representative_id)
        SELECT id, 1, 'filed', filed_at, representative_id FROM cases, given WHERE id >= first""",
    f"""INSERT INTO routes (case_id, round, department_id, state, words, answer_by, sent_at)
        SELECT id, 1, departments[1 + id % array_length(departments, 1)],
            CASE WHEN waits_for = 'contact' THEN 'sent' ELSE 'relayed' END, :words, answer_by, filed_at
        FROM cases, given, {_GIVEN}
        WHERE id >= first AND (waits_for = 'contact' OR id % 3 = 0)""",  # noqa: S608
    """INSERT INTO events (case_id, round, at, action, words, seat, visible, data, origin)
        SELECT id, 1, filed_at, action, :words, 'person:' || person_id, 'all', '{}',
            'past-' || id || ':' || action
        FROM cases, given, unnest(ARRAY['submit', 'accept', 'take', 'answer', 'rate_very']) action
        WHERE id >= first""",
    """INSERT INTO outbox (key, seat, case_id, message, urgent, state, made_at, next_at, tries, sent_at)
        SELECT 'past-' || c.id || '.' || seat, seat, c.id,
            json_build_object('key', 'notice.accept.filer', 'params', json_build_object('number', number)),
            false, 'sent', filed_at, filed_at, 1, filed_at
        FROM cases c JOIN given ON c.id >= first LEFT JOIN liaisons l ON l.workroom_id = c.workroom_id,
            unnest(ARRAY['person:' || person_id, 'liaison:' || coalesce(l.id, 1)]) seat""",
    "SELECT setval(pg_get_serial_sequence('persons', 'id'), (SELECT max(id) FROM persons))",
    "SELECT setval(pg_get_serial_sequence('cases', 'id'), (SELECT max(id) FROM cases))",
    "ANALYZE",
)


async def grow(url: str, count: int) -> None:
    """Put so many persons and cases, with all that hangs on them, into the database of a sample district."""
    database = Database(open_database(url))
    given = {"count": count, "letters": ALPHABET, "words": WORDS}
    async with database.plain() as connection:
        for statement in _STATEMENTS:
            await connection.execute(sa.text(statement), _needed(statement, given))
    await database.close()


def _needed(statement: str, given: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in given.items() if f":{name}" in statement}


async def rows(url: str, tables: Sequence[str]) -> dict[str, int]:
    """How many rows each of the tables has."""
    database = Database(open_database(url))
    async with database.plain() as connection:
        found = {
            table: (await connection.execute(sa.text(f"SELECT count(*) FROM {table}"))).scalar_one()  # noqa: S608
            for table in tables
        }
    await database.close()
    return found
