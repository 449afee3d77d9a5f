"""Several real processes over one PostgreSQL and Redis: started at once, stopped in peace, on one port."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import Sequence
from datetime import UTC, datetime

import aiohttp
import pytest
import sqlalchemy as sa
import typer
from typer.testing import CliRunner

from bot import server
from bot.commands import running
from bot.settings import BadSettings
from domain.messages import Message
from domain.people import Seat
from storage.database import Database, open_database
from storage.migrations import check, current
from storage.migrations.revisions import newest
from storage.outbox import NewLetter
from storage.tables import identities
from storage.unit import UnitOfWork
from tests.running.programs import Machine, Program, free_port, seen
from tests.stubs.bot_api import BotApi


@pytest.mark.long
@pytest.mark.postgres
async def test_several_that_start_at_once(
    empty: Machine, session: aiohttp.ClientSession, api: BotApi
) -> None:
    """The tables and the sample are made once, one polls, the postman sends; each stops in peace."""
    empty.environment |= {"WORKROOM_TELEGRAM_TOKEN": api.token, "WORKROOM_TELEGRAM_API_URL": api.url}
    words = (["serve", "--no-alone", "--sample"],) * 2 + (["postman"], ["planner"])
    started = await asyncio.gather(*(empty.start(*each) for each in words))
    serving, others = started[:2], started[2:]
    await asyncio.gather(
        *(each.says("ready") for each in serving), *(each.says("working") for each in others)
    )
    url = empty.environment["WORKROOM_DATABASE_URL"]
    assert (await current(url), await check(url)) == (newest(), [])
    for program in serving:
        status, text = await seen(session, f"{program.url}/readyz")
        assert (status, set(json.loads(text).values())) == (200, {True}), text
    await one_polls_and_another_takes_over(serving, api, url)
    hows = (signal.SIGTERM, signal.SIGINT, signal.SIGTERM, signal.SIGINT)
    ends = [program.stops(how) for program, how in zip(started, hows, strict=True)]
    assert await asyncio.gather(*ends) == [0, 0, 0, 0]
    assert not any(line["level"] == "error" for program in started for line in program.lines)


async def one_polls_and_another_takes_over(serving: Sequence[Program], api: BotApi, url: str) -> None:
    user = api.user(1001, name="王阿姨")
    await user.starts("w_LJ01")
    for label in ("同意", "同意经境外传输"):
        await user.waits_for(lambda message, label=label: label in message.labels)  # type: ignore[misc]
        await user.presses(label)
    await user.waits_for(lambda message: "反映诉求" in message.labels, earlier=True)
    await written_to(url, "telegram")
    await user.waits_for(lambda message: "已取消" in message.text)
    (poller,) = [program for program in serving if program.polls]
    (standing_by,) = [program for program in serving if not program.polls]
    poller.process.send_signal(signal.SIGTERM)
    await standing_by.says("lease", held=True)
    await user.says("帮助")
    await user.waits_for()
    assert [call.error for call in api.calls_of("getUpdates") if call.error] == []


async def written_to(url: str, channel: str) -> None:
    """A letter to whoever wrote there, which only the postman delivers."""
    database = Database(open_database(url))
    async with database.writing() as connection:
        person = (
            await connection.execute(sa.select(identities.c.person_id).where(identities.c.channel == channel))
        ).scalar_one()
        letter = NewLetter("a letter", Seat("person", person), Message("flow.cancelled"))
        await UnitOfWork(connection).outbox.post_all([letter], datetime.now(UTC))
    await database.close()


@pytest.mark.long
@pytest.mark.postgres
async def test_workers_share_a_port(empty: Machine, session: aiohttp.ClientSession) -> None:
    first = two_ports()
    program = await empty.start("serve", "--workers", "2", WORKROOM_METRICS_PORT=str(first))
    pids = {line["pid"] for line in await program.says("ready", 2)}
    assert len(pids) == 2
    assert (await seen(session, f"{program.url}/"))[0] == 200
    for port in (first, first + 1):
        assert "workroom_updates_in_hand" in (await seen(session, f"http://127.0.0.1:{port}/metrics"))[1]
    os.kill(min(pids), signal.SIGKILL)
    again = {line["pid"] for line in await program.says("ready", 3)} - pids
    assert len(again) == 1
    assert await program.stops() == 0
    for pid in pids | again:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def two_ports() -> int:
    """The first of two free ports in a row."""
    while True:
        first = free_port()
        with socket.socket() as probe:
            if first < 65535 and probe.connect_ex(("127.0.0.1", first + 1)):
                return first


def test_workers_need_a_server() -> None:
    app = typer.Typer()
    running.register(app)
    done = CliRunner().invoke(app, ["serve", "--workers", "2"], env={"WORKROOM_DATABASE_URL": ""})
    assert isinstance(done.exception, BadSettings)
    assert str(done.exception).startswith("WORKROOM_DATABASE_URL: ")


def test_a_port_that_is_taken_is_told_in_one_line() -> None:
    port = free_port()
    with server.listen("127.0.0.1", port) as first:
        first.listen()
        with pytest.raises(BadSettings, match=f"PORT: 127.0.0.1:{port} can't be listened on"):
            server.listen("127.0.0.1", port)


def test_a_port_that_is_shared() -> None:
    port = free_port()
    with (
        server.listen("127.0.0.1", port, share=True) as first,
        server.listen("127.0.0.1", port, share=True) as second,
    ):
        first.listen()
        second.listen()
