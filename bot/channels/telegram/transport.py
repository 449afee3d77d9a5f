"""python-telegram-bot's requests carried by our wire: its own extension point, `BaseRequest`, on aiohttp.

What is called often goes over the same wire without the library (calls.py); it is loaded for uploads.
"""

import io

import aiohttp
import orjson
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.channels.telegram.wire import InDoubt, Unsent, Wire, limits

_UNSET = BaseRequest.DEFAULT_NONE
_JSON = {"Content-Type": "application/json"}


class ConnectionFailed(NetworkError):
    """No connection came about, so the call was certainly not carried out and may be repeated."""


class ConnectionTimedOut(TimedOut):
    """No connection came about in time, so the call was certainly not carried out and may be repeated."""


class ConnectionBroken(NetworkError):
    """The connection broke on the way, so nobody knows whether the call was carried out."""


def surely_unsent(error: TelegramError) -> bool:
    """Whether the failed call never reached the server; any other network error leaves that open."""
    return isinstance(error, ConnectionFailed | ConnectionTimedOut)


class AiohttpRequest(BaseRequest):
    """A `BaseRequest` over a wire of its own or one that is shared; then whoever made that closes it.

    Timeouts are in seconds, None for no limit: `pool_timeout` waits for one of `pool_size` connections,
    `connect_timeout` for the connection, `read_timeout` for the next piece of the answer.
    """

    __slots__ = ("_connect", "_media_write", "_read", "_shared", "_wire", "_write")

    def __init__(
        self,
        *,
        pool_size: int = 100,
        read_timeout: float | None = 5.0,
        write_timeout: float | None = 5.0,
        connect_timeout: float | None = 5.0,
        pool_timeout: float | None = 1.0,
        media_write_timeout: float | None = 20.0,
        wire: Wire | None = None,
    ) -> None:
        self._read = read_timeout
        self._write = write_timeout
        self._connect = connect_timeout
        self._media_write = media_write_timeout
        self._shared = wire is not None
        self._wire = wire or Wire(pool_size, pool_timeout)

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for the answer where a call names no limit of its own."""
        return self._read

    async def initialize(self) -> None:
        """Open the pool; does nothing when it is open."""
        await self._wire.open()

    async def shutdown(self) -> None:
        """Close every connection; the transport may be initialised again."""
        if not self._shared:
            await self._wire.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = _UNSET,
        write_timeout: ODVInput[float] = _UNSET,
        connect_timeout: ODVInput[float] = _UNSET,
        pool_timeout: ODVInput[float] = _UNSET,
    ) -> tuple[int, bytes]:
        """Carry one call; gives status and body.

        Raises RuntimeError when the pool isn't open, `ConnectionFailed` or `ConnectionTimedOut` when the call
        was surely not sent, `TimedOut` or `NetworkError` when that is unknown.
        """
        uploads = request_data is not None and request_data.contains_files
        patience = limits(
            _chosen(connect_timeout, self._connect),
            _chosen(write_timeout, self._media_write if uploads else self._write),
            _chosen(read_timeout, self._read),
            whole=method != "GET",
        )
        body, headers = _body(request_data)
        wait = _chosen(pool_timeout, self._wire.pool_wait)
        try:
            return await self._wire.exchange(method, URL(url, encoded=True), body, headers, patience, wait)
        except Unsent as trouble:
            raise (ConnectionTimedOut if trouble.late else ConnectionFailed)(str(trouble)) from None
        except InDoubt as trouble:
            raise (TimedOut() if trouble.late else ConnectionBroken(str(trouble))) from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, object]:
        """Read the server's JSON; unlike the original, what can't be read is not copied into the log."""
        try:
            answer = orjson.loads(payload)
        except orjson.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer


def _body(data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    if data is None or not (data.parameters or data.contains_files):
        return None, {}
    if not data.contains_files:
        return orjson.dumps(data.parameters), _JSON
    form = aiohttp.FormData(quote_fields=False)  # Telegram shows file names as they come, percent signs too
    for name, text in data.json_parameters.items():
        form.add_field(name, text)
    for name, (filename, content, mimetype) in data.multipart_data.items():
        # A stream goes out piece by piece; bytes as they are would be written at one go and hold up the loop.
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=filename, content_type=mimetype)
    return form, {}


def _chosen(given: ODVInput[float], default: float | None) -> float | None:
    return default if isinstance(given, DefaultValue) else given
