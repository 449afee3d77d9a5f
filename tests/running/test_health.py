"""What the process tells of itself: each part in bounded time, figures without a database too, no person."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import structlog
from starlette.applications import Starlette

from bot import log
from bot.health import Health
from bot.measured import MeasuredDesk
from bot.settings import settings as settings_of
from domain.messages import Answer, Inbound, Text
from handlers.queues import Busy
from storage.database import DatabaseAway
from tests.redis import RedisServer
from tests.world import World

CANARY = "金丝雀13800138000"


@pytest.fixture
def written() -> Iterator[io.BytesIO]:
    """The log as it is written, one JSON a line."""
    before, handlers = structlog.get_config(), logging.getLogger().handlers[:]
    out = io.BytesIO()
    log.set_up(as_json=True, out=out)
    yield out
    structlog.configure(**before)
    logging.basicConfig(handlers=handlers, force=True)


def lines(written: io.BytesIO) -> list[dict[str, object]]:
    log.flush()
    return [json.loads(line) for line in written.getvalue().splitlines()]


class Broken:
    """A desk that fails as told."""

    def __init__(self, trouble: Exception) -> None:
        self.trouble = trouble

    async def handle(self, inbound: Inbound) -> Answer:
        raise self.trouble


def spoken(words: str = CANARY) -> Inbound:
    return Inbound("web", CANARY, CANARY, "1", Text(words))


async def figures(watch: Health, path: str = "/metrics") -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=watch.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(path)


@pytest.fixture
async def watch(service: World) -> AsyncIterator[Health]:
    given = settings_of(home=service.parts.settings.home, database_url=service.parts.settings.database_url)
    made = Health(given, ("web",))
    yield made
    await made.close()


async def test_an_update_is_one_line_without_the_person(
    service: World, watch: Health, written: io.BytesIO
) -> None:
    """TRUST 21."""
    await MeasuredDesk(service.desk).handle(spoken())
    (line,) = lines(written)
    assert {name: line[name] for name in ("event", "channel", "kind", "outcome")} == {
        "event": "update", "channel": "web", "kind": "text", "outcome": "handled",
    }  # fmt: skip
    assert len(str(line["reference"])) == 8
    told = written.getvalue().decode() + (await figures(watch)).text
    assert "金丝雀" not in told and "13800138000" not in told


async def test_a_bug_bears_the_reference_that_the_person_is_told(written: io.BytesIO) -> None:
    class Careless:
        async def handle(self, inbound: Inbound) -> Answer:
            try:
                raise ValueError(f"can't read {CANARY}")
            except ValueError as bug:
                told.append(log.report(bug))
            return Answer(())

    told: list[str] = []
    await MeasuredDesk(Careless()).handle(spoken())  # type: ignore[arg-type]  # a desk that breaks
    bug, update = lines(written)
    assert (bug["event"], update["outcome"]) == ("bug", "failed")
    assert [bug["reference"], update["reference"]] == told * 2
    assert "金丝雀" not in written.getvalue().decode()


@pytest.mark.parametrize(
    "trouble,outcome", [(Busy(), "busy"), (DatabaseAway(), "away"), (ValueError(CANARY), "failed")]
)
async def test_why_an_update_was_not_taken(trouble: Exception, outcome: str, written: io.BytesIO) -> None:
    with pytest.raises(type(trouble)):
        await MeasuredDesk(Broken(trouble)).handle(spoken())  # type: ignore[arg-type]  # a desk that breaks
    assert [line["outcome"] for line in lines(written)] == [outcome]


def test_a_database_that_is_away_is_no_bug_and_is_told_now_and_then(written: io.BytesIO) -> None:
    class Gone(DatabaseAway):
        """One that no other test has told of."""

    for _ in range(3):
        log.report(Gone("ConnectionRefusedError"))
    told = [(line["event"], line["part"], line["kind"]) for line in lines(written)]
    assert told == [("away", "Gone", "ConnectionRefusedError")]


def test_libraries_tell_neither_arguments_nor_texts_of_errors(written: io.BytesIO) -> None:
    logger = logging.getLogger("some.library")
    try:
        raise ValueError(CANARY)
    except ValueError:
        logger.exception("no answer to %s\nmore of %s", CANARY, CANARY)
    logger.info("hello %s", CANARY)
    (line,) = lines(written)
    assert (line["event"], line["says"], line["kind"]) == ("library", "no answer to %s", "ValueError")
    assert "金丝雀" not in written.getvalue().decode()


async def test_a_part_that_hangs_is_a_no_within_bounded_time(
    service: World,
) -> None:
    async def hangs() -> bool:
        await asyncio.Event().wait()
        return True

    async def opens() -> bool:
        return True

    watch = Health(service.parts.settings, within=0.05)
    watch.channels.update(web=opens, telegram=hangs)
    try:
        answer = await figures(watch, "/readyz")
    finally:
        await watch.close()
    assert answer.status_code == 503
    assert (answer.json()["web"], answer.json()["telegram"]) == (True, False)


async def test_the_figures_are_there_without_the_database(tmp_path: Path) -> None:
    watch = Health(settings_of(home=tmp_path, database_url="postgresql+asyncpg://a@127.0.0.1:9/b"))
    try:
        answer = await figures(watch)
        assert answer.status_code == 200
        assert 'workroom_up{part="database"} 0.0' in answer.text
        assert "workroom_outbox_letters{" not in answer.text
    finally:
        await watch.close()


async def test_redis_is_told_apart(tmp_path: Path, redis_server: RedisServer) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'a.sqlite3'}"
    for redis, up in ((redis_server.url, True), (f"unix://{tmp_path}/none", False)):
        watch = Health(settings_of(home=tmp_path, database_url=url, redis_url=redis, _env_file=None))
        assert await watch.look() == {"database": True, "redis": up}
        await watch.close()
