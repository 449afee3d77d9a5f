"""Telegram hangs when a process starts: everything else is open at once, and it is said what isn't."""

import asyncio
import json
from pathlib import Path

import aiohttp
import pytest

from tests.running.programs import PATIENCE, Machine, seen
from tests.stubs.bot_api import BotApi
from tests.world import copy_of


async def readiness(session: aiohttp.ClientSession, url: str) -> tuple[int, dict[str, bool]]:
    """What it says as soon as its port is open: it is said to be ready a moment before."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                status, text = await seen(session, f"{url}/readyz")
            except aiohttp.ClientConnectorError:
                continue
            return status, json.loads(text)


@pytest.mark.long
async def test_a_hanging_telegram_is_said_and_a_refused_token_ends_it(
    api: BotApi, session: aiohttp.ClientSession, filled: Path, tmp_path: Path
) -> None:
    told = {"WORKROOM_TELEGRAM_TOKEN": api.token, "WORKROOM_TELEGRAM_API_URL": api.url}
    copy_of(filled, tmp_path)
    held = api.holds("getMe")
    async with Machine(tmp_path, told) as machine:
        program = await machine.serve()
        parts = {"database": True, "telegram": False, "web": True}
        assert await readiness(session, program.url) == (503, parts)
        assert (await seen(session, f"{program.url}/"))[0] == 200
        await held.reached()
        assert await program.stops() == 0
        api.token = "424242:AAanother-token-0123456789"
        refused = await machine.start("serve")
        assert await refused.ends() == 1
        assert refused.raw[-1] == "WORKROOM_TELEGRAM_TOKEN: Telegram does not know this token\n"
