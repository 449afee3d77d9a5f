"""Runs the service: web server, channels, postman and planner, started and stopped together."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from types import FrameType
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot import health, log, measure, sampling
from bot.channels.silent import Silent
from bot.channels.web.channel import WebChannel
from bot.channels.web.parts import WebParts
from bot.channels.web.routes import routes as web_routes
from bot.front import Direct, Front, OneWrite
from bot.planner import Planner
from bot.rubbish import settle
from bot.settings import Settings
from bot.wiring import Parts, assemble
from handlers import seeing
from handlers.ports import Channel
from storage.migrations import migrate
from storage.unit import UnitOfWork

STOP_WITHIN = 10
"""Seconds that what is in hand has to finish."""

Job = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


@dataclass
class Open:
    """The parts with every channel whose credentials are set; their routes and the jobs they run."""

    parts: Parts
    probes: dict[str, health.Probe] = field(default_factory=dict)
    routes: list[BaseRoute] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Open]:
    """Everything open, until the block ends."""
    channels: dict[str, Channel] = {}
    async with AsyncExitStack() as stack:
        parts = assemble(settings, channels)
        stack.push_async_callback(parts.close)
        opening = Open(parts)
        desk = measure.MeasuredDesk(parts.desk)
        if settings.telegram_token.get_secret_value():
            # Imported where it is used: 30 MiB that an installation without Telegram does not need.
            opening_it = import_module("bot.channels.telegram.channel")
            telegram = await opening_it.open_telegram(settings, parts.house, desk, parts.redis)
            stack.push_async_callback(telegram.close)
            channels["telegram"] = telegram.channel
            opening.probes["telegram"] = telegram.ready
            opening.routes += telegram.routes()
            opening.jobs.append(telegram.run)
        if settings.wechat_app_id:
            opening_it = import_module("bot.channels.wechat.channel")
            wechat = await opening_it.open_wechat(settings, parts.house, desk, parts.redis)
            stack.push_async_callback(wechat.close)
            channels["wechat"] = wechat.channel
            opening.probes["wechat"] = wechat.ready
            opening.routes += wechat.routes()
        await _open_web(opening, channels, desk)
        yield opening


async def _open_web(opening: Open, channels: dict[str, Channel], desk: measure.MeasuredDesk) -> None:
    settings, house = opening.parts.settings, opening.parts.house
    channels["web"] = web = WebChannel(house.database, house.clock)
    async with house.database.reading() as connection:
        sample = await UnitOfWork(connection).registry.is_sample()
    if sample:
        channels["sample"] = Silent()
    opening.routes += web_routes(
        WebParts(
            desk=desk,
            channel=web,
            database=house.database,
            words=house.words,
            shelf=house.shelf,
            clock=house.clock,
            secret=house.secret,
            may_see=partial(seeing.may_see, house, "web"),
            public_url=settings.public_url,
            language=settings.locale,
            sample=sample,
            first_payload=partial(sampling.first_payload, house),
            language_of=partial(seeing.language_of, house, "web"),
        )
    )


def application(
    settings: Settings, *, alone: bool = True, sample: bool = False, ready: Callable[[], None] = lambda: None
) -> Starlette:
    """The ASGI application; `alone`: the postman and the planner run in this process too."""
    app = Starlette()
    listeners: list[Callable[[], None]] = []
    app.state.leaving = lambda: [close() for close in listeners]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        await migrate(settings.database)
        await sampling.prepare(settings, wanted=sample, progress=log.progress)
        async with opened(settings) as here:
            house, jobs = here.parts.house, here.jobs
            direct = [route for route in here.routes if isinstance(route, Direct)]
            app.router.routes[:] = [*direct, *health.routes(house, here.probes), *here.routes]
            web = house.channels["web"]
            if isinstance(web, WebChannel):
                listeners.append(web.bell.close)
            if alone:
                jobs += [here.parts.postman.run, Planner(house).run]
            async with running(jobs):
                ready()
                yield

    app.router.lifespan_context = lifespan
    return app


@asynccontextmanager
async def running(jobs: list[Job]) -> AsyncIterator[None]:
    """Run the jobs until the block ends, then let them finish what they have in hand."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(job(stop)) for job in jobs]
    try:
        yield
    finally:
        stop.set()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_WITHIN)
            for task in late:
                task.cancel()


class Server(uvicorn.Server):
    """Lets go of the pages that listen when a signal comes: they would hold the stop up."""

    leaving: Callable[[], None]

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ctrl-C or SIGTERM."""
        self.leaving()
        super().handle_exit(sig, frame)


def run(settings: Settings, *, alone: bool = True, sample: bool = False) -> int:
    """Serve until stopped by a signal."""
    log.set_up(as_json=not settings.only_here)

    def ready() -> None:
        settle()
        log.ready(settings)

    app = application(settings, alone=alone, sample=sample, ready=ready)
    server = Server(
        uvicorn.Config(
            Front(app),
            http=OneWrite,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_WITHIN,
            proxy_headers=False,
            h11_max_incomplete_event_size=64 * 1024,
        )
    )
    server.leaving = app.state.leaving
    server.run()
    return 0 if server.started else 1


async def work(settings: Settings, what: str) -> int:
    """Run only the postman or only the planner, until stopped by a signal."""
    log.set_up(as_json=True)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with opened(settings) as here:
        job = here.parts.postman.run if what == "postman" else Planner(here.parts.house).run
        await job(stop)
    return 0
