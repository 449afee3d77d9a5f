"""Uploads, downloads and proxies, by aiohttp; loaded when there is one of them: 8 MiB."""

from collections.abc import Mapping
from typing import NoReturn

import aiohttp
from yarl import URL

from bot.channels.telegram.lines import Patience
from bot.channels.telegram.wire import InDoubt, Unsent


class Carrier:
    """One kept pool of connections; the wire counts them."""

    def __init__(self, agent: str) -> None:
        self._session = aiohttp.ClientSession(
            # The wire's semaphore counts the connections: its wait has a limit and a message of its own.
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": agent},
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()

    async def exchange(
        self,
        method: str,
        url: URL,
        body: bytes | aiohttp.FormData | None,
        headers: Mapping[str, str],
        patience: Patience,
        proxy: str | None,
    ) -> tuple[int, bytes]:
        """Carry one call; gives status and body. Raises Unsent, InDoubt."""
        connect, read, total = patience
        times = aiohttp.ClientTimeout(total=total, connect=connect, sock_connect=connect, sock_read=read)
        try:
            async with self._session.request(
                method,
                url,
                data=body,
                headers=headers,
                timeout=times,
                proxy=proxy,
                allow_redirects=False,  # the address holds the token: it goes nowhere else
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            _raise_as_ours(error)


def _raise_as_ours(error: Exception) -> NoReturn:
    """aiohttp's errors are cut off: their text may hold the token."""
    kind = type(error).__name__
    match error:
        case aiohttp.ConnectionTimeoutError():
            raise Unsent("Timed out while connecting", late=True) from None
        case TimeoutError():
            raise InDoubt("Timed out", late=True) from None
        case aiohttp.ClientConnectorError() | aiohttp.InvalidURL() | aiohttp.ClientHttpProxyError():
            raise Unsent(f"aiohttp.{kind}: no connection") from None
        case _:
            raise InDoubt(f"{kind}: the connection broke") from None
