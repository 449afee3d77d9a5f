"""`workroom doctor`: all is well in the sample district; each trouble is named with what mends it."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio

from bot.doctor import examine
from bot.finding import Finding
from bot.settings import Settings
from bot.settings import settings as settings_of
from bot.wiring import secret_of
from tests.open_days.test_notice import NOTICE
from tests.program.conftest import Run, program
from tests.stubs.bot_api import BotApi
from tests.world import MONDAY_MORNING, Clock


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as server:
        yield server


async def findings(given: Settings, now: datetime = MONDAY_MORNING) -> dict[str, Finding]:
    return {finding.name: finding async for finding in examine(given, now)}


def order(given: Settings, *statements: str) -> None:
    with closing(sqlite3.connect(given.home / "workroom.sqlite3")) as plain:
        for statement in statements:
            plain.execute(statement)
        plain.commit()


def also(given: Settings, **more: Any) -> Settings:
    return settings_of(**{"home": given.home, "database_url": given.database, "_env_file": None, **more})


def test_all_is_well(run: Run, given: Settings) -> None:
    secret_of(given)
    done = run("doctor")
    assert done.exit_code == 0, done.stdout
    assert "一切正常" in done.stdout and "工作室12个，党代表56人" in done.stdout
    told = json.loads(run("doctor", "--json").stdout)
    assert told["ok"] is True
    assert {check["state"] for check in told["checks"] if check["check"] != "holidays"} == {"ok"}


async def test_postgresql_too(postgres_url: str, home: Path) -> None:
    given = settings_of(home=home, database_url=postgres_url, _env_file=None)
    found = await findings(given)
    assert (found["schema"].state, found["schema"].mend) == ("bad", "workroom migrate")
    assert (found["database"].state, found["clock"].state, found["integrity"].state) == ("ok", "ok", "ok")


def test_before_the_first_start(home: Path, clock: Clock) -> None:
    done = program(settings_of(home=home / "new", _env_file=None), clock)("doctor")
    assert done.exit_code == 1
    assert "workroom migrate" in done.stdout
    assert list(home.iterdir()) == []


def test_looking_leaves_an_empty_folder_empty(home: Path, clock: Clock) -> None:
    """A restore wants an empty place: a file that the doctor has made would be in its way."""
    assert program(settings_of(home=home, _env_file=None), clock)("doctor").exit_code == 1
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    "statement,name,key",
    [
        ("ALTER TABLE units DROP COLUMN present", "schema", "program.doctor.schema.differs"),
        ("DELETE FROM alembic_version", "schema", "program.doctor.schema.old"),
        (
            "UPDATE liaisons SET status = 'left' WHERE code = 'L01'",
            "registry",
            "program.doctor.registry.gaps",
        ),
        ("UPDATE categories SET present = false", "registry", "program.doctor.registry.empty"),
    ],
)
async def test_trouble_in_the_database(given: Settings, statement: str, name: str, key: str) -> None:
    await asyncio.to_thread(order, given, statement)
    found = (await findings(given))[name]
    assert (found.state, found.key) == ("bad", key)


async def test_no_database_at_all_in_the_file(given: Settings) -> None:
    await asyncio.to_thread((given.home / "workroom.sqlite3").write_bytes, b"not a database" * 1000)
    found = await findings(given)
    assert (found["database"].state, found["database"].key) == ("bad", "program.doctor.database.away")


async def test_a_server_that_is_away(home: Path) -> None:
    found = await findings(
        settings_of(home=home, database_url="postgresql+asyncpg://a@127.0.0.1:9/b", _env_file=None)
    )
    assert found["database"].key == "program.doctor.database.away"


async def test_a_secret_that_others_can_read(given: Settings) -> None:
    secret_of(given)
    await asyncio.to_thread((given.home / "secret").chmod, 0o644)
    found = (await findings(given))["secret"]
    assert found.state == "bad" and found.mend.startswith("chmod 600 ")


@pytest.mark.parametrize("now,state", [("2026-11-23", "warn"), ("2025-11-23", "ok"), ("2090-11-23", "bad")])
async def test_years_without_a_notice(given: Settings, now: str, state: str) -> None:
    found = (await findings(given, datetime.fromisoformat(now).replace(tzinfo=UTC)))["holidays"]
    assert found.state == state


def test_a_loaded_notice_counts(given: Settings, run: Run, home: Path) -> None:
    (home / "notice.csv").write_text(NOTICE)
    assert asyncio.run(findings(given))["holidays"].mend == "workroom holidays FILE"
    run("holidays", home / "notice.csv")
    assert asyncio.run(findings(given))["holidays"].state == "ok"


@pytest.mark.parametrize(
    "more,state",
    [
        ({"public_url": "http://a.example"}, "bad"),
        ({"public_url": "https://a.example"}, "ok"),
        ({"host": "192.0.2.1"}, "warn"),
    ],
)
async def test_the_public_address(given: Settings, more: dict[str, str], state: str) -> None:
    assert (await findings(also(given, **more)))["address"].state == state


async def test_telegram_answers(given: Settings, api: BotApi) -> None:
    found = await findings(also(given, telegram_token=api.token, telegram_api_url=api.url))
    assert found["telegram"].params == {"name": "workroom_bot"}
    assert found["webhook"].state == "ok"


async def test_telegram_s_webhook_is_not_set(given: Settings, api: BotApi) -> None:
    hook = {"telegram_mode": "webhook", "telegram_webhook_secret": "abc", "public_url": "https://a.example"}
    found = await findings(also(given, telegram_token=api.token, telegram_api_url=api.url, **hook))
    assert (found["webhook"].state, found["webhook"].key) == ("bad", "program.doctor.webhook.unset")


async def test_telegram_refuses_the_token(given: Settings, api: BotApi) -> None:
    wrong = "1" + api.token
    found = await findings(also(given, telegram_token=wrong, telegram_api_url=api.url))
    assert found["telegram"].key == "program.doctor.telegram.refused"


async def test_telegram_is_away(given: Settings, api: BotApi) -> None:
    found = await findings(also(given, telegram_token=api.token, telegram_api_url="http://127.0.0.1:9"))
    assert (found["telegram"].state, found["telegram"].key) == ("bad", "program.doctor.telegram.away")


async def test_redis_that_keeps_everything(given: Settings, redis_url: str) -> None:
    found = await findings(also(given, redis_url=redis_url))
    assert found["redis"].key == "program.doctor.redis.ok"
    assert not {"redis disk", "redis room"} & set(found)


async def test_redis_that_forgets(given: Settings, redis_url: str) -> None:
    async with redis.asyncio.from_url(redis_url) as client:
        await client.config_set("maxmemory-policy", "allkeys-lru")
        await client.config_set("appendonly", "no")
        try:
            found = await findings(also(given, redis_url=redis_url))
        finally:
            await client.config_set("maxmemory-policy", "noeviction")
            await client.config_set("appendonly", "yes")
    assert (found["redis disk"].state, found["redis room"].state) == ("bad", "bad")
    assert found["redis room"].params == {"policy": "allkeys-lru"}


async def test_redis_is_away(given: Settings, tmp_path: Path) -> None:
    found = await findings(also(given, redis_url=f"unix://{tmp_path}/nothing.sock"))
    assert (found["redis"].state, found["redis"].key) == ("bad", "program.doctor.redis.away")


async def test_letters_held_since_a_restore(given: Settings) -> None:
    await asyncio.to_thread(
        order, given, "INSERT INTO restores (taken_at, restored_at) VALUES ('2026-11-22', '2026-11-23')"
    )
    found = (await findings(given))["restore"]
    assert (found.state, found.mend) == ("warn", "workroom resume")


async def test_no_program_for_backups(postgres_url: str, home: Path) -> None:
    found = await findings(
        settings_of(home=home, database_url=postgres_url, pg_programs=str(home), _env_file=None)
    )
    assert (found["backup"].state, found["backup"].params) == ("bad", {"tool": "pg_dump"})


async def test_fonts(given: Settings) -> None:
    assert (await findings(given))["fonts"].state == "ok"
