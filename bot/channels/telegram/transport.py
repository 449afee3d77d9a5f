"""python-telegram-bot's requests carried by aiohttp: one kept pool, honest timeouts, no secret in errors."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import NoReturn
from urllib.request import getproxies, proxy_bypass

import aiohttp
import orjson
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

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


def proxy_for(url: URL) -> str | None:
    """The proxy the environment names for this address; None for loopback and what NO_PROXY lists."""
    host = url.host or ""
    if _is_loopback(host):
        return None
    proxies = getproxies()
    if proxy_bypass(host):
        return None
    return proxies.get(url.scheme) or proxies.get("all")


class AiohttpRequest(BaseRequest):
    """A `BaseRequest` on aiohttp.

    Timeouts are in seconds, None for no limit: `pool_timeout` waits for one of `pool_size` connections,
    `connect_timeout` for the connection, `read_timeout` for the next piece of the answer. A POST as a whole
    gets connect + write + read, since its answer is small and aiohttp has no limit of its own for writing.
    """

    __slots__ = (
        "_connect",
        "_media_write",
        "_pool",
        "_pool_size",
        "_pool_wait",
        "_read",
        "_session",
        "_write",
    )

    def __init__(
        self,
        *,
        pool_size: int = 100,
        read_timeout: float | None = 5.0,
        write_timeout: float | None = 5.0,
        connect_timeout: float | None = 5.0,
        pool_timeout: float | None = 1.0,
        media_write_timeout: float | None = 20.0,
    ) -> None:
        self._pool_size = pool_size
        self._read = read_timeout
        self._write = write_timeout
        self._connect = connect_timeout
        self._pool_wait = pool_timeout
        self._media_write = media_write_timeout
        self._pool = asyncio.Semaphore(pool_size)
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for the answer where a call names no limit of its own."""
        return self._read

    async def initialize(self) -> None:
        """Open the pool; does nothing when it is open."""
        if self._session is None:
            self._pool = asyncio.Semaphore(self._pool_size)
            self._session = aiohttp.ClientSession(
                # The semaphore counts the connections: its wait has a limit and a message of its own.
                connector=aiohttp.TCPConnector(limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close every connection; the transport may be initialised again."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

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
        if self._session is None:
            raise RuntimeError("the Telegram transport is not initialised")
        uploads = request_data is not None and request_data.contains_files
        limits = _limits(
            connect=_chosen(connect_timeout, self._connect),
            write=_chosen(write_timeout, self._media_write if uploads else self._write),
            read=_chosen(read_timeout, self._read),
            whole=method != "GET",
        )
        async with self._connection(_chosen(pool_timeout, self._pool_wait)):
            return await _exchange(self._session, method, url, request_data, limits)

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

    @asynccontextmanager
    async def _connection(self, wait: float | None) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(wait):
                await self._pool.acquire()
        except TimeoutError:
            raise ConnectionTimedOut(
                "Pool timeout: all connections are occupied; the call was not sent"
            ) from None
        try:
            yield
        finally:
            self._pool.release()


async def _exchange(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    data: RequestData | None,
    limits: aiohttp.ClientTimeout,
) -> tuple[int, bytes]:
    body, headers = _body(data)
    address = URL(url, encoded=True)
    try:
        async with session.request(
            method,
            address,
            data=body,
            headers=headers,
            timeout=limits,
            proxy=proxy_for(address),
            allow_redirects=False,  # the address holds the token: it goes nowhere else
        ) as response:
            return response.status, await response.read()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        _raise_as_telegram(error)


def _raise_as_telegram(error: Exception) -> NoReturn:
    """Give the library's own errors; aiohttp's are cut off: their text may hold the token."""
    kind = type(error).__name__
    match error:
        case aiohttp.ConnectionTimeoutError():
            raise ConnectionTimedOut("Timed out while connecting") from None
        case TimeoutError():
            raise TimedOut from None
        case aiohttp.ClientConnectorError() | aiohttp.InvalidURL() | aiohttp.ClientHttpProxyError():
            raise ConnectionFailed(f"aiohttp.{kind}: no connection") from None
        case _:
            raise ConnectionBroken(f"aiohttp.{kind}: the connection broke") from None


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


def _limits(
    connect: float | None, write: float | None, read: float | None, whole: bool
) -> aiohttp.ClientTimeout:
    total = None
    if whole and connect is not None and write is not None and read is not None:
        total = connect + write + read
    return aiohttp.ClientTimeout(total=total, connect=connect, sock_connect=connect, sock_read=read)


def _chosen(given: ODVInput[float], default: float | None) -> float | None:
    return default if isinstance(given, DefaultValue) else given


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
