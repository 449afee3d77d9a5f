"""HTTP calls over one kept pool of connections: honest timeouts, no secret in errors, no library loaded."""

import asyncio
from collections.abc import Mapping
from importlib import import_module
from ipaddress import ip_address
from typing import TYPE_CHECKING, NoReturn, Union
from urllib.request import getproxies, proxy_bypass

from yarl import URL

from bot.channels.telegram.lines import Broken, Lines, NotOpened, Patience

if TYPE_CHECKING:
    from aiohttp import FormData

    from bot.channels.telegram.carrier import Carrier

Body = Union[bytes, "FormData", None]

AGENT = "Workroom"


class Unsent(Exception):
    """No connection came about, so the call was certainly not carried out; `late`: not in time."""

    def __init__(self, why: str, *, late: bool = False) -> None:
        super().__init__(why)
        self.late = late


class InDoubt(Exception):
    """The call went out and no answer came (`late`: not in time): nobody knows whether it was carried out."""

    def __init__(self, why: str, *, late: bool = False) -> None:
        super().__init__(why)
        self.late = late


def limits(
    connect: float | None = 5.0, write: float | None = 5.0, read: float | None = 5.0, *, whole: bool = True
) -> Patience:
    """Seconds to connect and between two pieces of the answer, None for no limit.

    As a `whole`, a call gets connect + write + read: its answer is small, and writing has no own limit.
    """
    total = None
    if whole and connect is not None and write is not None and read is not None:
        total = connect + write + read
    return Patience(connect, read, total)


def proxy_for(url: URL) -> str | None:
    """The proxy the environment names for this address; None for loopback and what NO_PROXY lists."""
    host = url.host or ""
    if _is_loopback(host):
        return None
    proxies = getproxies()
    if proxy_bypass(host):
        return None
    return proxies.get(url.scheme) or proxies.get("all")


class Wire:
    """At most `pool_size` connections; who finds them all occupied waits up to `pool_wait` seconds."""

    def __init__(self, pool_size: int = 100, pool_wait: float | None = 1.0) -> None:
        self.pool_wait = pool_wait
        self._pool_size = pool_size
        self._pool = asyncio.Semaphore(pool_size)
        self._open = False
        self._lines = Lines(AGENT)
        self._carrier: Carrier | None = None
        self._proxies: dict[tuple[str, str | None], str | None] = {}

    async def open(self) -> None:
        """Open the pool; does nothing when it is open."""
        if not self._open:
            self._open = True
            self._pool = asyncio.Semaphore(self._pool_size)
            self._proxies.clear()

    async def close(self) -> None:
        """Close every connection; the wire may be opened again."""
        self._open = False
        self._lines.close()
        carrier, self._carrier = self._carrier, None
        if carrier is not None:
            await carrier.close()

    async def exchange(
        self,
        method: str,
        url: URL,
        body: Body,
        headers: Mapping[str, str],
        patience: Patience,
        pool_wait: float | None,
    ) -> tuple[int, bytes]:
        """Carry one call; gives status and body. Raises Unsent (also when not open), InDoubt."""
        if not self._open:
            raise Unsent("the transport is closed")  # the process leaves: what came too late is brought again
        proxy = self._proxy(url)
        await self._entered(pool_wait)
        try:
            if method == "POST" and isinstance(body, bytes) and proxy is None:
                return await self._lines.post(url, body, headers, patience)
            return await (await self._carried()).exchange(method, url, body, headers, patience, proxy)
        except (Broken, NotOpened, TimeoutError, OSError) as error:
            _raise_as_ours(error)
        finally:
            self._pool.release()

    async def _carried(self) -> "Carrier":
        """What is not a small call to be made directly; the library is read beside the loop, at need."""
        found = await asyncio.to_thread(import_module, "bot.channels.telegram.carrier")
        if self._carrier is None:
            self._carrier = found.Carrier(AGENT)
        return self._carrier

    def _proxy(self, url: URL) -> str | None:
        place = url.scheme, url.host
        if place not in self._proxies:
            self._proxies[place] = proxy_for(url)
        return self._proxies[place]

    async def _entered(self, wait: float | None) -> None:
        """One of the connections is ours; `exchange` gives it back."""
        if self._pool.locked():
            await self._queue(wait)
        else:
            await self._pool.acquire()

    async def _queue(self, wait: float | None) -> None:
        try:
            async with asyncio.timeout(wait):
                await self._pool.acquire()
        except TimeoutError:
            why = "Pool timeout: all connections are occupied; the call was not sent"
            raise Unsent(why, late=True) from None


def _raise_as_ours(error: Exception) -> NoReturn:
    """Errors are cut off: their text may hold the token."""
    match error:
        case NotOpened():
            raise Unsent(str(error), late=error.late) from None
        case TimeoutError():
            raise InDoubt("Timed out", late=True) from None
        case _:
            raise InDoubt(f"{type(error).__name__}: the connection broke") from None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
