"""A strict Telegram Bot API server on loopback: the real library talks to it, people chat through it.

    async with BotApi() as api:
        user = api.user(1001, name="王阿姨")
        await user.says("/start")
        menu = await user.waits_for(lambda message: "反映诉求" in message.labels)
        press = await user.presses("反映诉求")

`api.url` goes where Telegram's own base address would: methods are under `<url>/bot<token>/`, files under
`<url>/file/bot<token>/`.
"""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any, Self, TypeVar

from aiohttp import web

from tests.stubs import bot_api_rules as rules
from tests.stubs.bot_api_args import Args, Upload
from tests.stubs.bot_api_faults import Call, Dropped, Fault, Faults, Held, Refusal
from tests.stubs.bot_api_limits import Limits
from tests.stubs.bot_api_methods import Methods
from tests.stubs.bot_api_people import Group, Telegram, User
from tests.stubs.bot_api_queue import Updates, line_of
from tests.stubs.bot_api_rules import ApiError
from tests.stubs.bot_api_world import PATIENCE, Chat, Json, World

AnyFault = TypeVar("AnyFault", bound=Fault)
TOKEN = "424242:AAstub-token-of-the-test-bot-0123456789"


class BotApi:
    """The server, its people and its faults; use it as an asynchronous context manager.

    `clock` gives seconds since 1970. `second` is how long one of Telegram's seconds lasts while it waits to
    try a webhook again, `patience` how many real seconds it waits for the webhook's answer.
    """

    def __init__(
        self,
        token: str = TOKEN,
        clock: Callable[[], float] = time.time,
        second: float = 0.001,
        patience: float = 30.0,
    ) -> None:
        self.token = token
        bot = {
            "id": int(token.split(":")[0]),
            "is_bot": True,
            "first_name": "工作室",
            "username": "workroom_bot",
        }
        self.world = World(bot, clock)
        self.updates = Updates(self.world, second, patience)
        self.updates.carry = self._carry_out_of_webhook
        self.methods = Methods(self.world, self.updates)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.enforced: Limits | None = None
        self.url = ""
        self._telegram = Telegram(self.world, self.updates)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=rules.UPLOAD_BYTES + 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._on_method)
        app.router.add_get("/file/bot{token}/{path:.+}", self._on_file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.faults.release()
        await self.updates.close()
        assert self._runner is not None
        await self._runner.cleanup()

    # ---- people

    def user(
        self, user_id: int, name: str = "某某", language: str = "zh-hans", started: bool = False
    ) -> User:
        """A person; the bot can't write to them before they wrote first, unless `started`."""
        face = {"id": user_id, "is_bot": False, "first_name": name, "language_code": language}
        chat = self.world.chats.setdefault(
            user_id, Chat({"id": user_id, "type": "private", "first_name": name})
        )
        chat.met = chat.met or started
        return User(self._telegram, face, chat)

    def group(self, title: str = "小区群", group_id: int = -1001000000001) -> Group:
        """A supergroup the bot isn't in yet."""
        chat = Chat({"id": group_id, "type": "supergroup", "title": title}, bot_inside=False)
        self.world.chats[group_id] = chat
        return Group(self._telegram, chat)

    def pushes(self, kind: str, content: Json) -> Json | None:
        """Any update at all, for kinds nobody foresaw; `kind` may be made up."""
        return self.updates.add(kind, content, line_of(kind, content))

    def redelivers(self, update: Json) -> None:
        """The same update once more, as after an answer that got lost."""
        self.updates.repeat(update)

    # ---- faults; each befalls the next `times` fitting calls

    def fails(
        self,
        status: int = 502,
        method: str | None = None,
        chat: int | None = None,
        times: int = 1,
        description: str = "Bad Gateway",
        body: bytes | None = None,
    ) -> Refusal:
        """Answer with this error; `body` is sent in place of the JSON."""
        return self._order(Refusal(method, chat, times, status=status, description=description, body=body))

    def limits(
        self, retry_after: int, method: str | None = None, chat: int | None = None, times: int = 1
    ) -> Refusal:
        """429: too many requests, for a chat or (None) for all."""
        return self._order(Refusal(method, chat, times, status=429, retry_after=retry_after))

    def holds(
        self, method: str | None = None, chat: int | None = None, times: int = 1, carried_out: bool = True
    ) -> Held:
        """Keep the answer back until `.release()` (a slow server), or for ever (one that hangs)."""
        return self._order(Held(method, chat, times, carried_out))

    def drops(
        self, method: str | None = None, chat: int | None = None, times: int = 1, carried_out: bool = False
    ) -> Dropped:
        """Close the connection without an answer, with or without having done what was asked."""
        return self._order(Dropped(method, chat, times, carried_out))

    def enforces(self, clock: Callable[[], float], **more: Any) -> Limits:
        """From now on refuse what comes too fast by this clock, which may run faster than the world's."""
        self.enforced = Limits(clock, **more)
        self.updates.heard = self.enforced.heard
        return self.enforced

    def _order(self, fault: AnyFault) -> AnyFault:
        self.faults.order(fault)
        return fault

    # ---- what happened

    def calls_of(self, method: str, chat: int | None = None) -> list[Call]:
        """The calls of a method so far, refused ones included."""
        return [c for c in self.calls if c.method.lower() == method.lower() and chat in (None, c.chat)]

    def sent_to(self, chat: int) -> list[Call]:
        """Everything asked for a chat so far, refused and ambiguous calls included."""
        return [call for call in self.calls if call.chat == chat]

    async def waits_until(
        self, look: Callable[[], object], within: float = PATIENCE, what: str = "it"
    ) -> None:
        """Wait until `look` holds; it is asked at each change."""
        await self.world.bell.until(lambda: bool(look()), within, what)

    async def settles(self, within: float = PATIENCE) -> None:
        """Wait until every update was confirmed by offset, or answered 2xx by the webhook."""
        await self.waits_until(lambda: self.updates.settled, within, "the updates to be taken")

    # ---- the server

    async def _on_method(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request.match_info["token"])
            name = self.methods.name(request.match_info["method"])
            args = await _read(request)
        except ApiError as error:
            return _refused(error)
        call = self._logged(name, args)
        if refused := self._comes_too_fast(call):
            return _refused(refused)
        fault = self.faults.take(call)
        match fault:
            case Refusal(body=bytes(body)):
                return web.Response(status=fault.status, body=body, content_type="text/html")
            case Refusal():
                call.error = fault.error()
                return _refused(call.error)
            case Held() | Dropped():
                return await self._troubled(request, fault, call, args)
        return await self._answer(call, args)

    async def _troubled(
        self, request: web.Request, fault: Held | Dropped, call: Call, args: Args
    ) -> web.StreamResponse:
        response = await self._answer(call, args) if fault.carried_out else None
        if isinstance(fault, Held):
            fault.caught.set()
            await fault.let_go.wait()
            return response or await self._answer(call, args)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _answer(self, call: Call, args: Args) -> web.Response:
        try:
            call.result = await self.methods.call(call.method, args)
        except ApiError as error:
            call.error = error
            return _refused(error)
        finally:
            self.world.touch()
        call.carried_out = True
        return web.json_response({"ok": True, "result": call.result})

    async def _carry_out_of_webhook(self, method: str, params: Json) -> None:
        try:
            name = self.methods.name(method)
        except ApiError as error:
            self.calls.append(Call(method, params, error=error, rode=True))
            return
        args = Args(params)
        call = self._logged(name, args)
        call.rode = True
        if not self._comes_too_fast(call):  # else nobody is told
            await self._answer(call, args)

    def _comes_too_fast(self, call: Call) -> ApiError | None:
        if self.enforced is not None:
            call.error = self.enforced.refusal(call)
        return call.error

    def _logged(self, name: str, args: Args) -> Call:
        call = Call(
            name, args.given, {k: upload.data for k, upload in args.files.items()}, self.world.clock()
        )
        self.calls.append(call)
        return call

    async def _on_file(self, request: web.Request) -> web.StreamResponse:
        call = Call("file", {"path": request.match_info["path"]}, at=self.world.clock())
        try:
            self._check_token(request.match_info["token"])
        except ApiError as error:
            return _refused(error)
        self.calls.append(call)
        stored = next((f for f in self.world.files.values() if f.path == call.params["path"]), None)
        match fault := self.faults.take(call):
            case Refusal():
                return _refused(fault.error())
            case Held():
                fault.caught.set()
                await fault.let_go.wait()
            case Dropped():
                assert request.transport is not None
                request.transport.abort()
        gone = _refused(ApiError(404, "Not Found"))  # as everything in local mode
        return web.Response(body=stored.data) if stored and self.world.disk is None else gone

    def _check_token(self, token: str) -> None:
        if token == self.token:
            return
        number, _, secret = token.partition(":")
        raise ApiError(401, "Unauthorized") if number.isdigit() and secret else ApiError(404, "Not Found")


async def _read(request: web.Request) -> Args:
    """The parameters from the address and the body, of whichever kind it is."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise rules.bad("can't parse request JSON")
        return Args(given | body)
    try:
        form = await request.post()
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(413, "Request Entity Too Large") from None
    files = {}
    for name, part in form.items():
        if isinstance(part, web.FileField):
            data = await asyncio.to_thread(part.file.read)
            files[name] = Upload(part.filename, part.content_type, data)
            part.file.close()
        else:
            given[name] = part
    return Args(given, files)


def _refused(error: ApiError) -> web.Response:
    body: Json = {"ok": False, "error_code": error.status, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return web.json_response(body, status=error.status)
