"""Runs the service: web server, channels, postman and planner, started and stopped together."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot import health, log, sampling, server
from bot.channels.silent import Silent
from bot.channels.web.channel import WebChannel
from bot.channels.web.parts import WebParts
from bot.channels.web.routes import routes as web_routes
from bot.channels.web.screen import routes as screen_routes
from bot.channels.web.workroom import WorkroomPage
from bot.direct import Direct
from bot.feeds import Feeds
from bot.measured import MeasuredDesk
from bot.planner import Planner
from bot.rubbish import settle
from bot.service import STOP_WITHIN, Duties, Job, Service
from bot.settings import Settings
from bot.turns import Turns
from bot.wiring import Parts, assemble
from handlers import seeing
from handlers.ports import Channel
from storage.database import DatabaseAway
from storage.migrations import file_of
from storage.unit import UnitOfWork

EVERYTHING = Duties()
PATIENCE = 5.0
"""Seconds before the port is opened though the database isn't there yet: then 503 says to come back."""

SOON = "2"
"""Seconds after which whoever was told 503 may come again."""


@dataclass
class Open:
    """The parts with every channel whose credentials are set; their routes and the jobs they run."""

    parts: Parts
    probes: dict[str, health.Probe] = field(default_factory=dict)
    routes: list[BaseRoute] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)


@asynccontextmanager
async def opened(settings: Settings, duties: Duties = EVERYTHING) -> AsyncIterator[Open]:
    """What these duties need is open, until the block ends; the postman and planner are not yet run."""
    channels: dict[str, Channel] = {}
    async with AsyncExitStack() as stack:
        parts = assemble(settings, channels)
        stack.push_async_callback(parts.close)
        opening = Open(parts)
        if not (duties.serves or duties.posts):  # the planner talks to nobody
            yield opening
            return
        desk = MeasuredDesk(parts.desk)
        # Imported where they are used: 30 MiB that an installation without Telegram does not need.
        if settings.telegram_token.get_secret_value():
            channels["telegram"] = await _open_telegram(opening, desk, duties, stack)
        if settings.wechat_app_id:
            channels["wechat"] = await _open_wechat(opening, desk, duties, stack)
        await _open_web(opening, channels, desk)
        yield opening


async def _open_telegram(opening: Open, desk: MeasuredDesk, duties: Duties, stack: AsyncExitStack) -> Channel:
    opening_it, parts = import_module("bot.channels.telegram.channel"), opening.parts
    telegram = await opening_it.open_telegram(parts.settings, parts.house, desk, parts.redis)
    if duties.serves:
        telegram.in_turn = Turns(parts.house.database, "telegram")
        opening.probes["telegram"] = telegram.ready
        opening.routes += telegram.routes()
        opening.jobs += telegram.jobs()
    else:
        opening.jobs.append(telegram.look_around)
    stack.push_async_callback(telegram.close)
    channel: Channel = telegram.channel
    return channel


async def _open_wechat(opening: Open, desk: MeasuredDesk, duties: Duties, stack: AsyncExitStack) -> Channel:
    opening_it, parts = import_module("bot.channels.wechat.channel"), opening.parts
    wechat = await opening_it.open_wechat(parts.settings, parts.house, desk, parts.redis)
    stack.push_async_callback(wechat.close)
    if duties.serves:
        opening.probes["wechat"] = wechat.ready
        opening.routes += wechat.routes()
    channel: Channel = wechat.channel
    return channel


async def _open_web(opening: Open, channels: dict[str, Channel], desk: MeasuredDesk) -> None:
    settings, house = opening.parts.settings, opening.parts.house
    channels["web"] = web = WebChannel(house.database, house.clock)
    async with house.database.reading() as connection:
        sample = await UnitOfWork(connection).registry.is_sample()
    if sample:
        channels["sample"] = Silent()
    opening.probes["web"] = _open
    opening.routes += [*Feeds(house, settings.locale).routes(), WorkroomPage(house, settings.locale).route()]
    opening.routes += screen_routes(house)
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


async def _open() -> bool:
    return True


@asynccontextmanager
async def _working(settings: Settings, duties: Duties) -> AsyncIterator[Open]:
    """The parts open, with all the jobs of these duties."""
    async with opened(settings, duties) as here:
        if duties.posts:
            here.jobs.append(here.parts.postman.run)
        if duties.plans:
            here.jobs.append(Planner(here.parts.house).run)
        yield here


def application(
    settings: Settings,
    *,
    duties: Duties = EVERYTHING,
    sample: bool = False,
    ready: Callable[[], None] = lambda: None,
) -> Starlette:
    """The ASGI application: health at once, everything else as soon as its parts are open.

    `app.state.leaving()` begins the stop, `app.state.trouble` is what ended it, `app.state.ended` is
    called then.
    """
    app = Starlette(exception_handlers={DatabaseAway: _away})
    app.state.trouble, app.state.ended, app.state.leaving = None, lambda: None, lambda: None

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        watch = health.Health(settings, _channels(settings, duties))
        app.router.routes[:] = [*watch.routes(), Route("/{path:path}", _not_yet, methods=_METHODS)]

        def when_open(here: Open) -> None:
            served = here.routes if duties.serves else []
            direct = [route for route in served if isinstance(route, Direct)]
            app.router.routes[:] = [*direct, *watch.routes(), *served]
            ready()

        service = Service(settings, watch, partial(_working, settings, duties), when_open, sample)
        async with _alive(app, service):
            yield

    app.router.lifespan_context = lifespan
    return app


@asynccontextmanager
async def _alive(app: Starlette, service: Service) -> AsyncIterator[None]:
    """The service lives beside the requests; the stop may begin in a signal's handler."""
    loop, leave = asyncio.get_running_loop(), partial(_leave, service)
    app.state.leaving = lambda: loop.call_soon_threadsafe(leave)
    living = asyncio.create_task(service.live())
    living.add_done_callback(partial(_ended, app))
    try:
        await _begun(service, living)
        yield
    finally:
        leave()
        await _gone(living)
        await service.health.close()


_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]


async def _not_yet(request: Request) -> Response:
    """The platforms keep what they bring and come again."""
    return Response(status_code=503, headers={"Retry-After": SOON})


async def _away(request: Request, away: Exception) -> Response:
    """The database or Redis: nothing has happened."""
    return await _not_yet(request)


def _channels(settings: Settings, duties: Duties) -> tuple[str, ...]:
    """The channels that will say whether they are ready."""
    if not (duties.serves or duties.posts):
        return ()
    set_up = {"telegram": settings.telegram_token.get_secret_value(), "wechat": settings.wechat_app_id}
    return ("web", *(name for name, given in set_up.items() if given and duties.serves))


def _leave(service: Service) -> None:
    """Begin the stop; let go of the pages that listen: they would hold it up."""
    service.leave()
    for channel in service.channels.values():
        if isinstance(channel, WebChannel):
            channel.bell.close()


async def _begun(service: Service, living: "asyncio.Task[None]") -> None:
    """Wait until it is open: as long as the sample takes to make, for a server not for ever."""
    opening = asyncio.create_task(service.open.wait())
    patience = None if file_of(service.settings.database) else PATIENCE
    await asyncio.wait({opening, living}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    opening.cancel()
    if not service.open.is_set() and not living.done():
        log.tell("not open yet", answers=503)


def _ended(app: Starlette, living: "asyncio.Task[None]") -> None:
    if not living.cancelled():
        app.state.trouble = living.exception()
    app.state.ended()


async def _gone(living: "asyncio.Task[None]") -> None:
    await asyncio.wait({living}, timeout=STOP_WITHIN + 0.5)
    living.cancel()
    await asyncio.gather(living, return_exceptions=True)


def run(
    settings: Settings, *, duties: Duties = EVERYTHING, sample: bool = False, reuse_port: bool = False
) -> int:
    """Serve until stopped by a signal. Raises BadSettings when a port can't be had."""
    log.set_up(as_json=not sys.stderr.isatty())

    def ready() -> None:
        settle()
        log.ready(settings)

    app = application(settings, duties=duties, sample=sample, ready=ready)
    ports = [settings.port] if duties.serves else []
    ports += [settings.metrics_port] if settings.metrics_port else []
    listening = [server.listen(settings.host, port, share=reuse_port) for port in ports]
    server.serve(app, listening)
    return server.told(settings, app.state.trouble)


async def _work(settings: Settings, duties: Duties) -> None:
    watch = health.Health(settings)
    service = Service(settings, watch, partial(_working, settings, duties), lambda here: log.tell("working"))
    server.on_signal(service.leave)
    try:
        await service.live()
    finally:
        await watch.close()


def work(settings: Settings, duties: Duties) -> int:
    """Run only the postman or the planner until a signal comes; watched over a port if there is one."""
    if settings.metrics_port:
        return run(settings, duties=duties)
    log.set_up(as_json=not sys.stderr.isatty())
    trouble: BaseException | None = None
    try:
        asyncio.run(_work(settings, duties))
    except Exception as raised:  # noqa: BLE001  # told in one line, or logged as the bug that it is
        trouble = raised
    log.flush()
    return server.told(settings, trouble)
