"""Updates on their way to the bot: long polling with offsets, or a webhook tried until it answers 2xx."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.stubs import bot_api_rules as rules
from tests.stubs.bot_api_args import Args
from tests.stubs.bot_api_rules import ApiError, bad
from tests.stubs.bot_api_world import Json, World

WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
OTHER_POLLER = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
LONGEST_DELAY = 60.0


@dataclass(frozen=True)
class Update:
    """One update and the line it stands in: messages line up by chat, presses by user."""

    json: Json
    line: str

    @property
    def id(self) -> int:
        """Rising by one with each update."""
        return int(self.json["update_id"])


@dataclass(frozen=True)
class Attempt:
    """One try to hand an update to the webhook; status 0 when there was no answer."""

    update_id: int
    status: int
    delay: float


@dataclass
class Webhook:
    """Where updates are sent."""

    url: str
    secret: str
    connections: asyncio.Semaphore
    max_connections: int
    last_error: str = ""


class Updates:
    """The bot's queue. `second` is how long Telegram's second lasts when it waits to try a webhook again."""

    def __init__(self, world: World, second: float, patience: float) -> None:
        self.world = world
        self.second = second
        self.patience = patience
        self.pending: list[Update] = []
        self.again: list[Update] = []
        self.attempts: list[Attempt] = []
        self.webhook: Webhook | None = None
        self.allowed: list[str] = []
        self.heard: Callable[[str], None] | None = None
        self.carry: Callable[[str, Json], Awaitable[object]] | None = None
        self.in_flight = self.most_in_flight = 0
        self._next = 1000
        self._poll = 0
        self._lines: dict[str, asyncio.Task[None]] = {}
        self._http: aiohttp.ClientSession | None = None
        self._closed = False

    def add(self, kind: str, content: Json, line: str) -> Json | None:
        """Queue an update; None when the bot asked not to get this kind."""
        if (kind not in self.allowed) if self.allowed else (kind in NOT_BY_DEFAULT):
            return None
        self._next += 1
        if self.heard is not None:
            self.heard(line)
        update: Json = {"update_id": self._next, kind: content}
        self.pending.append(Update(update, line))
        self.world.touch()
        self._start_lines()
        return update

    def repeat(self, update: Json) -> None:
        """Deliver once more what was delivered before, as after a crash of the bot or an answer lost."""
        repeated = Update(update, f"again {update['update_id']} {len(self.attempts)}")
        if self.webhook is not None:
            self.pending.append(repeated)
            self._start_lines()
        else:
            self.again.append(repeated)
        self.world.touch()

    @property
    def settled(self) -> bool:
        """Whether everything was confirmed by offset, or answered 2xx by the webhook."""
        return not self.pending and not self.again

    # ---- polling

    async def poll(self, args: Args) -> list[Json]:
        """getUpdates: `offset` confirms what is before it; a second poller ends the first."""
        if self.webhook is not None:
            raise ApiError(409, WEBHOOK_ACTIVE)
        self._poll += 1
        mine = self._poll
        self._confirm(int(args.text("offset") or 0))
        if (allowed := args.parsed("allowed_updates")) is not None:
            self.allowed = list(allowed)
        self.world.touch()
        try:
            async with asyncio.timeout(float(args.text("timeout") or 0)):
                await self.world.bell.wait(
                    lambda: self._poll != mine or self.pending or self.again or self._closed
                )
        except TimeoutError:
            return []
        if mine != self._newest_poll():
            raise ApiError(409, self._why_ended())
        return self._handed_out(int(args.text("limit") or 100))

    def _newest_poll(self) -> int:
        return self._poll

    def _why_ended(self) -> str:
        return OTHER_POLLER if self.webhook is None else "Conflict: terminated by setWebhook request"

    def _handed_out(self, limit: int) -> list[Json]:
        again, self.again = self.again, []
        return [update.json for update in (again + self.pending)[: max(1, min(limit, 100))]]

    def _confirm(self, offset: int) -> None:
        if offset > 0:
            self.pending = [update for update in self.pending if update.id >= offset]
        if offset < 0:
            self.pending = self.pending[offset:]

    # ---- webhook

    def set_webhook(self, args: Args) -> bool:
        """setWebhook: HTTPS and Telegram's ports, except on loopback, as a local Bot API server allows."""
        url, secret = args.text("url"), args.text("secret_token")
        if not url:
            return self.delete_webhook(args)
        _check_address(url)
        if len(secret) > 256:
            raise bad("secret token is too long")
        if not rules.SECRET.match(secret):
            raise bad("secret token contains unallowed characters")
        most = max(1, min(int(args.text("max_connections") or 40), 100))
        if args.flag("drop_pending_updates"):
            self.pending.clear()
        self.allowed = list(args.parsed("allowed_updates") or [])
        self.webhook = Webhook(url, secret, asyncio.Semaphore(most), most)
        self._poll += 1
        self.world.touch()
        self._start_lines()
        return True

    def delete_webhook(self, args: Args) -> bool:
        """deleteWebhook: what waits stays for polling, unless it shall be dropped."""
        self.webhook = None
        if args.flag("drop_pending_updates"):
            self.pending.clear()
        self.world.touch()
        return True

    def webhook_info(self) -> Json:
        """getWebhookInfo."""
        info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(self.pending)}
        if self.webhook is not None:
            info |= {"url": self.webhook.url, "max_connections": self.webhook.max_connections}
            if self.webhook.last_error:
                info |= {
                    "last_error_message": self.webhook.last_error,
                    "last_error_date": int(self.world.clock()),
                }
        return info | ({"allowed_updates": self.allowed} if self.allowed else {})

    def _start_lines(self) -> None:
        if self.webhook is None or self._closed:
            return
        for line in {update.line for update in self.pending} - self._lines.keys():
            self._lines[line] = asyncio.get_running_loop().create_task(self._work_off(line))

    async def _work_off(self, line: str) -> None:
        """Hand over one line's updates in order: the next only when the one before was accepted."""
        try:
            while (hook := self.webhook) and (update := self._first(line)):
                await self._hand_over(hook, update)
        finally:
            del self._lines[line]

    def _first(self, line: str) -> Update | None:
        return next((update for update in self.pending if update.line == line), None)

    async def _hand_over(self, hook: Webhook, update: Update) -> None:
        delay, failures = 1.0, 0
        while self.webhook is hook and update in self.pending:
            async with hook.connections:
                status, retry_after, body = await self._try(hook, update)
            if 200 <= status < 300:
                self._accepted(update, status)
                await self.carry_out(body)
                return
            hook.last_error = f"Wrong response from the webhook: {status}" if status else "Connection failed"
            delay = min(LONGEST_DELAY, delay * 2) if failures else delay
            wait = retry_after or (delay if failures else 0.0)
            failures += 1
            self.attempts.append(Attempt(update.id, status, wait))
            self.world.touch()
            await asyncio.sleep(wait * self.second)

    def _accepted(self, update: Update, status: int) -> None:
        self.attempts.append(Attempt(update.id, status, 0.0))
        if update in self.pending:
            self.pending.remove(update)
        self.world.touch()

    async def _try(self, hook: Webhook, update: Update) -> tuple[int, float, bytes]:
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        limit = aiohttp.ClientTimeout(total=self.patience)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            async with self._session().post(
                hook.url, json=update.json, headers=headers, timeout=limit
            ) as response:
                retry_after = response.headers.get("Retry-After", "")
                return (
                    response.status,
                    float(retry_after) if retry_after.isdigit() else 0.0,
                    await response.read(),
                )
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0, 0.0, b""
        finally:
            self.in_flight -= 1

    async def carry_out(self, body: bytes) -> None:
        """One method call may ride on the webhook's answer; its result is told to nobody."""
        try:
            call = json.loads(body)
        except ValueError:
            return
        if isinstance(call, dict) and "method" in call and self.carry is not None:
            await self.carry(str(call.pop("method")), call)

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self._http

    async def close(self) -> None:
        """Stop delivering."""
        self._closed = True
        self.world.touch()
        lines = list(self._lines.values())
        for task in lines:
            task.cancel()
        await asyncio.gather(*lines, return_exceptions=True)
        if self._http is not None:
            await self._http.close()


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.hostname is None or not re.match(r"https?\Z", parts.scheme):
        raise bad("invalid webhook URL specified")
    if parts.hostname in ("127.0.0.1", "localhost", "::1"):
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in rules.PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def line_of(kind: str, content: Any) -> str:
    """The line an update stands in."""
    if kind == "callback_query":
        return f"user {content['from']['id']}"
    chat = content.get("chat") if isinstance(content, dict) else None
    return f"chat {chat['id']}" if chat else kind
