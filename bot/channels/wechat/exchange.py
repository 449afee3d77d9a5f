"""Carries calls to the platform over one kept pool: honest timeouts, nothing secret in what is raised."""

import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson
from yarl import URL

from handlers.ports import Ambiguous, TooBig, TryLater

CONNECT, ANSWER, UPLOAD = 5.0, 10.0, 60.0
"""Seconds for a connection, for an answer, and for a file's way there."""

CONNECTIONS = 40
PIECE = 64 * 1024
ANSWER_BYTES = 1024 * 1024
"""So long may the platform's JSON be."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Got:
    """What came back: the status, the kind of content and its bytes."""

    status: int
    kind: str
    body: bytes


class Exchange:
    """One base address, one pool. Open it with `async with`."""

    def __init__(self, base: str, *, answer_within: float = ANSWER) -> None:
        self.base = base
        self._within = answer_within
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        """Open the pool; does nothing when it is open."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=not _only_here(self.base),  # the environment's proxy is for the way out
            )

    async def close(self) -> None:
        """Give back every connection; it may be opened again."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def post(self, path: str, query: Mapping[str, str], body: Json, *, says: bool = False) -> Got:
        """Send JSON, in UTF-8 as it is: the platform shows escapes as they come. Raises TryLater.

        What `says` something to somebody must not be said twice: in doubt it raises Ambiguous.
        """
        sent = {"data": orjson.dumps(body), "headers": {"Content-Type": "application/json"}}
        with _meaning(in_doubt=says):
            return await self._ask("POST", path, query, self._within, ANSWER_BYTES, **sent)

    async def upload(self, path: str, query: Mapping[str, str], form: aiohttp.FormData) -> Got:
        """Send a form with a file. Raises TryLater."""
        with _meaning():
            return await self._ask("POST", path, query, UPLOAD, ANSWER_BYTES, data=form)

    async def get(self, path: str, query: Mapping[str, str], most: int = ANSWER_BYTES) -> Got:
        """Ask. Raises TryLater, TooBig beyond `most` bytes."""
        with _meaning():
            return await self._ask("GET", path, query, UPLOAD, most)

    async def _ask(
        self, method: str, path: str, query: Mapping[str, str], within: float, most: int, **how: Any
    ) -> Got:
        if self._session is None:
            raise RuntimeError("the way to WeChat is not open")
        address = path if path.startswith(("http://", "https://")) else self.base + path
        limits = aiohttp.ClientTimeout(total=within, connect=CONNECT, sock_connect=CONNECT)
        async with self._session.request(
            method, URL(address), params=dict(query), timeout=limits, allow_redirects=False, **how
        ) as response:
            return Got(response.status, response.content_type, await _read(response, most))


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    found = bytearray()
    async for piece in response.content.iter_chunked(PIECE):
        found += piece
        if len(found) > most:
            raise TooBig(most)
    return bytes(found)


_UNSENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


@contextmanager
def _meaning(*, in_doubt: bool = False) -> Iterator[None]:
    """Our errors instead of aiohttp's: the text of theirs holds the address, and with it the token."""
    try:
        yield
    except _UNSENT as error:
        raise TryLater(5, f"WeChat is away: {type(error).__name__}") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        if in_doubt:
            raise Ambiguous(f"WeChat didn't answer: {type(error).__name__}", counted=True) from None
        raise TryLater(5, f"WeChat is away: {type(error).__name__}") from None


def _only_here(base: str) -> bool:
    host = urlsplit(base).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
