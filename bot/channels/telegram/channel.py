"""Telegram put together: made known to Telegram at the start, then fed by a webhook or by polling."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.routing import Route

from bot import log
from bot.channels.telegram.answering import Answering, Door
from bot.channels.telegram.calls import Calls
from bot.channels.telegram.errors import UNAUTHORISED, Flooded, Refused, Trouble
from bot.channels.telegram.gate import FULL_WAIT, Gate, Later
from bot.channels.telegram.limits import LimitsAway, OwnLimits
from bot.channels.telegram.media import shelf_media
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.parse import NAME, UPDATES, Arrival, Ourselves
from bot.channels.telegram.polling import Polling, Source
from bot.channels.telegram.reading import Json
from bot.channels.telegram.saying import Call, TelegramChannel
from bot.channels.telegram.shared_limits import SharedLimits
from bot.channels.telegram.webhook import PATH, webhook
from bot.channels.telegram.wire import Wire
from bot.settings import BadSettings, Settings
from handlers.house import House, Speech
from storage.redis import Redis
from storage.unit import UnitOfWork

if TYPE_CHECKING:
    from bot.channels.telegram.uploads import Uploads

COMMANDS = {
    "start": "command.start",
    "file": "command.file",
    "mine": "command.mine",
    "todo": "command.todo",
    "help": "command.help",
    "cancel": "command.cancel",
    "language": "command.language",
}
"""The menu beside the input, and the key of each command's words."""

LANGUAGES = {"zh": "zh_CN", "en": "en"}
"""Telegram's codes of the languages the menu is given in, beside the default."""

CONNECTIONS = 40
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
LOOK = 1.0

T = TypeVar("T")
Report = Callable[[BaseException], str]
Job = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
InTurn = Callable[[Job, asyncio.Event], Awaitable[None]]
"""Runs a job while no other process does."""


async def at_once(job: Job, stop: asyncio.Event) -> None:
    """For a process that is alone."""
    await job(stop)


class Telegram:
    """The running channel. `second` is how long its seconds of waiting last.

    `known`: Telegram knows how to bring updates here; `settled`: and has been given the menu.
    """

    def __init__(
        self,
        settings: Settings,
        calls: Calls,
        words: Speech,
        answering: Answering,
        report: Report,
        second: float,
    ) -> None:
        self.in_turn: InTurn = at_once
        self.channel = answering.channel
        self.answering = answering
        self._settings, self._calls, self._words = settings, calls, words
        self._report, self._second = report, second
        self._polling = Polling(Source(calls), answering, report, second)
        self._under_way: dict[int, asyncio.Future[Call | None]] = {}
        self._gate = Gate(lambda: time.monotonic() / second)
        self.known, self.settled = asyncio.Event(), asyncio.Event()

    @property
    def name(self) -> str:
        """The bot's user name; empty until Telegram has told it."""
        return self.answering.us.name

    async def ready(self) -> bool:
        """Whether Telegram knows the bot and how to bring it updates."""
        return self.known.is_set()

    def link(self, payload: str) -> str:
        """The deep link that starts the bot with this payload; empty until the name is known."""
        return f"https://t.me/{self.name}?start={payload}" if self.name else ""

    def routes(self) -> list[Route]:
        """The webhook; none in polling mode."""
        if self._settings.telegram_mode != "webhook":
            return []
        return [webhook(self._settings.telegram_webhook_secret.get_secret_value(), self.handle_update)]

    async def handle_update(self, update: Json) -> Call | None:
        """Deal with one update and answer it. Raises Later: then it must be brought again.

        What it gives is still to be carried out: it rides on the webhook's answer.
        """
        number = int(update["update_id"])
        first = self._under_way.get(number)
        if first is not None:
            await self._after(first, number)
            return None
        self._under_way[number] = told = asyncio.get_running_loop().create_future()
        try:
            arrived = self.answering.read(update)
            self._gate.enter(arrived.inbound.user if isinstance(arrived, Arrival) else "")
            try:
                owed = await self.answering.take(arrived)
                riding = None if owed is None else await self.answering.give(owed, may_ride=True)
            finally:
                self._gate.leave()
        except BaseException as trouble:
            told.set_exception(trouble if isinstance(trouble, Exception) else Later(FULL_WAIT))
            told.exception()  # nobody may be waiting for it; asyncio must not complain of that
            raise
        else:
            told.set_result(riding)
            return riding
        finally:
            del self._under_way[number]

    async def _after(self, first: "asyncio.Future[Call | None]", number: int) -> None:
        """Brought again while it is being dealt with, it waits for the first, whose answer then doesn't ride:

        nobody knows on which of the two responses Telegram, or a proxy before it, still waits.
        """
        again = self.answering.again
        again[number] = again.get(number, 0) + 1
        try:
            await asyncio.shield(first)
        finally:
            again[number] -= 1
            if not again[number]:
                del again[number]

    def jobs(self) -> list[Job]:
        """What runs beside the requests, each until it is told to stop."""
        polls = [self.poll] if self._settings.telegram_mode == "polling" else []
        return [self.settle_in, self.look_around, *polls]

    async def settle_in(self, stop: asyncio.Event) -> None:
        """Make the bot known, at once, and again while Telegram is out of reach; nobody waits for it.

        Raises BadSettings when Telegram refuses the token at the first try; later it may be a slip of theirs.
        """
        wait = await unless(stop, self.set_up()) or 0.0
        while not stop.is_set() and not self.settled.is_set():
            await unless(stop, asyncio.sleep(wait * self._second))
            wait = max(min(wait * 2, LONGEST_WAIT), await unless(stop, self._set_up_again()) or 0.0)
        await stop.wait()

    async def poll(self, stop: asyncio.Event) -> None:
        """Poll, in turn with other processes, once Telegram brings updates nowhere else."""
        await unless(stop, self.known.wait())
        if not stop.is_set():
            await self.in_turn(self._polling.run, stop)

    async def look_around(self, stop: asyncio.Event) -> None:
        """Learn each second which chats other processes were told to leave alone."""
        while not stop.is_set():
            with suppress(LimitsAway):
                await self.channel.pace.limits.look()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK * self._second)

    async def _set_up_again(self) -> float:
        try:
            return await self.set_up()
        except BadSettings as refused:  # the rest of the service goes on without Telegram
            self._report(refused)
            return LONGEST_WAIT

    async def set_up(self) -> float:
        """Learn the bot's name, say how updates shall come, give it the menu.

        Gives 0 when all is done, else the seconds to wait before another try. Raises BadSettings when
        Telegram refuses the token.
        """
        try:
            if not self.known.is_set():
                await self._make_known()
                self.known.set()
            await self._give_menu()  # whoever writes is answered without it
        except Flooded as flood:
            return max(FIRST_WAIT, flood.seconds)
        except Trouble as trouble:
            if isinstance(trouble, Refused) and trouble.status in UNAUTHORISED:
                raise BadSettings("WORKROOM_TELEGRAM_TOKEN: Telegram does not know this token") from None
            if isinstance(trouble, Refused):
                self._report(trouble)
            else:  # nobody's bug: it is out of reach
                log.tell("waiting", part="telegram", reason=type(trouble).__name__)
            return FIRST_WAIT
        self.settled.set()
        return 0.0

    async def _make_known(self) -> None:
        me = await self._calls.call("getMe", {})
        self.answering.us = Ourselves(str(me["id"]), me.get("username", ""))
        if self._settings.telegram_mode == "polling":
            await self._calls.call("deleteWebhook", {})
            return
        hook = {
            "url": self._settings.public_url + PATH,
            "max_connections": CONNECTIONS,
            "allowed_updates": UPDATES,
            "secret_token": self._settings.telegram_webhook_secret.get_secret_value(),
        }
        await self._calls.call("setWebhook", hook)

    async def _give_menu(self) -> None:
        await self._calls.call("setMyCommands", self._menu(self._settings.locale))
        for code, language in LANGUAGES.items():
            await self._calls.call("setMyCommands", {**self._menu(language), "language_code": code})

    def _menu(self, language: str) -> dict[str, list[dict[str, str]]]:
        said = {command: self._words.say(language, key) for command, key in COMMANDS.items()}
        return {"commands": [{"command": name, "description": words} for name, words in said.items()]}

    async def close(self) -> None:
        """Finish what is in hand and give back the connections."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        await self.answering.close()
        await self._calls.wire.close()


async def unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """The work's result; None when the service stops before. Raises what the work raises."""
    task, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for each in (task, stopping):
            each.cancel()
        await asyncio.gather(task, stopping, return_exceptions=True)


async def open_telegram(
    settings: Settings, house: House, desk: Door, redis: Redis | None = None, *, second: float = 1.0
) -> Telegram:
    """The channel, open; Telegram hears of it from its jobs. With Redis, all processes share the limits.

    A process that answers nobody runs only `look_around`: how updates come is left to those that do.
    """

    async def lost(user: str) -> None:
        async with house.database.writing() as connection:
            await UnitOfWork(connection).people.lost(NAME, user)

    api, token, wire = settings.telegram_api_url, settings.telegram_token.get_secret_value(), Wire()
    await wire.open()
    calls = Calls(wire, api, token)
    media = shelf_media(house.database, house.shelf)
    number = token.partition(":")[0]
    limits = OwnLimits(lambda: time.monotonic() / second) if redis is None else SharedLimits(redis, number)
    channel = TelegramChannel(calls, uploading(wire, api, token), media, Pace(limits, second))
    answering = Answering(desk, channel, house.words, lost, house.report)
    answering.us = Ourselves(number)
    return Telegram(settings, calls, house.words, answering, house.report, second)


def uploading(wire: Wire, api: str, token: str) -> "Callable[[], Awaitable[Uploads]]":
    """Gives what does the uploads; the library is read beside the loop, when it is first needed."""
    made: list[Uploads] = []

    async def uploads() -> "Uploads":
        if not made:
            module = await asyncio.to_thread(import_module, "bot.channels.telegram.uploads")
            made.append(module.Uploads(wire, api, token))
        return made[0]

    return uploads
