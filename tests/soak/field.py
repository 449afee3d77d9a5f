"""The battlefield: PostgreSQL, Redis, a strict Telegram, processes that die and are started again."""

import asyncio
import os
import random
import signal
import socket
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from bot.channels.telegram.webhook import PATH, SECRET_HEADER
from tests.postgres import OWNER, PostgresServer, running_postgres
from tests.redis import RedisServer, running_redis
from tests.soak.district import OWN_SECRET, no_nights
from tests.soak.nursery import Nursery, is_alive
from tests.soak.taps import Fate, Tap
from tests.stubs.bot_api import BotApi
from tests.world import fill

SECRET = "secret-of_the-soak"
STARTS_WITHIN, STOPS_WITHIN = 120.0, 60.0
"""Seconds after which it is no slow machine any more. What is promised for a stop is told, not asserted."""

LOOK = 0.05
"""Seconds between looks at another process, which rings nobody."""

REMEMBERED = 40
"""Updates of which an old one may come again, after newer ones."""

LONGEST_WAY = 0.3
"""Seconds that the balancer keeps an update back, so that others overtake it."""


class Process:
    """One process of the service behind its taps; whoever dies is started again."""

    def __init__(self, field_: "Field", words: tuple[str, ...], port: int) -> None:
        self.field, self.words, self.port = field_, words, port
        self.fate = Fate(self.kill)
        self.pid = 0
        self.environment: dict[str, str] = {}

    async def tapped(self, stack: AsyncExitStack) -> None:
        """Open the taps and learn where the process finds its servers."""
        ground = self.field
        api = urlsplit(ground.api.url)
        targets: dict[str, Path | tuple[str, int]] = {
            "postgres": ground.postgres.folder / ".s.PGSQL.5432",
            "redis": ground.redis.folder / "redis.sock",
            "telegram": (str(api.hostname), int(api.port or 0)),
        }
        ports = {}
        for name, target in targets.items():
            tap = Tap(name, target, self.fate)
            ports[name] = await tap.open()
            stack.push_async_callback(tap.close)
        self.environment = os.environ | {
            "PORT": str(self.port),
            "WORKROOM_HOME": str(ground.home),
            "WORKROOM_DATABASE_URL": f"postgresql+asyncpg://{OWNER}@127.0.0.1:{ports['postgres']}/soak",
            "WORKROOM_REDIS_URL": f"redis://127.0.0.1:{ports['redis']}/0",
            "WORKROOM_TELEGRAM_TOKEN": ground.api.token,
            "WORKROOM_TELEGRAM_API_URL": f"http://127.0.0.1:{ports['telegram']}",
            "WORKROOM_TELEGRAM_MODE": "webhook",
            "WORKROOM_TELEGRAM_WEBHOOK_SECRET": SECRET,
            "WORKROOM_PUBLIC_URL": ground.address,
            "WORKROOM_SECRET": OWN_SECRET,
        }

    def start(self) -> None:
        """Start it (again)."""
        self.pid = self.field.nursery.born(self.words, self.environment, self.field.home / "said.txt")

    def kill(self) -> None:
        """As the machine does when it has no memory left."""
        self._send(signal.SIGKILL)

    def clock(self, *, ahead: bool) -> None:
        """Set its clock an hour ahead, or right."""
        self._send(signal.SIGUSR1 if ahead else signal.SIGUSR2)

    def _send(self, what: signal.Signals) -> None:
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, what)

    @property
    def lives(self) -> bool:
        """Whether it runs."""
        return bool(self.pid) and is_alive(self.pid)

    async def stops(self) -> float:
        """Ask it to stop, as an upgrade does; the seconds it took. Raises TimeoutError when it doesn't."""
        pid, began = self.pid, asyncio.get_running_loop().time()
        self._send(signal.SIGTERM)
        async with asyncio.timeout(STOPS_WITHIN):
            while is_alive(pid):  # noqa: ASYNC110
                await asyncio.sleep(LOOK)
        return asyncio.get_running_loop().time() - began


@dataclass
class Field:
    """Everything that stands around the processes."""

    home: Path
    postgres: PostgresServer
    redis: RedisServer
    api: BotApi
    dice: random.Random
    nursery: Nursery
    address: str = ""
    doubled: float = 0.5
    """Of the updates, how many come twice."""
    processes: list[Process] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    past: deque[bytes] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    late: set["asyncio.Task[None]"] = field(default_factory=set)
    ahead: set[Process] = field(default_factory=set)
    keeping: bool = True

    @property
    def url(self) -> str:
        """The database, past every tap."""
        return self.postgres.url("soak")

    async def keep_alive(self) -> None:
        """Whoever has died is started again, as systemd does."""
        while self.keeping:
            for process in self.processes:
                if not process.lives:
                    self.ahead.discard(process)
                    process.start()
            await asyncio.sleep(LOOK)

    async def ready(self) -> None:
        """Wait until every serving process says so."""
        async with aiohttp.ClientSession() as http, asyncio.timeout(STARTS_WITHIN):
            for process in self.serving:
                while not await _answers(http, f"http://127.0.0.1:{process.port}/readyz"):  # noqa: ASYNC110
                    await asyncio.sleep(LOOK)

    async def taking(self) -> None:
        """Wait until every serving process takes updates, whatever Telegram does to its other calls."""
        async with aiohttp.ClientSession() as http, asyncio.timeout(STARTS_WITHIN):
            for process in self.serving:
                while not await _takes(http, f"http://127.0.0.1:{process.port}{PATH}"):  # noqa: ASYNC110
                    await asyncio.sleep(LOOK)

    @property
    def serving(self) -> list[Process]:
        """Those that take updates."""
        return [process for process in self.processes if process.words[0] == "serve"]

    async def forward(self, request: web.Request) -> web.Response:
        """A load balancer that hands each update to any process, perhaps twice, and lets others overtake it.

        A process that is away is a 502 to Telegram.
        """
        body = await request.read()
        self.past.append(body)
        if self.dice.random() < self.doubled:
            self.faults["an update came twice"] += 1
            self.send_later(body)
        if self.dice.random() < 0.1:
            self.faults["an update was overtaken"] += 1
            await asyncio.sleep(self.dice.uniform(0, LONGEST_WAY))
        return await self._handed_on(body)

    def send_later(self, body: bytes) -> None:
        """Bring it (once more), to any process, at any moment from now on; a refusal is the end of it."""

        async def bring() -> None:
            await asyncio.sleep(self.dice.choice([0.0, self.dice.uniform(0, LONGEST_WAY)]))
            answer = await self._handed_on(body)
            if answer.status == 200 and isinstance(answer.body, bytes):
                await self.api.updates.carry_out(answer.body)

        task = asyncio.create_task(bring())
        self.late.add(task)
        task.add_done_callback(self.late.discard)

    async def _handed_on(self, body: bytes) -> web.Response:
        url = f"http://127.0.0.1:{self.dice.choice(self.serving).port}{PATH}"
        headers = {SECRET_HEADER: SECRET, "Content-Type": "application/json"}
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)) as http,
                http.post(url, data=body, headers=headers) as answer,
            ):
                kept = {n: v for n, v in answer.headers.items() if n in ("Retry-After", "Content-Type")}
                return web.Response(status=answer.status, body=await answer.read(), headers=kept)
        except (aiohttp.ClientError, TimeoutError):
            return web.Response(status=502)

    async def restart_postgres(self) -> None:
        """As an upgrade of the server, or a crash."""
        self.faults["PostgreSQL restarted"] += 1
        await asyncio.to_thread(self.postgres.restart)

    async def restart_redis(self) -> None:
        """It comes back with what it had written."""
        self.faults["Redis restarted"] += 1
        await asyncio.to_thread(self.redis.restart)


async def _answers(http: aiohttp.ClientSession, url: str) -> bool:
    with suppress(aiohttp.ClientError):
        async with http.get(url) as answer:
            return answer.status == 200
    return False


async def _takes(http: aiohttp.ClientSession, url: str) -> bool:
    """Whether the address is open: without the secret it refuses; closed, it says to come again."""
    with suppress(aiohttp.ClientError):
        async with http.post(url, data=b"") as answer:
            return answer.status == 401
    return False


@asynccontextmanager
async def battlefield(home: Path, seed: int, *, second: float = 0.05) -> AsyncIterator[Field]:
    """Everything started; stopped at the end, whoever still runs is killed. `second`: one of Telegram's."""
    async with AsyncExitStack() as stack:
        postgres = stack.enter_context(running_postgres(crashes=True))
        redis = stack.enter_context(running_redis())
        api = await stack.enter_async_context(BotApi(second=second, patience=30.0))
        await postgres.order('CREATE DATABASE "soak"')
        await fill(postgres.url("soak"))
        await no_nights(postgres.url("soak"))
        nursery = Nursery()
        stack.callback(nursery.close)
        ground = Field(home, postgres, redis, api, random.Random(seed), nursery)
        ground.address = await _balancer(ground, stack)
        words = [("serve", "--no-alone")] * 2 + [("postman",)] * 2 + [("planner",)]
        for number, command in enumerate(words):
            process = Process(ground, command, _free_port())
            await process.tapped(stack)
            ground.processes.append(process)
            process.start()
            if number == 0:
                await ground.ready()
        await ground.ready()
        keeping = asyncio.create_task(ground.keep_alive())
        try:
            yield ground
        finally:
            ground.keeping = False
            await keeping
            await asyncio.gather(*ground.late)
            for process in ground.processes:
                process.kill()


async def _balancer(ground: Field, stack: AsyncExitStack) -> str:
    app = web.Application()
    app.router.add_post("/{path:.*}", ground.forward)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
