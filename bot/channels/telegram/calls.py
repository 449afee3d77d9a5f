"""The Bot API's methods as plain JSON: what is called for every message costs no more than the request.

No object of the library is built, here or for the answer; it does the uploads (uploads.py).
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from yarl import URL

from bot import log, sends
from bot.channels.telegram.errors import Declined, Flooded, Forbidden, Refused, Trouble
from bot.channels.telegram.wire import Wire, limits

Params = Mapping[str, Any]

TELEGRAM = "https://api.telegram.org"
"""Telegram's own server. One of the operator's takes larger files, and may lay them on its disk."""

_JSON = {"Content-Type": "application/json"}
_USUAL = limits()
_DOWNLOAD = limits(read=20.0, whole=False)


class Calls:
    """Calls methods of one bot; `api` is the Bot API's address, without the token."""

    def __init__(self, wire: Wire, api: str, token: str, *, read_timeout: float = 5.0) -> None:
        self.wire = wire
        self.own_server, self._token = api != TELEGRAM, token
        self._base, self._files = f"{api}/bot{token}/", f"{api}/file/bot{token}/"
        self._urls: dict[str, URL] = {}
        self._read = read_timeout
        self._patience = limits(read=read_timeout)

    async def call(self, method: str, params: Params, *, waits: float = 0.0) -> Any:
        """The method's result; `waits`: seconds Telegram keeps the request that has nothing to bring.

        Raises Refused (Declined, Forbidden, Flooded), wire.Unsent, wire.InDoubt.
        """
        patience = limits(read=self._read + waits) if waits else self._patience
        url = self._urls.get(method)
        if url is None:
            url = self._urls[method] = URL(self._base + method, encoded=True)
        wire = self.wire
        try:
            body = orjson.dumps(params)
            status, answer = await wire.exchange("POST", url, body, _JSON, patience, wire.pool_wait)
            result = _result(status, answer)
        except Trouble as trouble:
            sends.call(method, type(trouble).__name__.lower())
            raise
        sends.call(method, "ok")
        return result

    async def sent(self, method: str, params: Params) -> int:
        """Call a method that sends one message; gives the message's number. Raises as `call`."""
        result = await self.call(method, params)
        number = result.get("message_id") if isinstance(result, dict) else None
        if not isinstance(number, int):
            raise Refused(200, "")
        return number

    async def download(self, path: str, most: int) -> bytes:
        """A file by the path that getFile gave, or its first `most` bytes and one. Raises as `call`."""
        if self.own_server and path.startswith("/"):
            return await asyncio.to_thread(self._laid, Path(path), most)
        url = URL(self._files + path, encoded=False)
        status, answer = await self.wire.exchange("GET", url, None, {}, _DOWNLOAD, self.wire.pool_wait)
        if status != 200:
            _result(status, answer)
        return answer

    def _laid(self, path: Path, most: int) -> bytes:
        """A file that a server of one's own (`--local`) has laid on the disk, in the folder of this bot."""
        if self._token not in path.parts or ".." in path.parts:
            raise Refused(404, "")
        try:
            with path.open("rb") as laid:
                return laid.read(most + 1)
        except OSError as closed:  # on another machine, or not for our eyes; its path holds the token
            log.tell("file of the Bot API server", reason=type(closed).__name__)
            raise Refused(404, "") from None


def _result(status: int, answer: bytes) -> Any:
    try:
        told = orjson.loads(answer)
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict):
        raise Refused(status, "")
    if told.get("ok") is True and "result" in told:
        return told["result"]
    raise _refusal(status, told)


def _refusal(status: int, told: Params) -> Refused:
    parameters, words = told.get("parameters"), str(told.get("description", ""))
    parameters = parameters if isinstance(parameters, dict) else {}
    wait = parameters.get("retry_after")
    if isinstance(wait, int | float) and wait >= 0:
        return Flooded(status, words, float(wait))
    if status == 403 or "migrate_to_chat_id" in parameters:
        return Forbidden(status, words)
    return Declined(status, words) if status == 400 else Refused(status, words)
