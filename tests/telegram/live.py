"""The whole service on Telegram: the real desk, the real library, the stub's server, in either mode."""

import asyncio
import io
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import aiohttp
import uvicorn
from starlette.applications import Starlette

from bot.channels.telegram.channel import Telegram, open_telegram
from bot.channels.telegram.webhook import PATH, SECRET_HEADER
from bot.front import Front, OneWrite
from bot.settings import Settings
from bot.settings import settings as settings_of
from domain.messages import Answer, Inbound
from tests.chat import Chat
from tests.stubs.bot_api import BotApi
from tests.stubs.bot_api_people import Seen, User
from tests.world import World, copy_of, world

SECRET = "secret-of_the-tests"
QUICK = 0.001
"""How long one of the channel's seconds of waiting lasts here."""


class Desk:
    """The real desk behind a door that tests can close; keeps what went through."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.arrived: list[Inbound] = []
        self.answers: list[Answer] = []
        self.troubles: list[BaseException] = []
        self.reported: list[BaseException] = []

    def report(self, trouble: BaseException) -> str:
        """Note an error where the service would log it."""
        self.reported.append(trouble)
        return "K7M2PX4R"

    async def handle(self, inbound: Inbound) -> Answer:
        """As the desk does, after the troubles a test has ordered."""
        if self.troubles:
            raise self.troubles.pop(0)
        self.arrived.append(inbound)
        answer = await self._world.desk.handle(inbound)
        self.answers.append(answer)
        return answer

    async def said(self, inbound: Inbound) -> None:
        """As the desk."""
        await self._world.desk.said(inbound)

    async def was_said(self, inbound: Inbound) -> bool:
        """As the desk."""
        return await self._world.desk.was_said(inbound)


class Live:
    """The service running on Telegram, and what a test asks of it."""

    def __init__(self, api: BotApi, world: World, telegram: Telegram, desk: Desk, url: str) -> None:
        self.api, self.world, self.telegram, self.desk, self.url = api, world, telegram, desk, url

    async def resident(self, number: int = 1001, home: str = "LJ01") -> User:
        """Somebody who has agreed and lives with the tests' workroom."""
        user = self.api.user(number, name="王阿姨")
        await user.starts(f"w_{home}")
        await self._agrees(user)
        await user.waits_for(lambda message: "反映诉求" in message.labels, earlier=True)
        return user

    async def staff(self, number: int, name: str) -> User:
        """Somebody of the tests' workroom (`tests.chat.SEATS`), bound by an invite."""
        user = self.api.user(number, name=name)
        chat = Chat(self.world)
        await user.starts(f"i_{await self.world.invite(await chat.seat(name))}")
        await self._agrees(user)
        return user

    async def _agrees(self, user: User) -> None:
        for label in ("同意", "同意经境外传输"):
            await user.waits_for(partial(_offers, label))
            await user.presses(label)
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until everything that was sent has been dealt with and answered."""
        await self.api.settles()
        while under_way := self._under_way():
            await asyncio.wait(under_way)

    def _under_way(self) -> set[asyncio.Future[Any]]:
        polling = self.telegram._polling
        fetched = [task for task in polling._in_hand.values() if not task.done()]
        return {*self.telegram._under_way.values(), *fetched, *polling._giving}

    async def cases(self) -> int:
        """How many cases were filed."""
        async with self.world.unit() as uow:
            rows = await uow.connection.exec_driver_sql("SELECT count(*) FROM cases")
            return int(rows.scalar_one())

    async def post(self, body: bytes, secret: str | None = SECRET) -> tuple[int, str]:
        """Somebody calls the webhook's address; gives status and Retry-After."""
        headers = {} if secret is None else {SECRET_HEADER: secret}
        async with (
            aiohttp.ClientSession() as http,
            http.post(self.url + PATH, data=io.BytesIO(body), headers=headers) as response,
        ):
            return response.status, response.headers.get("Retry-After", "")


def _offers(label: str, message: Seen) -> bool:
    return label in message.labels


@asynccontextmanager
async def live(
    mode: str, api: BotApi, template: Path, folder: Path, *, at_once: bool = False
) -> AsyncIterator[Live]:
    """The service over a copy of the sample district's database; `at_once`: before Telegram hears of it."""
    url = copy_of(template, folder)
    async with world(url, folder) as made, served() as (app, address):
        settings = settings_for(api, mode, folder, address)
        desk = Desk(made)
        house = replace(made.house, report=desk.report)
        telegram = await open_telegram(settings, house, desk, second=QUICK)
        cast(dict[str, Any], made.house.channels)["telegram"] = telegram.channel
        app.router.routes += telegram.routes()
        stop = asyncio.Event()
        running = asyncio.gather(*(job(stop) for job in telegram.jobs()))
        if not at_once:
            await telegram.settled.wait()
        try:
            yield Live(api, made, telegram, desk, address)
        finally:
            stop.set()
            await asyncio.wait_for(running, 60)
            await telegram.close()


def settings_for(api: BotApi, mode: str, folder: Path, address: str = "http://127.0.0.1:1") -> Settings:
    """The settings of a service that talks to the stub."""
    return settings_of(
        home=folder,
        public_url=address,
        telegram_token=api.token,
        telegram_api_url=api.url,
        telegram_mode=mode,
        telegram_webhook_secret=SECRET,
        _env_file=None,
    )


@asynccontextmanager
async def served() -> AsyncIterator[tuple[Starlette, str]]:
    """An application on loopback under the real server; routes may be added while it runs."""
    app = Starlette()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(Front(app), http=OneWrite, log_config=None, proxy_headers=False, lifespan="off")
        )
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield app, f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
