"""The battlefield: PostgreSQL, Redis, a strict Telegram, processes that die and are started again."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from bot.channels.telegram.webhook import SECRET_HEADER
from tests.postgres import OWNER, PostgresServer, running_postgres
from tests.redis import RedisServer, running_redis
from tests.soak.taps import Fate, Tap
from tests.stubs.bot_api import BotApi
from tests.world import fill

SECRET = "secret-of_the-soak"
PROGRAM = Path(sys.executable).with_name("workroom")
STARTS_WITHIN = 60.0


class Process:
    """One process of the service behind its taps; whoever dies is started again."""

    def __init__(self, field_: "Field", words: tuple[str, ...], port: int) -> None:
        self.field, self.words, self.port = field_, words, port
        self.fate = Fate(self.kill)
        self.running: subprocess.Popen[bytes] | None = None
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
            "WORKROOM_SECRET": "the soak's own secret",
        }

    def start(self) -> None:
        """Start it (again)."""
        with (self.field.home / "said.txt").open("ab") as said:
            self.running = subprocess.Popen(
                [PROGRAM, *self.words], env=self.environment, stdout=said, stderr=said
            )

    def kill(self) -> None:
        """As the machine does when it has no memory left."""
        if self.running is not None and self.running.poll() is None:
            self.running.kill()
            self.running.wait()

    @property
    def lives(self) -> bool:
        """Whether it runs."""
        return self.running is not None and self.running.poll() is None

    async def stops(self) -> int:
        """Ask it to stop, as an upgrade does; its exit code."""
        if self.running is None or not self.lives:
            return 0
        self.running.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.running.wait, 20)


@dataclass
class Field:
    """Everything that stands around the processes."""

    home: Path
    postgres: PostgresServer
    redis: RedisServer
    api: BotApi
    dice: random.Random
    address: str = ""
    processes: list[Process] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
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
                    process.start()
            await asyncio.sleep(0.1)

    async def ready(self) -> None:
        """Wait until every serving process says so."""
        async with aiohttp.ClientSession() as http, asyncio.timeout(STARTS_WITHIN):
            for process in self.serving:
                while not await _answers(http, f"http://127.0.0.1:{process.port}/readyz"):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)  # another process, which rings nobody

    @property
    def serving(self) -> list[Process]:
        """Those that take updates."""
        return [process for process in self.processes if process.words[0] == "serve"]

    async def forward(self, request: web.Request) -> web.Response:
        """A load balancer that hands each update to any process; one that is away is a 502 to Telegram."""
        body = await request.read()
        port = self.dice.choice(self.serving).port
        headers = {SECRET_HEADER: request.headers.get(SECRET_HEADER, ""), "Content-Type": "application/json"}
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)) as http,
                http.post(f"http://127.0.0.1:{port}{request.path}", data=body, headers=headers) as answer,
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


@asynccontextmanager
async def battlefield(home: Path, seed: int, *, serving: int = 2) -> AsyncIterator[Field]:
    """Everything started; stopped at the end, whoever still runs is killed."""
    async with AsyncExitStack() as stack:
        postgres = stack.enter_context(running_postgres(crashes=True))
        redis = stack.enter_context(running_redis())
        api = await stack.enter_async_context(BotApi(second=0.05, patience=30.0))
        await postgres.order('CREATE DATABASE "soak"')
        await fill(postgres.url("soak"))
        ground = Field(home, postgres, redis, api, random.Random(seed))
        ground.address = await _balancer(ground, stack)
        words = [("serve", "--no-alone")] * serving + [("postman",), ("planner",)]
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
